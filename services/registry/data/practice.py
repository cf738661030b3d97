"""The office's practice with other organisations, from ``ties.yaml`` and what a node adds to it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.runtime import plain_yaml

FILE = "ties.yaml"
PACKAGED = Path(__file__).parent / FILE
DAYS_MAX = 1_000

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Days = Annotated[int, Field(ge=0, le=DAYS_MAX)]
AwaitedStep = Literal["received", "answered", "placed", "closed"]


class Label(BaseModel):
    """A code in words, Indonesian and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str


class Practice(BaseModel):
    """Kinds of organisations, days a step of a referral may take, reasons to decline or close one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation_kinds: Mapping[Code, Label]
    referral_days: Mapping[AwaitedStep, Days]
    decline_reasons: Mapping[Code, Label]
    close_reasons: Mapping[Code, Label]


def load(*folders: Path) -> Practice:
    """What is packaged, with the additions and changes of these folders' files. Raises ValueError naming the file."""
    said = _read(PACKAGED)
    for path in (folder / FILE for folder in folders):
        if path.exists():
            for part, entries in _read(path).items():
                said[part] = {**said.get(part, {}), **entries}
            _check(path, said)
    return _check(PACKAGED, said)


@cache
def packaged() -> Practice:
    """The practice of a node that adds nothing."""
    return load()


def _read(path: Path) -> dict[str, Any]:
    said = plain_yaml.read(path) or {}
    if not isinstance(said, dict) or not all(isinstance(entries, dict) for entries in said.values()):
        raise ValueError(f"{path}: must name parts, each with its codes, as {FILE} of the project does")
    return said


def _check(path: Path, said: dict[str, Any]) -> Practice:
    try:
        return Practice.model_validate(said)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
