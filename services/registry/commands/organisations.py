"""Organisations the office works with: recorded once, found again by name, active or not."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.registry.commands.model import (
    AnyEvent,
    CityInput,
    Command,
    Match,
    OnInput,
    OrganisationInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import personal
from services.registry.domain.organisations import name_key
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared import regions
from shared.contracts.registry import OrganisationRecorded
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Flag

Language = Literal["id", "en"]
TimeZone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
KIND_OF_THE_UNKNOWN = "lainnya"


class RecordOrganisation(Command):
    """An organisation in a kab/kota. ``kind`` is one of ``/v1/organisation-kinds``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"region": "32.76", "name": "DKUM Kota Depok", "kind": "dkum", "on": "2023-01-09"}]
        }
    )

    region: CityInput
    name: OrganisationInput
    kind: str = Field(max_length=40)
    language: Language = "id"
    time_zone: TimeZone | None = Field(None, description="The kab/kota's own when left out.")
    active: Flag = True
    on: OnInput
    synthetic: SyntheticInput = False


class ChangeOrganisation(Command):
    """What replaces the recorded state, all of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "DKUM Kota Depok",
                    "kind": "dkum",
                    "language": "id",
                    "time_zone": "Asia/Jakarta",
                    "active": False,
                    "on": "2023-06-12",
                }
            ]
        }
    )

    name: OrganisationInput
    kind: str = Field(max_length=40)
    language: Language
    time_zone: TimeZone
    active: Flag
    on: OnInput


class OrganisationView(View):
    """An organisation as last recorded."""

    PATH: ClassVar[str] = "/v1/organisations"

    id: str
    region: str
    name: str
    kind: str
    language: Language
    time_zone: str
    active: bool
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordOrganisation) -> Written:
    """Records an organisation; a second one of the same name in the same kab/kota is refused."""
    office.city("region", command.region, command.on)
    _check(office, command.name, command.kind)
    values = command.model_dump() | {"time_zone": command.time_zone or regions.time_zone(command.region)}
    row = rows.new(id=clock.new_id(), name_key=name_key(command.name), **values)
    if not await rows.add_if_absent(unit.connection, tables.organisations, row):
        raise Refusal("organisation_name_taken", "name")
    return written(OrganisationView, row, _emit(unit, row), created=True)


async def change(
    unit: Unit, office: Office, organisation_id: str, command: ChangeOrganisation, match: Match | None
) -> Written:
    """Replaces name, kind, language, time zone and whether it is active."""
    row = await locked(unit.connection, tables.organisations, organisation_id, "unknown_record", None)
    check_match(row["version"], match)
    office.city("region", row["region"], command.on)
    _check(office, command.name, command.kind)
    key = name_key(command.name)
    same = await _by_key(unit, row["region"], key)
    if same is not None and same["id"] != row["id"]:
        raise Refusal("organisation_name_taken", "name")
    try:
        changed = await rows.change(unit.connection, tables.organisations, row, name_key=key, **command.model_dump())
    except IntegrityError:
        raise Refusal("organisation_name_taken", "name") from None  # somebody took it since it was looked up
    return written(OrganisationView, changed, _emit(unit, changed))


async def receiving(unit: Unit, organisation_id: str, city: str) -> Row:
    """An organisation of a kab/kota that something new can be asked of: one that is active."""
    row = await known(unit.connection, tables.organisations, organisation_id, "unknown_organisation", "organisation_id")
    if row["region"] != city:
        raise Refusal("organisation_elsewhere", "organisation_id", region=row["region"])
    return _active(row, "organisation_id")


async def named(unit: Unit, name: str, city: str, on: date, *, synthetic: bool) -> tuple[Row, tuple[AnyEvent, ...]]:
    """The organisation of this name in a kab/kota; recorded now, kind unknown, when there is none."""
    key = name_key(name)
    found = await _by_key(unit, city, key)
    if found is None:
        row = rows.new(
            id=clock.new_id(),
            region=city,
            name=name,
            name_key=key,
            kind=KIND_OF_THE_UNKNOWN,
            language="id",
            time_zone=regions.time_zone(city),
            active=True,
            on=on,
            synthetic=synthetic,
        )
        if await rows.add_if_absent(unit.connection, tables.organisations, row):
            return row, (_emit(unit, row),)
        found = await _by_key(unit, city, key)
        assert found is not None  # noqa: S101 - somebody else has just recorded it
    return _active(found, "to_organisation"), ()


async def check_all_known(unit: Unit, organisation_ids: Collection[str], city: str, field: str) -> None:
    """Refuses ids that aren't organisations of a kab/kota."""
    t = tables.organisations
    query = select(t.c.id).where(t.c.region == city, t.c.id.in_(sorted(organisation_ids)))
    found = set((await unit.connection.execute(query)).scalars())
    if set(organisation_ids) - found:
        raise Refusal("unknown_organisation", field)


def _active(row: Row, field: str) -> Row:
    if not row["active"]:
        raise Refusal("organisation_inactive", field)
    return row


async def _by_key(unit: Unit, city: str, key: str) -> Row | None:
    t = tables.organisations
    found = await unit.connection.execute(select(t).where(t.c.region == city, t.c.name_key == key))
    row = found.mappings().one_or_none()
    return None if row is None else rows.plain(row)


def _check(office: Office, name: str, kind: str) -> None:
    if kind not in office.practice.organisation_kinds:
        raise Refusal("organisation_kind", "kind")
    personal.check_open_text(name=name)


def _emit(unit: Unit, row: Row) -> AnyEvent:
    payload = OrganisationRecorded(
        organisation_id=row["id"], organisation=row["name"], **{name: row[name] for name in _SAID}
    )
    return unit.emit(payload, subject=row["id"], region=row["region"])


_SAID = ("kind", "language", "time_zone", "active", "on", "synthetic")
