"""What commands are made of, and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from services.registry.domain.refusal import Refusal, StaleVersion
from shared.contracts.envelope import Event
from shared.runtime.exact import Day, Flag, Whole

AnyEvent = Event[Any]

VillageInput = Annotated[
    str, Field(max_length=13, pattern=r"^[0-9.]*$", description="Code of a desa or kelurahan, PP.KK.CC.VVVV.")
]
CityInput = Annotated[str, Field(max_length=5, description="Code of a kab/kota the node serves.")]
IdInput = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")]
SectorInput = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9 _-]{1,39}$", description="A trade in one or two words: lele, sayur, tenun.")
]
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
"""Text of one line. PostgreSQL keeps no NUL, and no list shows the others."""

OrganisationInput = Annotated[
    str,
    Field(
        min_length=2,
        max_length=80,
        pattern=PRINTABLE,
        description="Name of an organisation, never of a person; it is published.",
    ),
]
DecreeInput = Annotated[
    str, Field(min_length=1, max_length=80, pattern=PRINTABLE, description="Number of the decree as printed on it.")
]
DocumentInput = Annotated[
    str,
    Field(max_length=500, description="https address the document can be read at; it is shown to all readers."),
]
OnInput = Annotated[Day, Field(description="The day it happened, in the office's time zone.")]
CountInput = Annotated[Whole, Field(ge=0, le=1_000_000)]
YearInput = Annotated[Whole, Field(ge=2015, le=2100)]
SyntheticInput = Annotated[Flag, Field(description="True for example data; every screen that shows it says so.")]


class Command(BaseModel):
    """A request to change something. Unknown fields are refused, so that a slip of the pen isn't lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


class View(BaseModel):
    """A record as the API shows it: pseudonymous, without name and NIK."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    PATH: ClassVar[str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The view of a stored row; columns that aren't fields of it are left out."""
        return cls.model_validate(dict(row))


@dataclass(frozen=True)
class Written:
    """What a command did: the record as it now is, its version, and the events it emitted."""

    view: View
    version: int | None
    events: tuple[AnyEvent, ...] = ()
    location: str | None = None
    """The path of a record that was made; ``None`` when one was changed."""


@dataclass(frozen=True)
class Match:
    """The caller's ``If-Match``: the versions it knows; ``any_version`` for ``*``."""

    versions: frozenset[int] = frozenset()
    any_version: bool = False


def check_match(version: int, match: Match | None, *, required: bool = True) -> None:
    """Refuses a change of a record the caller hasn't read (428) or that has changed since (412)."""
    if match is None:
        if required:
            raise Refusal("if_match_missing", "If-Match")
        return
    if not match.any_version and version not in match.versions:
        raise StaleVersion(version)


def written(view_type: type[View], row: Mapping[str, Any], *events: AnyEvent, created: bool = False) -> Written:
    """The answer to a command on a row with an ``id``."""
    location = f"{view_type.PATH}/{row['id']}" if created else None
    return Written(view_type.of(row), row["version"], events, location)
