"""Referrals of participants to organisations that can help, step by step, each with a date the next one is due."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Literal, cast

from pydantic import ConfigDict, Field
from sqlalchemy import select, update

from services.registry.commands import consent, organisations, participants
from services.registry.commands.model import (
    AnyEvent,
    Command,
    IdInput,
    Match,
    OnInput,
    OrganisationInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, personal, referrals, territory
from services.registry.domain.referrals import State, Step
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import EndedWith, ReferralAnswered, ReferralReceived, ReferralSent, ReferralStepUndone
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day

Outcome = Literal["accepted", "declined", "placed", "closed"]
ENDINGS = frozenset({"declined", "closed"})
"""Where nothing is done for the person any more."""


class SendReferral(Command):
    """A participant is referred to an organisation, which is to answer by ``due_on`` (the office's usual time when
    left out). The organisation is named by its id, or by its name, which records it when it is new."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "participant_id": "01920000-0000-7000-8000-000000000002",
                    "to_organisation": "DKUM Kota Depok",
                    "on": "2023-03-06",
                    "due_on": "2023-03-20",
                }
            ]
        }
    )

    participant_id: IdInput
    organisation_id: IdInput | None = None
    to_organisation: OrganisationInput | None = None
    on: OnInput
    due_on: Day | None = None
    synthetic: SyntheticInput = False


class ReceiveReferral(Command):
    """The organisation has the referral."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-08"}]})

    on: OnInput


class AnswerReferral(Command):
    """What the organisation answered. ``due_on``: by when the step after this one is due, the usual time when left
    out. ``reason`` is one of ``/v1/referral-reasons``; declining needs one, and closing without a place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "accepted", "on": "2023-03-15"}]})

    outcome: Outcome
    on: OnInput
    reason: str | None = Field(None, max_length=40)
    due_on: Day | None = None


