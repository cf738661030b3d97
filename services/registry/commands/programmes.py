"""Programmes: set up, mended, moved on from a draft to their end."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.registry.commands import waiting
from services.registry.commands.model import (
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
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, personal, programmes, territory
from services.registry.domain.programmes import ProgrammeState
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import (
    CancelReason,
    ProgrammeChanged,
    ProgrammeCreated,
    ProgrammeKind,
    ProgrammeStateChanged,
    ProgrammeTerms,
)
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day, Whole

VILLAGES_MAX = 100
BUDGET_MAX_RUPIAH = 10**15

VillagesInput = Annotated[tuple[VillageInput, ...], Field(min_length=1, max_length=VILLAGES_MAX)]
BudgetInput = Annotated[Whole, Field(ge=0, le=BUDGET_MAX_RUPIAH, description="In whole rupiah.")]
KindInput = Annotated[ProgrammeKind, Field(description="One of the office's kinds of programmes, see /v1/vocabulary.")]
StartInput = Annotated[Day, Field(description="The first day it is planned for; may be in the future.")]
EndInput = Annotated[Day, Field(description="The last day it is planned for.")]


class CreateProgramme(Command):
    """A programme for villages of one kab/kota. A ``quota`` of 0 sets no limit to the places.

    It runs at once unless another ``state`` is given: people can be enrolled in a planned or running one.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "kewirausahaan",
                    "sector": "lele",
                    "villages": ["32.76.07.1003"],
                    "provider": "DKUM Kota Depok",
                    "quota": 20,
                    "budget_rupiah": 45_000_000,
                    "starts_on": "2023-03-20",
                    "ends_on": "2023-03-22",
                    "state": "planned",
                    "on": "2023-02-01",
                    "synthetic": True,
                }
            ]
        }
    )

    kind: KindInput
    sector: SectorInput
    villages: VillagesInput
    provider: OrganisationInput
    quota: CountInput
    budget_rupiah: BudgetInput | None = None
    starts_on: StartInput | None = None
    ends_on: EndInput | None = None
    state: Annotated[ProgrammeState, Field(description="draft, planned or running.")] = "running"
    on: OnInput
    synthetic: SyntheticInput = False


class ChangeProgramme(Command):
    """Mends a programme's terms; what is left out stays. More places go to those who wait, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quota": 25, "budget_rupiah": 50_000_000}]})

    kind: KindInput | None = None
    sector: SectorInput | None = None
    villages: VillagesInput | None = None
    provider: OrganisationInput | None = None
    quota: CountInput | None = None
    budget_rupiah: BudgetInput | None = None
    starts_on: StartInput | None = None
    ends_on: EndInput | None = None


class MoveProgramme(Command):
    """The next state. When a programme is over, those who still waited are refused; when it is cancelled, those who
    had a place lose it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "running", "on": "2023-03-20"}]})

    state: ProgrammeState
    on: OnInput
    reason: Annotated[CancelReason | None, Field(description="Why it is cancelled.")] = None


class ProgrammeView(View):
    """A programme, how many of its places are taken, and how many people wait for one."""

    PATH: ClassVar[str] = "/v1/programmes"

    id: str
    region: str
    kind: str
    sector: str
    villages: tuple[str, ...]
    provider: str
    quota: int
    places_taken: int
    waiting: int
    budget_rupiah: int | None = None
    state: ProgrammeState
    reason: CancelReason | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    on: date
    ended_on: date | None = None
    synthetic: bool


async def create(unit: Unit, office: Office, command: CreateProgramme) -> Written:
    """Sets up a programme."""
    for place, village in enumerate(command.villages):
        await office.village(unit.connection, f"villages.{place}", village, command.on)
    if command.state in ("completed", "cancelled"):
        raise Refusal("programme_step", "state", state="-", open="draft, planned, running")
    city = _check(office, command.model_dump(), taken=0)
    values = command.model_dump() | {"sector": office.vocabulary.sector(command.sector)}
    counts = {"places_taken": 0, "waiting": 0, "last_number": 0}
    row = rows.new(id=clock.new_id(), region=city, **counts, **values | {"villages": list(command.villages)})
    await rows.add(unit.connection, tables.programmes, row)
    payload = ProgrammeCreated(programme_id=row["id"], **values)
    event = unit.emit(payload, subject=row["id"], region=city)
    return written(ProgrammeView, row, event, created=True)


