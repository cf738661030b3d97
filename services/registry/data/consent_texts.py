"""The purposes people consent to and the texts they are shown, read from consent_purposes.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.runtime import plain_yaml

FILE = Path(__file__).with_name("consent_purposes.yaml")
Words = Annotated[str, Field(min_length=3, max_length=2_000)]


class ConsentText(BaseModel):
    """One version of what somebody agrees to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    id: Words
    en: Words


class ConsentPurpose(BaseModel):
    """What data are processed for, with its texts, the newest last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")]
    label_id: Words
    label_en: Words
    texts: Annotated[tuple[ConsentText, ...], Field(min_length=1)]

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version there was, the newest last."""
        return tuple(text.version for text in self.texts)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    purposes: tuple[ConsentPurpose, ...]


@cache
def purposes() -> Mapping[str, ConsentPurpose]:
    """All purposes by their keys, in the order of the file."""
    found = _File.model_validate(plain_yaml.read(FILE))
    return {purpose.key: purpose for purpose in found.purposes}
