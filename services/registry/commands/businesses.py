"""Businesses participants start, and the visits that follow them up."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict
from sqlalchemy import select

from services.registry.commands import consent, participants
from services.registry.commands.model import (
    AnyEvent,
    Command,
    CountInput,
    IdInput,
    Match,
    OnInput,
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
from shared.contracts.registry import (
    BusinessFollowedUp,
    BusinessStarted,
    BusinessStatus,
    FollowUpCancelled,
    FollowUpScheduled,
)
from shared.journal import Unit
from shared.runtime import clock

FollowUpState = Literal["open", "visited", "cancelled"]


class StartBusiness(Command):
    """A participant starts a business. ``village`` is the participant's own when left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"participant_id": "01920000-0000-7000-8000-000000000002", "sector": "lele", "on": "2023-04-03"}
            ]
        }
    )

    participant_id: IdInput
    enrolment_id: IdInput | None = None
    sector: SectorInput
    village: VillageInput | None = None
    on: OnInput
    synthetic: SyntheticInput = False


class BusinessView(View):
    """A business and how its last visit found it."""

    PATH: ClassVar[str] = "/v1/businesses"

    id: str
    participant_id: str
    enrolment_id: str | None = None
    sector: str
    village: str
    status: BusinessStatus
    on: date
    synthetic: bool


class Visit(Command):
    """What a follow-up visit found. ``workers`` counts everyone who works there, the owner included."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "active", "workers": 2, "on": "2023-05-03"}]})

    status: BusinessStatus
    workers: CountInput
    on: OnInput


class FollowUpView(View):
    """A visit that is due, was made, or won't be since the business closed; ``months`` after its start."""

    PATH: ClassVar[str] = "/v1/follow-ups"

    id: str
    business_id: str
    village: str
    months: int
    due_on: date
    state: FollowUpState
    status: BusinessStatus | None = None
    workers: int | None = None
    on: date | None = None
    synthetic: bool


async def start(unit: Unit, office: Office, command: StartBusiness) -> Written:
    """Records the business and schedules its visits."""
    connection = unit.connection
    person = await participants.usable(unit, office, command.participant_id, consent.LIVELIHOOD, on=command.on)
    village = command.village or person["village"]
    city = await office.village(connection, "village", village, command.on)
    personal.check_open_text(sector=command.sector)
    await _check_enrolment(unit, command, person)
    values = command.model_dump() | {
        "participant_id": person["id"],
        "village": village,
        "synthetic": command.synthetic or person["synthetic"],
    }
    row = rows.new(id=clock.new_id(), status="active", **values)
    await rows.add(connection, tables.businesses, row)
    started = unit.emit(
        BusinessStarted(business_id=row["id"], **{name: values[name] for name in _SAID}), subject=row["id"], region=city
    )
    visits = _visits(row)
    await rows.add(connection, tables.follow_ups, *visits)
    scheduled = [
        unit.emit(FollowUpScheduled(follow_up_id=visit["id"], **visit), subject=visit["id"], region=city, cause=started)
        for visit in visits
    ]
    return written(BusinessView, row, started, *scheduled, created=True)


async def visit(unit: Unit, office: Office, follow_up_id: str, command: Visit, match: Match | None) -> Written:
    """Records a visit; each scheduled visit is made once. One that finds the business closed cancels the open ones."""
    connection = unit.connection
    business, row = await _locked_visit(unit, follow_up_id)
    check_match(row["version"], match, required=False)
    if row["state"] != "open":
        raise Refusal("visit_cancelled" if row["state"] == "cancelled" else "already_visited", "id")
    city = territory.city_of(row["village"])
    dates.check_happened("on", command.on, office.today(city))
    dates.check_not_before("on", command.on, business["on"])
    changed = await rows.change(connection, tables.follow_ups, row, state="visited", **command.model_dump())
    await rows.change(connection, tables.businesses, business, status=command.status)
    payload = BusinessFollowedUp(
        follow_up_id=follow_up_id,
        business_id=row["business_id"],
        village=row["village"],
        sector=business["sector"],
        months=row["months"],
        synthetic=row["synthetic"],
        **command.model_dump(),
    )
    event = unit.emit(payload, subject=row["business_id"], region=city)
    cancelled = await _cancel_open_visits(unit, row["business_id"], event) if command.status == "closed" else []
    return written(FollowUpView, changed, event, *cancelled)


async def _locked_visit(unit: Unit, follow_up_id: str) -> tuple[Row, Row]:
    """The business and the visit. The business first: closing it takes all its visits, so two visits of one business
    at once would otherwise wait for each other."""
    connection = unit.connection
    visit = await known(connection, tables.follow_ups, follow_up_id, "unknown_record", None)
    business = await locked(connection, tables.businesses, visit["business_id"], "unknown_record", None)
    return business, await locked(connection, tables.follow_ups, follow_up_id, "unknown_record", None)


async def _cancel_open_visits(unit: Unit, business_id: str, closing: AnyEvent) -> list[AnyEvent]:
    """Takes the visits off the list that were still to be made, the earliest first."""
    table, cancelled = tables.follow_ups, []
    still_open = (table.c.business_id == business_id, table.c.state == "open")
    found = await unit.connection.execute(select(table).where(*still_open).order_by(table.c.due_on))
    for visit in [rows.plain(row) for row in found.mappings()]:
        await rows.change(unit.connection, table, visit, state="cancelled")
        payload = FollowUpCancelled(follow_up_id=visit["id"], **{name: visit[name] for name in _CANCELLED})
        cancelled.append(unit.emit(payload, subject=visit["id"], region=closing.region, cause=closing))
    return cancelled


_CANCELLED = ("business_id", "village", "months", "synthetic")
_SAID = ("participant_id", "sector", "village", "on", "synthetic")


def _visits(business: Row) -> list[Row]:
    return [
        rows.new(
            id=clock.new_id(),
            business_id=business["id"],
            village=business["village"],
            months=months,
            due_on=due_on,
            state="open",
            synthetic=business["synthetic"],
        )
        for months, due_on in dates.follow_up_schedule(business["on"])
    ]


async def _check_enrolment(unit: Unit, command: StartBusiness, person: Row) -> None:
    if command.enrolment_id is None:
        return
    row = await known(unit.connection, tables.enrolments, command.enrolment_id, "unknown_enrolment", "enrolment_id")
    if row["participant_id"] not in (command.participant_id, person["id"]):
        raise Refusal("unknown_enrolment", "enrolment_id")
