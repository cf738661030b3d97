"""Follow-up visits: made once, mended, taken back; and what they mean for the business.

A business's row is held before those of its visits: closing it takes them all, so two visits of one business at once
would otherwise wait for each other.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.registry.commands import consent
from services.registry.commands.model import (
    AnyEvent,
    Command,
    CountInput,
    Match,
    OnInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import businesses, dates, territory
from services.registry.domain.businesses import Found, IncomeBand
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import (
    BusinessFollowedUp,
    BusinessStatus,
    BusinessVisitCorrected,
    BusinessVisitWithdrawn,
    EndedWith,
    FollowUpCancelled,
    FollowUpReopened,
    FollowUpScheduled,
    VisitFigures,
)
from shared.journal import Unit
from shared.runtime import clock

FollowUpState = Literal["open", "visited", "cancelled"]
IncomeInput = Annotated[
    IncomeBand, Field(description="Income a month in rupiah, from none to above 4 million; stays in the registry.")
]


class Visit(Command):
    """What a follow-up visit found. ``workers`` counts everyone who works there, the owner included."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "active", "workers": 2, "income_band": "1m_2m", "on": "2023-05-03"}]}
    )

    status: BusinessStatus
    workers: CountInput
    income_band: IncomeInput | None = None
    on: OnInput


class CorrectVisit(Command):
    """Mends what was recorded of a visit; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"workers": 3}]})

    status: BusinessStatus | None = None
    workers: CountInput | None = None
    income_band: IncomeInput | None = None
    on: OnInput | None = None


class WithdrawVisit(Command):
    """Takes back a visit that was recorded by mistake; it is due again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "wrong_business"}]})

    reason: Literal["mistake", "wrong_business"]


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
    income_band: IncomeBand | None = None
    on: date | None = None
    synthetic: bool


async def record(unit: Unit, office: Office, follow_up_id: str, command: Visit, match: Match | None) -> Written:
    """Records a visit; each scheduled visit is made once. One that finds the business closed cancels the open ones."""
    business, row = await _locked(unit, follow_up_id)
    check_match(row["version"], match, required=False)
    if row["state"] == "visited":
        raise Refusal("already_visited", "id")
    await _check_consent(unit, business, command.status)
    if row["state"] == "cancelled":
        raise Refusal("visit_cancelled", "id")
    _check_day(office, business, command.on)
    changed = await rows.change(unit.connection, tables.follow_ups, row, state="visited", **command.model_dump())
    event = _emit(unit, BusinessFollowedUp(**_said(changed, business), **_figures(changed)), changed)
    return written(FollowUpView, changed, event, *await settle(unit, business, event))