class UndoStep(Command):
    """The last step was recorded by mistake."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-16"}]})

    on: OnInput


class ReferralView(View):
    """A referral and where it stands. ``due_on`` is by when it is to be answered, ``next_due_on`` by when its next
    step is due; it has no next step once it is closed."""

    PATH: ClassVar[str] = "/v1/referrals"

    id: str
    participant_id: str
    village: str
    organisation_id: str | None = None
    to_organisation: str
    state: State
    on: date
    receive_by: date | None = None
    due_on: date
    next_step: referrals.Awaited | None = None
    next_due_on: date | None = None
    reason: str | None = None
    received_on: date | None = None
    answered_on: date | None = None
    placed_on: date | None = None
    closed_on: date | None = None
    sent_by: str | None = Field(None, description="Id of the account that sent it, or node.")
    synthetic: bool

    @classmethod
    def of(cls, row: Row) -> "ReferralView":
        """Names the next step too."""
        return cls.model_validate(dict(row) | {"next_step": referrals.AWAITS[row["state"]]})


async def send(unit: Unit, office: Office, command: SendReferral) -> Written:
    """Sends a referral; it is due on the day it is sent at the earliest."""
    person = await participants.usable(unit, office, command.participant_id, consent.REFERRAL, on=command.on)
    city = territory.city_of(person["village"])
    days = office.practice.referral_days
    due_on = command.due_on or dates.add_days(command.on, days["answered"])
    dates.check_not_before("due_on", due_on, command.on, "due_before_sent")
    synthetic = command.synthetic or person["synthetic"]
    organisation, recorded = await _organisation(unit, command, city, synthetic=synthetic)
    step = Step("sent", command.on, referrals.due_after("sent", command.on, days, due_on))
    values = {
        "participant_id": person["id"],
        "village": person["village"],
        "organisation_id": organisation["id"],
        "to_organisation": organisation["name"],
        "on": command.on,
        "due_on": due_on,
        "receive_by": step.due_on,
        "synthetic": synthetic,
    }
    row = rows.new(id=clock.new_id(), state="sent", next_due_on=step.due_on, sent_by=office.actor.id, **values)
    await rows.add(unit.connection, tables.referrals, row)
    await _keep(unit, row["id"], 0, step)
    event = unit.emit(ReferralSent(referral_id=row["id"], **values), subject=row["id"], region=city)
    return written(ReferralView, row, *recorded, event, created=True)


async def receive(
    unit: Unit, office: Office, referral_id: str, command: ReceiveReferral, match: Match | None
) -> Written:
    """Records that the organisation has the referral."""
    row, steps = await _standing(unit, office, referral_id, command.on, match)
    referrals.check_next(row["state"], "received", "id")
    await consent.still(unit, row["participant_id"], consent.REFERRAL)
    due_on = row["due_on"]
    changed = await _take(unit, row, steps, Step("received", command.on, due_on))
    payload = ReferralReceived(on=command.on, due_on=due_on, **_said(row))
    return written(ReferralView, changed, _emit(unit, changed, payload))


async def answer(unit: Unit, office: Office, referral_id: str, command: AnswerReferral, match: Match | None) -> Written:
    """Records an answer that can follow on where the referral stands."""
    row, steps = await _standing(unit, office, referral_id, command.on, match)
    referrals.check_next(row["state"], command.outcome)
    if command.outcome not in ENDINGS:
        await consent.still(unit, row["participant_id"], consent.REFERRAL)
    practice = office.practice
    reasons = {"declined": practice.decline_reasons, "closed": practice.close_reasons}.get(command.outcome, {})
    referrals.check_reason(row["state"], command.outcome, command.reason, reasons)
    due_on = _next_due(office, row, command)
    changed = await _take(unit, row, steps, Step(command.outcome, command.on, due_on, command.reason))
    payload = ReferralAnswered(
        outcome=command.outcome, on=command.on, reason=command.reason, due_on=due_on, **_said(row)
    )
    return written(ReferralView, changed, _emit(unit, changed, payload))


async def undo(unit: Unit, office: Office, referral_id: str, command: UndoStep, match: Match | None) -> Written:
    """Takes the last step back; the referral stands where it stood, with the date that counted then."""
    row, steps = await _standing(unit, office, referral_id, command.on, match)
    undone, now = referrals.undo([step for _, step in steps])
    if undone.state in ENDINGS and now.state not in ENDINGS:
        await consent.still(unit, row["participant_id"], consent.REFERRAL)
    t = tables.referral_steps
    number = steps[-1][0]
    await unit.connection.execute(
        update(t).where(t.c.referral_id == referral_id, t.c.number == number).values(undone=True)
    )
    changed = await rows.change(unit.connection, tables.referrals, row, **_state([step for _, step in steps[:-1]]))
    names = {"undone": undone.state, "state": now.state}
    payload = ReferralStepUndone.model_validate(
        {**_said(row), **names, "on": command.on, "due_on": now.due_on or row["due_on"]}
    )
    return written(ReferralView, changed, _emit(unit, changed, payload))


async def end(unit: Unit, row: Row, why: EndedWith, on: date, cause: AnyEvent) -> None:
    """Closes a locked referral of somebody for whom nothing may go on."""
    steps = await _steps(unit, row["id"])
    step = Step("closed", max(on, steps[-1][1].on), None, why)
    await _take(unit, row, steps, step)
    payload = ReferralAnswered(outcome="closed", on=step.on, reason=why, due_on=None, **_said(row))
    unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]), cause=cause)


def _next_due(office: Office, row: Row, command: AnswerReferral) -> date | None:
    usual = referrals.due_after(command.outcome, command.on, office.practice.referral_days, row["due_on"])
    if command.due_on is None or usual is None:
        return usual
    dates.check_not_before("due_on", command.due_on, command.on, "due_before_sent")
    return command.due_on


async def _organisation(
    unit: Unit, command: SendReferral, city: str, *, synthetic: bool
) -> tuple[Row, tuple[AnyEvent, ...]]:
    if command.organisation_id is not None:
        return await organisations.receiving(unit, command.organisation_id, city), ()
    if command.to_organisation is None:
        raise Refusal("organisation_not_named", "organisation_id")
    personal.check_open_text(to_organisation=command.to_organisation)
    return await organisations.named(unit, command.to_organisation, city, command.on, synthetic=synthetic)


async def _standing(
    unit: Unit, office: Office, referral_id: str, on: date, match: Match | None
) -> tuple[Row, list[tuple[int, Step]]]:
    """The referral, locked, and the steps that count, with their numbers; ``on`` can't be before the last."""
    row = await locked(unit.connection, tables.referrals, referral_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    dates.check_happened("on", on, office.today(territory.city_of(row["village"])))
    steps = await _steps(unit, referral_id)
    dates.check_not_before("on", on, steps[-1][1].on)
    return row, steps


async def _steps(unit: Unit, referral_id: str) -> list[tuple[int, Step]]:
    t = tables.referral_steps
    query = select(t).where(t.c.referral_id == referral_id, t.c.undone.is_(False)).order_by(t.c.number)
    found = (await unit.connection.execute(query)).mappings()
    return [(row["number"], Step(row["state"], row["on"], row["due_on"], row["reason"])) for row in found]


async def _take(unit: Unit, row: Row, steps: Sequence[tuple[int, Step]], step: Step) -> Row:
    taken = (await unit.connection.execute(_last_number(row["id"]))).scalar_one()
    await _keep(unit, row["id"], taken + 1, step)
    state = _state([*(earlier for _, earlier in steps), step])
    return await rows.change(unit.connection, tables.referrals, row, **state)


def _last_number(referral_id: str) -> Any:
    """Numbers of steps that were taken back are not used again."""
    t = tables.referral_steps
    return select(t.c.number).where(t.c.referral_id == referral_id).order_by(t.c.number.desc()).limit(1)


async def _keep(unit: Unit, referral_id: str, number: int, step: Step) -> None:
    values = {"state": step.state, "on": step.on, "due_on": step.due_on, "reason": step.reason}
    row = {"referral_id": referral_id, "number": number, "undone": False, "created_at": clock.now(), **values}
    await rows.add(unit.connection, tables.referral_steps, row)


def _state(steps: Sequence[Step]) -> dict[str, Any]:
    """The columns that follow from the steps that count."""
    last = steps[-1]
    return {
        "state": last.state,
        "reason": last.reason,
        "next_due_on": last.due_on,
        "received_on": referrals.day_of(steps, "received"),
        "answered_on": referrals.day_of(steps, "accepted", "declined"),
        "placed_on": referrals.day_of(steps, "placed"),
        "closed_on": referrals.day_of(steps, "closed"),
    }


def _said(row: Row) -> dict[str, Any]:
    names = ("participant_id", "village", "to_organisation", "organisation_id", "synthetic")
    return {"referral_id": row["id"], **{name: row[name] for name in names}}


def _emit(unit: Unit, row: Row, payload: ReferralReceived | ReferralAnswered | ReferralStepUndone) -> AnyEvent:
    return cast("AnyEvent", unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"])))
