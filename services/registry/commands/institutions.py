"""Institutions in the four settings (pemerintah, swasta, pendidikan, masyarakat) and what they do against drugs.

What an institution does is kept year by year; its own row shows the latest year.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    AnyEvent,
    CityInput,
    Command,
    CountInput,
    DecreeInput,
    DocumentInput,
    Match,
    OnInput,
    OrganisationInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import documents, personal, yearly
from services.registry.domain.refusal import Refusal
from services.registry.storage import institution_states, rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import InstitutionRecorded, InstitutionState, Setting
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day, Flag

PolicyDayInput = Annotated[Day, Field(description="The date of the policy.")]


class RecordInstitution(Command):
    """An institution and its present state: numbers of penggiat (people) and of urine tests.

    ``village`` says where it is, as closely as is ever recorded: there is no address.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "village": "32.76.07.1003",
                    "name": "Sekolah Contoh 1",
                    "setting": "pendidikan",
                    "has_policy": True,
                    "policy_number": "Contoh 12/2022",
                    "policy_on": "2022-12-01",
                    "penggiat": 2,
                    "urine_tests": 40,
                    "on": "2023-02-10",
                    "synthetic": True,
                }
            ]
        }
    )

    region: CityInput
    village: VillageInput | None = None
    name: OrganisationInput
    setting: Setting
    has_policy: Flag
    policy_number: DecreeInput | None = None
    policy_on: PolicyDayInput | None = None
    policy_document: DocumentInput | None = None
    penggiat: CountInput = 0
    urine_tests: CountInput = 0
    on: OnInput
    synthetic: SyntheticInput = False


class ReplaceInstitution(Command):
    """The state of the year of ``on``, all of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"has_policy": True, "penggiat": 3, "urine_tests": 80, "on": "2023-06-12"}]}
    )

    has_policy: Flag
    penggiat: CountInput
    urine_tests: CountInput
    on: OnInput


class ChangeInstitution(Command):
    """What is given changes, the rest stays. ``on`` is needed with what is kept year by year (policy or not, penggiat,
    urine tests); null takes a village or what is said of the policy away."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"penggiat": 4, "on": "2023-08-01", "policy_document": "https://contoh.sch.id/p4gn.pdf"}]
        }
    )

    name: OrganisationInput | None = None
    village: VillageInput | None = None
    has_policy: Flag | None = None
    policy_number: DecreeInput | None = None
    policy_on: PolicyDayInput | None = None
    policy_document: DocumentInput | None = None
    penggiat: CountInput | None = None
    urine_tests: CountInput | None = None
    on: OnInput | None = None


class InstitutionView(View):
    """An institution with the state of its latest year."""

    PATH: ClassVar[str] = "/v1/institutions"

    id: str
    region: str
    village: str | None = None
    name: str
    setting: Setting
    has_policy: bool
    policy_number: str | None = None
    policy_on: date | None = None
    policy_document: str | None = None
    penggiat: int
    urine_tests: int
    on: date
    synthetic: bool


class InstitutionYearView(View):
    """What an institution did in a year, as last recorded for that year."""

    PATH: ClassVar[str] = "/v1/institution-years"

    institution_id: str
    year: int
    region: str
    has_policy: bool
    penggiat: int
    urine_tests: int
    on: date


async def record(unit: Unit, office: Office, command: RecordInstitution) -> Written:
    """Records an institution for the first time."""
    await _check_new(unit, office, command)
    row = rows.new(id=clock.new_id(), **command.model_dump())
    await rows.add(unit.connection, tables.institutions, row)
    await institution_states.put(unit.connection, [_year_row(row)])
    return written(InstitutionView, row, _emit(unit, row, _first(row)), created=True)


async def record_many(unit: Unit, office: Office, commands: Sequence[RecordInstitution]) -> list[Written]:
    """Records institutions in a few statements. One that is there already (same kab/kota, setting and name, whatever
    the capitals) isn't made again: what is given becomes its state of that year."""
    for command in commands:
        await _check_new(unit, office, command)
    known = await institution_states.named(unit.connection, {(c.region, c.setting) for c in commands})
    made: dict[str, Row] = {}
    done: list[Written] = []
    for command in commands:
        name = (command.region, command.setting, command.name.casefold())
        if name in known:
            done.append(await _again(unit, known[name], made, command))
            continue
        row = rows.new(id=clock.new_id(), **command.model_dump())
        known[name], made[row["id"]] = row["id"], row
        done.append(written(InstitutionView, row, _emit(unit, row, _first(row)), created=True))
    await _save(unit, made)
    return done


async def _again(unit: Unit, institution_id: str, made: dict[str, Row], command: RecordInstitution) -> Written:
    await _save(unit, made)
    row = await locked(unit.connection, tables.institutions, institution_id, "unknown_record", None)
    given = command.model_dump(exclude_unset=True, include=set(ChangeInstitution.model_fields) - {"name"})
    return await _set(unit, row, given)


