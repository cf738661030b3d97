"""The shape of vocabulary.yaml and of an office's own file beside it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.registry.domain.vocabulary import Names, Vocabulary
from shared.runtime import plain_yaml

BUILT_IN = Path(__file__).with_name("vocabulary.yaml")

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Sector = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9 _-]{1,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=80)]


class VocabularyInvalid(ValueError):
    """A file that can't be used; the message has one line for each field that is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KindNames(_Part):
    """A kind of programme in both languages."""

    id: Text
    en: Text


class SectorNames(KindNames):
    """A sector in both languages, and the other ways to write it."""

    also: tuple[Sector, ...] = ()


class VocabularyFile(_Part):
    """The whole file; either list may be missing."""

    kinds: Mapping[Kind, KindNames] = Field(default_factory=dict)
    sectors: Mapping[Sector, SectorNames] = Field(default_factory=dict)


def read_vocabulary(path: Path) -> Vocabulary:
    """The words of a YAML file. Raises :class:`VocabularyInvalid` with a line for each field that is wrong."""
    try:
        content = VocabularyFile.model_validate(plain_yaml.read(path) or {})
    except (OSError, yaml.YAMLError) as error:
        raise VocabularyInvalid(f"{path}: not readable as YAML: {error}") from None
    except ValidationError as refusal:
        lines = [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in refusal.errors(include_url=False)]
        raise VocabularyInvalid("\n".join(lines)) from None
    return Vocabulary(
        {word: Names(names.id, names.en) for word, names in content.kinds.items()},
        {word: Names(names.id, names.en, names.also) for word, names in content.sectors.items()},
    )


@cache
def built_in() -> Vocabulary:
    """The words every office has."""
    return read_vocabulary(BUILT_IN)


def vocabulary(own_file: Path | None) -> Vocabulary:
    """The words of an office: those every office has, and those of its own file."""
    return built_in() if own_file is None else built_in().extended(read_vocabulary(own_file))