async def correct(unit: Unit, office: Office, follow_up_id: str, command: CorrectVisit, match: Match | None) -> Written:
    """Mends a visit; the event carries what it said before. Cancels or reopens other visits as it now follows."""
    business, row = await _locked(unit, follow_up_id)
    check_match(row["version"], match)
    if row["state"] != "visited":
        raise Refusal("not_visited", "id")
    given = command.model_dump(exclude_none=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    await _check_consent(unit, business, command.status or row["status"])
    _check_day(office, business, command.on or row["on"])
    changed = await rows.change(unit.connection, tables.follow_ups, row, **given)
    before = VisitFigures(**_figures(row))
    payload = BusinessVisitCorrected(**_said(row, business), **_figures(changed), previous=before)
    event = _emit(unit, payload, row)
    return written(FollowUpView, changed, event, *await settle(unit, business, event))


async def withdraw(
    unit: Unit, office: Office, follow_up_id: str, command: WithdrawVisit, match: Match | None
) -> Written:
    """Takes a visit back. It is due again, unless the business is closed without it too."""
    business, row = await _locked(unit, follow_up_id)
    check_match(row["version"], match, required=False)
    if row["state"] != "visited":
        raise Refusal("not_visited", "id")
    await office.village(unit.connection, "village", row["village"])
    nothing = dict.fromkeys(("status", "workers", "income_band", "on"))
    # Off the list until it is known how the business stands without it; settling puts it back on.
    await rows.change(unit.connection, tables.follow_ups, row, state="cancelled", **nothing)
    payload = BusinessVisitWithdrawn(**_said(row, business), **_figures(row), reason=command.reason)
    event = _emit(unit, payload, row)
    events = await settle(unit, business, event)
    now = await known(unit.connection, tables.follow_ups, follow_up_id, "unknown_record", None)
    return written(FollowUpView, now, event, *events)


async def settle(unit: Unit, business: Row, cause: AnyEvent, **values: Any) -> list[AnyEvent]:
    """Writes how a locked business stands now, with other new ``values`` of its row, and lets its visits follow.

    While it is closed, or its owner may not be visited, its open visits are cancelled; after that they are to be made
    again.
    """
    closed_on = values.get("closed_on", business["closed_on"])
    status = businesses.standing(await found(unit, business["id"]), closed_on)
    await rows.change(unit.connection, tables.businesses, business, **{**values, "status": status})
    if status == "closed":
        return await _each(unit, business["id"], "open", "cancelled", cause)
    stopped = await _stopped(unit, business)
    if stopped is not None:
        return await _each(unit, business["id"], "open", "cancelled", cause, stopped)
    return await _each(unit, business["id"], "cancelled", "open", cause)


async def _stopped(unit: Unit, business: Row) -> EndedWith | None:
    """Why the owner of a business may not be visited any more, if so; a group may always."""
    if business["participant_id"] is None:
        return None
    person = await consent.standing_row(unit.connection, business["participant_id"])
    if person["state"] in ("erased", "moved"):
        return cast("EndedWith", person["state"])
    agreed = await consent.allowed(unit.connection, [person], consent.LIVELIHOOD)
    return None if agreed else "consent_withdrawn"


async def _check_consent(unit: Unit, business: Row, status: BusinessStatus) -> None:
    """A visit goes on with the person's data, unless it only says that the business is closed."""
    if status != "closed" and business["participant_id"] is not None:
        await consent.still(unit, business["participant_id"], consent.LIVELIHOOD)


async def found(unit: Unit, business_id: str) -> list[Found]:
    """What the visits that were made found."""
    table = tables.follow_ups
    made = (table.c.business_id == business_id, table.c.state == "visited")
    rows_found = await unit.connection.execute(select(table.c.on, table.c.months, table.c.status).where(*made))
    return [Found(*row) for row in rows_found]


def schedule(business: Row) -> list[Row]:
    """The visits of a business that starts."""
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


async def reschedule(unit: Unit, business: Row, cause: AnyEvent) -> list[AnyEvent]:
    """New days for the visits of a business whose start was mended; said of those that are still to be made."""
    days = dict(dates.follow_up_schedule(business["on"]))
    events = []
    for row in await _of(unit, business["id"], ("open", "cancelled")):
        changed = await rows.change(unit.connection, tables.follow_ups, row, due_on=days[row["months"]])
        if row["state"] == "open":
            events.append(_emit(unit, scheduled(changed), changed, cause))
    return events


def scheduled(row: Row) -> FollowUpScheduled:
    """What says when a visit is due."""
    return FollowUpScheduled(follow_up_id=row["id"], **{name: row[name] for name in _DUE}, due_on=row["due_on"])


_DUE = ("business_id", "village", "months", "synthetic")
_FIGURES = ("status", "workers", "on")


async def _each(
    unit: Unit,
    business_id: str,
    state: FollowUpState,
    to: Literal["open", "cancelled"],
    cause: AnyEvent,
    ended_with: EndedWith | None = None,
) -> list[AnyEvent]:
    """Takes a business's visits in one state to another, the earliest due first."""
    events = []
    for row in await _of(unit, business_id, (state,)):
        changed = await rows.change(unit.connection, tables.follow_ups, row, state=to)
        said = {"follow_up_id": row["id"], **{name: row[name] for name in _DUE}}
        payload: FollowUpCancelled | FollowUpReopened = FollowUpReopened(**said, due_on=row["due_on"])
        if to == "cancelled":
            payload = FollowUpCancelled(**said, ended_with=ended_with)
        events.append(_emit(unit, payload, changed, cause))
    return events


async def _of(unit: Unit, business_id: str, states: Sequence[FollowUpState]) -> list[Row]:
    table = tables.follow_ups
    where = (table.c.business_id == business_id, table.c.state.in_(states))
    rows_found = await unit.connection.execute(select(table).where(*where).order_by(table.c.due_on).with_for_update())
    return [rows.plain(row) for row in rows_found.mappings()]


async def _locked(unit: Unit, follow_up_id: str) -> tuple[Row, Row]:
    connection = unit.connection
    visit = await known(connection, tables.follow_ups, follow_up_id, "unknown_record", None)
    business = await locked(connection, tables.businesses, visit["business_id"], "unknown_record", None)
    return business, await locked(connection, tables.follow_ups, follow_up_id, "unknown_record", None)


def _check_day(office: Office, business: Row, on: date) -> None:
    dates.check_happened("on", on, office.today(territory.city_of(business["village"])))
    dates.check_not_before("on", on, business["on"])


def _said(row: Row, business: Row) -> dict[str, Any]:
    said = {name: row[name] for name in _DUE}
    return {"follow_up_id": row["id"], "sector": business["sector"], **said}


def _figures(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _FIGURES}


Payloads = (
    BusinessFollowedUp
    | BusinessVisitCorrected
    | BusinessVisitWithdrawn
    | FollowUpCancelled
    | FollowUpReopened
    | FollowUpScheduled
)


def _emit(unit: Unit, payload: Payloads, row: Row, cause: AnyEvent | None = None) -> AnyEvent:
    """Said of the business when it was visited, of the visit when that is only due."""
    due = isinstance(payload, FollowUpCancelled | FollowUpReopened | FollowUpScheduled)
    subject = row["id"] if due else row["business_id"]
    return unit.emit(payload, subject=subject, region=territory.city_of(row["village"]), cause=cause)
