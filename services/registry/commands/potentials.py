"""What a village has to build on: sectors, skills of its residents, assets; who mapped it and when."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    Command,
    CountInput,
    Match,
    OnInput,
    OrganisationInput,
    SectorInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import dates, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import PotentialKindAdded, PotentialMapped
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Flag

KindInput = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", description="Code of a kind; /v1/potential-kinds lists them.")
]
NameInput = Annotated[str, Field(min_length=2, max_length=80, pattern=PRINTABLE)]
NoteInput = Annotated[str, Field(max_length=300, pattern=PRINTABLE, description="Without names of people.")]
AmountInput = Annotated[CountInput | None, Field(description="How many there are, where somebody counted.")]


class AddPotentialKind(Command):
    """A kind of potential besides those there are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "pasar", "name_id": "Pasar dan pembeli", "name_en": "Market"}]}
    )

    code: KindInput
    name_id: NameInput
    name_en: NameInput


class PotentialKindView(View):
    """A kind of potential, named in both languages."""

    PATH: ClassVar[str] = "/v1/potential-kinds"

    code: str
    name_id: str
    name_en: str


class MapPotential(Command):
    """One thing found in one village: a sector, a skill, an asset, or a kind the office added."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "village": "32.76.07.1003",
                    "kind": "keterampilan",
                    "what": "menjahit",
                    "amount": 14,
                    "mapped_by": "BNNK Depok",
                    "on": "2023-02-08",
                    "synthetic": True,
                }
            ]
        }
    )

    village: VillageInput
    kind: KindInput
    what: SectorInput
    amount: AmountInput = None
    note: NoteInput | None = None
    mapped_by: OrganisationInput
    on: OnInput
    synthetic: SyntheticInput = False


class RemapPotential(Command):
    """What a later visit found. ``standing`` false takes it off the map; what is left out stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": 20, "mapped_by": "BNNK Depok", "on": "2023-08-08"}]}
    )

    amount: AmountInput = None
    note: NoteInput | None = None
    standing: Flag | None = None
    mapped_by: OrganisationInput
    on: OnInput


class PotentialView(View):
    """A potential as last mapped."""

    PATH: ClassVar[str] = "/v1/potentials"

    id: str
    village: str
    kind: str
    what: str
    amount: int | None
    note: str | None
    mapped_by: str
    on: date
    standing: bool
    synthetic: bool


async def add_kind(unit: Unit, _office: Office, command: AddPotentialKind) -> Written:
    """Adds a kind; its code can't be used twice."""
    personal.check_open_text(name_id=command.name_id, name_en=command.name_en)
    row = rows.new(**command.model_dump())
    if not await rows.add_if_absent(unit.connection, tables.potential_kinds, row):
        raise Refusal("potential_kind_taken", "code")
    event = unit.emit(PotentialKindAdded(kind=command.code), subject=command.code, region="ID")
    return Written(PotentialKindView.of(row), row["version"], (event,), f"{PotentialKindView.PATH}/{command.code}")


async def record(unit: Unit, office: Office, command: MapPotential) -> Written:
    """Puts a potential on the map; what is on it already is mapped again instead."""
    await office.village(unit.connection, "village", command.village, command.on)
    await known(unit.connection, tables.potential_kinds, command.kind, "unknown_potential_kind", "kind")
    personal.check_open_text(what=command.what, note=command.note, mapped_by=command.mapped_by)
    row = rows.new(id=clock.new_id(), standing=True, **command.model_dump())
    if not await rows.add_if_absent(unit.connection, tables.potentials, row):
        raise Refusal("already_recorded", "what")
    return written(PotentialView, row, _emit(unit, row), created=True)


async def remap(unit: Unit, office: Office, potential_id: str, command: RemapPotential, match: Match | None) -> Written:
    """Records what a later mapping found, or that it isn't there any more."""
    row = await locked(unit.connection, tables.potentials, potential_id, "unknown_record", None)
    check_match(row["version"], match)
    await office.village(unit.connection, "village", row["village"], command.on)
    dates.check_not_before("on", command.on, row["on"])
    personal.check_open_text(note=command.note, mapped_by=command.mapped_by)
    values = command.model_dump(exclude_unset=True)
    if values.get("standing", True) is None:
        del values["standing"]
    changed = await rows.change(unit.connection, tables.potentials, row, **values)
    return written(PotentialView, changed, _emit(unit, changed))


def _emit(unit: Unit, row: Row) -> AnyEvent:
    said = {name: row[name] for name in _SAID}
    payload = PotentialMapped(potential_id=row["id"], **said)
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]))


_SAID = ("village", "kind", "what", "amount", "standing", "on", "synthetic")
