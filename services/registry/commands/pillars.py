"""The three pillars of a village: its head (lurah, kepala desa), its Babinsa, its Bhabinkamtibmas."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, SecretStr
from sqlalchemy import select

from services.registry.commands import audit
from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    Command,
    Match,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import PillarRecorded, PillarRole
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day

SinceInput = Annotated[Day, Field(description="The day the post was taken up.")]
HolderInput = Annotated[SecretStr, Field(min_length=1, max_length=120, description="Encrypted; in no event, no list.")]


class RecordPillar(Command):
    """Who holds one of the three posts of a village, since when; the name may stay out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"village": "32.76.07.1003", "role": "babinsa", "since": "2022-08-01", "synthetic": True}]
        }
    )

    village: VillageInput
    role: PillarRole
    since: SinceInput
    name: HolderInput | None = None
    synthetic: SyntheticInput = False


class CorrectPillar(Command):
    """Mends what was recorded; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2022-09-01"}]})

    since: SinceInput | None = None
    name: HolderInput | None = None


class EndPillar(Command):
    """The last day in the post."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2023-12-31"}]})

    until: Day


class PillarView(View):
    """A holder of one of the three posts, without the name; ``named`` says whether one is kept."""

    PATH: ClassVar[str] = "/v1/pillars"

    id: str
    village: str
    role: PillarRole
    since: date
    until: date | None
    active: bool
    named: bool
    synthetic: bool


class RevealPillar(Command):
    """Why the name has to be known; kept in the audit log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Undangan rembuk warga"}]})

    reason: Annotated[str, Field(min_length=5, max_length=200, pattern=PRINTABLE)]


class PillarName(View):
    """The holder's name, for whoever said why; null where none is kept."""

    PATH: ClassVar[str] = "/v1/pillars"

    id: str
    name: str | None


async def record(unit: Unit, office: Office, command: RecordPillar) -> Written:
    """Records a new holder; the one before must have ended."""
    connection = unit.connection
    await office.village(connection, "village", command.village)
    dates.check_happened("since", command.since, _today(office, command.village))
    await locked(connection, tables.regions, command.village, "unknown_village", "village")
    if await _holder(unit, command.village, command.role) is not None:
        raise Refusal("pillar_taken", "role")
    values = command.model_dump(include={"village", "role", "since", "synthetic"})
    row = rows.new(id=clock.new_id(), until=None, active=True, named=False, name_sealed=None, **values)
    row |= _sealed(office, row["id"], command.name)
    await rows.add(connection, tables.pillars, row)
    return written(PillarView, row, _emit(unit, row, previously_active=False), created=True)


async def correct(unit: Unit, office: Office, pillar_id: str, command: CorrectPillar, match: Match | None) -> Written:
    """Mends the day it began, or the name: no event ever carries that, but says that the record was mended."""
    row = await locked(unit.connection, tables.pillars, pillar_id, "unknown_record", None)
    check_match(row["version"], match)
    if command.since is None and command.name is None:
        raise Refusal("nothing_to_change", "body")
    values: dict[str, Any] = _sealed(office, pillar_id, command.name)
    if command.since is not None:
        dates.check_happened("since", command.since, _today(office, row["village"]))
        if row["until"] is not None and command.since > row["until"]:
            raise Refusal("ends_before_start", "since", start=command.since.isoformat())
        values["since"] = command.since
    changed = await rows.change(unit.connection, tables.pillars, row, **values)
    return written(PillarView, changed, _emit(unit, changed, previously_active=row["active"]))


async def end(unit: Unit, office: Office, pillar_id: str, command: EndPillar, match: Match | None) -> Written:
    """Records the last day in the post; from then on a successor can be recorded."""
    row = await locked(unit.connection, tables.pillars, pillar_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if not row["active"]:
        raise Refusal("ended_already", None, until=row["until"].isoformat())
    dates.check_happened("until", command.until, _today(office, row["village"]))
    dates.check_not_before("until", command.until, row["since"], "ends_before_start")
    changed = await rows.change(unit.connection, tables.pillars, row, active=False, until=command.until)
    return written(PillarView, changed, _emit(unit, changed, previously_active=True))


async def reveal(unit: Unit, office: Office, pillar_id: str, command: RevealPillar) -> Written:
    """The holder's name; every look is in the audit log."""
    row = await locked(unit.connection, tables.pillars, pillar_id, "unknown_record", None)
    await audit.write(unit, office, "pillar.revealed", pillar_id, reason=command.reason)
    sealed = row["name_sealed"]
    name = None if sealed is None else office.keyring.decrypt(sealed, f"pillar/{pillar_id}/name")
    return Written(PillarName(id=pillar_id, name=name), None)


async def _holder(unit: Unit, village: str, role: PillarRole) -> str | None:
    """The id of the post's active holder; a village has one head, whatever the title."""
    table = tables.pillars
    same = HEADS if role in HEADS else (role,)
    statement = select(table.c.id).where(table.c.village == village, table.c.role.in_(same), table.c.active)
    return (await unit.connection.execute(statement)).scalar_one_or_none()


HEADS: tuple[PillarRole, ...] = ("lurah", "kepala_desa")


def _today(office: Office, village: str) -> date:
    return office.today(territory.city_of(village))


def _sealed(office: Office, pillar_id: str, name: SecretStr | None) -> dict[str, Any]:
    if name is None:
        return {}
    return {"named": True, "name_sealed": office.keyring.encrypt(name.get_secret_value(), f"pillar/{pillar_id}/name")}


def _emit(unit: Unit, row: Row, *, previously_active: bool) -> AnyEvent:
    said = {name: row[name] for name in ("village", "role", "active", "since", "until", "synthetic")}
    payload = PillarRecorded(pillar_id=row["id"], previously_active=previously_active, **said)
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]))