async def change(
    unit: Unit, office: Office, programme_id: str, command: ChangeProgramme, match: Match | None
) -> Written:
    """Mends what is recorded; the event says what it was before."""
    row = await locked(unit.connection, tables.programmes, programme_id, "unknown_record", None)
    check_match(row["version"], match)
    given = command.model_dump(exclude_unset=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    terms = _terms(row) | {name: value for name, value in given.items() if value is not None or name in _MAY_BE_EMPTY}
    terms["sector"] = office.vocabulary.sector(terms["sector"])
    if terms == _terms(row):
        return written(ProgrammeView, row)
    await _check_change(unit, office, row, terms)
    changes = {"terms": ProgrammeTerms(**terms), "previous": ProgrammeTerms(**_terms(row))}
    payload = ProgrammeChanged(programme_id=programme_id, synthetic=row["synthetic"], **changes)
    event = unit.emit(payload, subject=programme_id, region=row["region"])
    wanted = {**row, **terms}
    line = await waiting.fill(unit, wanted, office.today(row["region"]), event)
    stored = terms | {"villages": list(terms["villages"])}
    changed = await rows.change(unit.connection, tables.programmes, row, **stored, **line.counts)
    return written(ProgrammeView, changed, event, *line.events)


async def move(unit: Unit, office: Office, programme_id: str, command: MoveProgramme, match: Match | None) -> Written:
    """Takes a programme to its next state, and with it those whose places depend on it."""
    row = await locked(unit.connection, tables.programmes, programme_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    dates.check_happened("on", command.on, office.today(row["region"]))
    dates.check_not_before("on", command.on, row["on"])
    changed, event = await to_state(unit, row, command.state, command.on, command.reason)
    line = await waiting.close(unit, changed, command.on, event)
    if line.events:
        changed = await rows.change(unit.connection, tables.programmes, changed, **line.counts)
    return written(ProgrammeView, changed, event, *line.events)


async def to_state(
    unit: Unit,
    programme: Row,
    state: ProgrammeState,
    on: date,
    reason: CancelReason | None = None,
    cause: AnyEvent | None = None,
) -> tuple[Row, AnyEvent]:
    """A locked programme in its next state, and the event that says so."""
    programmes.move(programme["state"], state)
    over = state not in programmes.OPEN
    values = {"state": state, "reason": reason, "ended_on": on if over else None}
    changed = await rows.change(unit.connection, tables.programmes, programme, **values)
    payload = ProgrammeStateChanged(
        programme_id=programme["id"],
        kind=programme["kind"],
        state=state,
        previous=programme["state"],
        reason=reason,
        on=on,
        synthetic=programme["synthetic"],
    )
    return changed, unit.emit(payload, subject=programme["id"], region=programme["region"], cause=cause)


_TERMS = ("kind", "sector", "villages", "provider", "quota", "budget_rupiah", "starts_on", "ends_on")
_MAY_BE_EMPTY = ("budget_rupiah", "starts_on", "ends_on")


def _terms(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _TERMS} | {"villages": tuple(row["villages"])}


def _check(office: Office, terms: Row, taken: int) -> str:
    """The kab/kota of terms that can stand."""
    city = territory.common_city("villages", terms["villages"])
    office.vocabulary.check_kind("kind", terms["kind"])
    personal.check_open_text(sector=terms["sector"], provider=terms["provider"])
    programmes.check_terms(terms["starts_on"], terms["ends_on"], terms["quota"], taken)
    return city


async def _check_change(unit: Unit, office: Office, row: Row, terms: Row) -> None:
    for place, village in enumerate(terms["villages"]):
        await office.village(unit.connection, f"villages.{place}", village)
    if _check(office, terms, row["places_taken"]) != row["region"]:
        raise Refusal("villages_in_two_cities", "villages")
    if terms["kind"] != row["kind"] and row["state"] != "draft":
        raise Refusal("kind_in_use", "kind")
    table = tables.sessions
    where = (table.c.programme_id == row["id"], table.c.village.not_in(terms["villages"]), table.c.state == "held")
    if (await unit.connection.execute(select(table.c.id).where(*where).limit(1))).first():
        raise Refusal("village_in_use", "villages")