async def _save(unit: Unit, made: dict[str, Row]) -> None:
    if made:
        await rows.add(unit.connection, tables.institutions, *made.values())
        await institution_states.put(unit.connection, [_year_row(row) for row in made.values()])
        made.clear()


async def replace(
    unit: Unit, office: Office, institution_id: str, command: ReplaceInstitution, match: Match | None
) -> Written:
    """Replaces the state of a year; the event carries the old one too."""
    row = await locked(unit.connection, tables.institutions, institution_id, "unknown_record", None)
    check_match(row["version"], match)
    office.city("region", row["region"], command.on)
    return await _set(unit, row, command.model_dump())


async def change(
    unit: Unit, office: Office, institution_id: str, command: ChangeInstitution, match: Match | None
) -> Written:
    """Changes some of what is recorded."""
    row = await locked(unit.connection, tables.institutions, institution_id, "unknown_record", None)
    check_match(row["version"], match)
    values = command.model_dump(exclude_unset=True)
    values = {name: value for name, value in values.items() if value is not None or name in _CLEARED}
    if not values.keys() - {"on"}:
        raise Refusal("nothing_to_change", "body")
    if command.on is not None:
        office.city("region", row["region"], command.on)
    elif values.keys() & set(_STATE):
        raise Refusal("day_missing", "on")
    personal.check_open_text(name=command.name)
    await _check_place(unit, office, row["region"], command.village)
    return await _set(unit, row, values)


async def _set(unit: Unit, row: Row, values: Mapping[str, Any]) -> Written:
    """Sets what is kept year by year for the year of ``on``, and the rest on the row itself, which shows the latest
    year. A year's state that only part is given of starts from what stood."""
    changed = {**row, **values}
    said: list[yearly.Said[InstitutionState]] = []
    days: dict[int, date] = {}
    if values.keys() & set(_STATE):
        year = changed["on"].year
        history, days = await institution_states.history(unit.connection, row["id"])
        stood = yearly.standing(history, year) or _state(row)
        state = stood.model_copy(update={name: values[name] for name in _STATE if name in values})
        said, days[year] = yearly.statements(history, year, state), changed["on"]
        await institution_states.put(unit.connection, [_year_row({**row, **dict(state), "on": changed["on"]})])
        latest = max(history | {year: state})
        changed |= {**dict(({**history, year: state})[latest]), "on": days[latest]}
    else:
        changed["on"] = row["on"]
    _check_policy({"has_policy": changed["has_policy"], **{name: values.get(name) for name in _POLICY}})
    saved = await rows.change(unit.connection, tables.institutions, row, **{n: changed[n] for n in _CHANGED})
    said = said or [yearly.Said(row["on"].year, _state(row), _state(row))]
    events: list[AnyEvent] = []
    for one in said:
        day = days.get(one.year, row["on"])
        events.append(_emit(unit, saved, one, day, cause=events[0] if events else None))
    return written(InstitutionView, saved, *events)


async def _check_new(unit: Unit, office: Office, command: RecordInstitution) -> None:
    office.city("region", command.region, command.on)
    personal.check_open_text(name=command.name)
    await _check_place(unit, office, command.region, command.village)
    _check_policy(command.model_dump())


async def _check_place(unit: Unit, office: Office, region: str, village: str | None) -> None:
    if village is not None and await office.village(unit.connection, "village", village) != region:
        raise Refusal("village_outside", "village", served=region)


def _check_policy(row: Row) -> None:
    given = [name for name in _POLICY if row.get(name) is not None]
    if given and not row["has_policy"]:
        raise Refusal("policy_missing", given[0])
    documents.check_number("policy_number", row.get("policy_number"))
    documents.check_link("policy_document", row.get("policy_document"))


def _first(row: Row) -> yearly.Said[InstitutionState]:
    return yearly.Said(row["on"].year, _state(row), None)


def _emit(
    unit: Unit, row: Row, said: yearly.Said[InstitutionState], on: date | None = None, cause: AnyEvent | None = None
) -> AnyEvent:
    payload = InstitutionRecorded(
        institution_id=row["id"],
        setting=row["setting"],
        state=said.state,
        previous=said.previous,
        follows=said.follows,
        followed=said.followed,
        village=row["village"],
        on=on or row["on"],
        synthetic=row["synthetic"],
    )
    return unit.emit(payload, subject=row["id"], region=row["region"], cause=cause)


def _state(row: Row) -> InstitutionState:
    return InstitutionState(has_policy=row["has_policy"], penggiat=row["penggiat"], urine_tests=row["urine_tests"])


def _year_row(row: Row) -> Row:
    state = {name: row[name] for name in (*_STATE, "on")}
    return {"institution_id": row["id"], "year": row["on"].year, "region": row["region"], **state}


_STATE = ("has_policy", "penggiat", "urine_tests")
_POLICY = ("policy_number", "policy_on", "policy_document")
_CLEARED = ("village", *_POLICY)
_CHANGED = ("name", "village", "on", *_POLICY, *_STATE)
