"""What each event means here: one ``on_…`` for every type this service follows.

The follower hands over a batch and a unit of work; everything happens in that one transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.notifications.commands.alerts import record_alerts
from services.notifications.commands.subscriptions import Organisation, link_organisation
from services.notifications.domain import due, rules, surveys
from services.notifications.domain.consents import LateConsent, consent_late
from services.notifications.domain.due import Work
from services.notifications.domain.matters import Matter
from services.notifications.places import local_date
from services.notifications.storage import work as due_list
from shared.contracts import registry, scoring
from shared.contracts.envelope import Event, Payload
from shared.journal.journal import Unit
from shared.runtime import clock

CAUSE_MAX_LENGTH = 64


async def apply_scoring(unit: Unit, events: Sequence[Event[Any]]) -> None:
    """Scores and parked events: finds what there is to tell and records the alerts."""
    matters = [matter for event in events for matter in _matters_of(event)]
    await record_alerts(unit, matters, now=clock.now(), events={event.id: event for event in events})


async def apply_registry(unit: Unit, events: Sequence[Event[Any]]) -> None:
    """Keeps the due list and the organisations' inboxes; the sweep tells of what is past its date."""
    for event in events:
        handler = HANDLERS.get(type(event.data))
        if handler is not None:
            await handler(unit, event)


def on_score_changed(event: Event[scoring.ScoreChanged]) -> list[Matter]:
    """A band changed, the index fell below the target, both, or nothing to tell."""
    data = event.data
    move = rules.ScoreMove(
        event_id=event.id,
        area=data.area,
        year=data.year,
        provisional=data.provisional,
        synthetic=data.synthetic,
        readings=(_reading("survey", data.survey), _reading("running", data.running)),
        target=data.target.value if data.target else None,
    )
    found = (rules.band_changed(move), rules.below_target(move))
    return [matter for matter in found if matter is not None]


def on_event_parked(event: Event[scoring.EventParked]) -> list[Matter]:
    """Scoring set an event aside."""
    return [rules.event_parked(rules.ParkedEvent(event.id, event.region, event.data.stream, event.data.seq))]


async def on_organisation_recorded(unit: Unit, event: Event[registry.OrganisationRecorded]) -> None:
    """An organisation has an inbox as long as it is active."""
    data = event.data
    organisation = Organisation(data.organisation_id, data.organisation, event.region, data.language, data.active)
    await link_organisation(unit.connection, organisation, clock.now())


async def on_referral_sent(unit: Unit, event: Event[registry.ReferralSent]) -> None:
    """An answer is due, and before it the word that the referral has arrived."""
    data = event.data
    await due_list.schedule(unit.connection, _of_referral("referral", event, data.due_on))
    if data.receive_by is not None and data.receive_by < data.due_on:
        await due_list.schedule(unit.connection, _of_referral("referral_receive", event, data.receive_by))


async def on_referral_received(unit: Unit, event: Event[registry.ReferralReceived]) -> None:
    """It has arrived; the answer is still due."""
    await due_list.forget(unit.connection, ("referral_receive",), event.data.referral_id)
    await due_list.schedule(unit.connection, _of_referral("referral", event, event.data.due_on))


async def on_referral_answered(unit: Unit, event: Event[registry.ReferralAnswered]) -> None:
    """The answer is there; the step after it may be due."""
    data = event.data
    await due_list.finish(
        unit.connection,
        "referral",
        data.referral_id,
        region=event.region,
        village=data.village,
        synthetic=data.synthetic,
    )
    await due_list.forget(unit.connection, due.REFERRAL_KINDS, data.referral_id)
    waiting = due.waiting_after(data.outcome)
    if waiting is not None and data.due_on is not None:
        await due_list.schedule(unit.connection, _of_referral(waiting, event, data.due_on), reopen=True)


async def on_referral_step_undone(unit: Unit, event: Event[registry.ReferralStepUndone]) -> None:
    """What was due before the step is due again, with the date it had."""
    data = event.data
    await due_list.forget(unit.connection, due.REFERRAL_KINDS, data.referral_id)
    waiting = due.waiting_after(data.state)
    if data.state == "sent":
        await due_list.take_up_again(unit.connection, ("referral_receive", "referral"), data.referral_id)
    elif waiting is not None:
        await due_list.schedule(unit.connection, _of_referral(waiting, event, data.due_on), reopen=True)


async def on_commitment_made(unit: Unit, event: Event[registry.CommitmentMade]) -> None:
    """Something is to be done by a date."""
    await due_list.schedule(unit.connection, _of_commitment(event, event.data.due_on))


async def on_commitment_postponed(unit: Unit, event: Event[registry.CommitmentPostponed]) -> None:
    """By another date."""
    await due_list.schedule(unit.connection, _of_commitment(event, event.data.due_on))


async def on_commitment_settled(unit: Unit, event: Event[registry.CommitmentSettled]) -> None:
    """It was kept, or won't be."""
    await _finish_commitment(unit, event)


async def on_commitment_withdrawn(unit: Unit, event: Event[registry.CommitmentWithdrawn]) -> None:
    """It is due no longer."""
    await _finish_commitment(unit, event)


async def on_commitment_reopened(unit: Unit, event: Event[registry.CommitmentReopened]) -> None:
    """It is due again; who was told of its date isn't told a second time."""
    await due_list.schedule(unit.connection, _of_commitment(event, event.data.due_on), reopen=True)


def _of_referral(kind: due.WorkKind, event: Event[Any], due_on: date) -> Work:
    data = event.data
    return Work(
        kind=kind,
        id=data.referral_id,
        event_id=_cause(kind, event),
        region=event.region,
        village=data.village,
        due_on=due_on,
        organisation=data.to_organisation,
        months=None,
        synthetic=data.synthetic,
        # Closing a referral is the office's own work.
        organisation_id=due.OFFICE_ONLY if kind == "referral_close" else data.organisation_id,
    )


def _cause(kind: due.WorkKind, event: Event[Any]) -> str:
    """Sending sets two dates under one rule: each is a cause of its own, or the second would count as told."""
    return f"{event.id}.received"[-CAUSE_MAX_LENGTH:] if kind == "referral_receive" else event.id


def _of_commitment(event: Event[Any], due_on: date) -> Work:
    data = event.data
    return Work(
        kind="commitment",
        id=data.commitment_id,
        event_id=event.id,
        region=event.region,
        village="",
        due_on=due_on,
        organisation=data.organisation,
        months=None,
        synthetic=data.synthetic,
        organisation_id=data.organisation_id,
    )


async def _finish_commitment(unit: Unit, event: Event[Any]) -> None:
    data = event.data
    await due_list.finish(
        unit.connection, "commitment", data.commitment_id, region=event.region, village="", synthetic=data.synthetic
    )


async def on_follow_up_scheduled(unit: Unit, event: Event[registry.FollowUpScheduled]) -> None:
    """A visit is due."""
    await due_list.schedule(unit.connection, _visit(event))


async def on_follow_up_reopened(unit: Unit, event: Event[registry.FollowUpReopened]) -> None:
    """A visit that was off the list is due after all."""
    await due_list.reopen(unit.connection, _visit(event))


def _visit(event: Event[registry.FollowUpScheduled] | Event[registry.FollowUpReopened]) -> Work:
    data = event.data
    return Work(
        kind="follow_up",
        id=data.follow_up_id,
        event_id=event.id,
        region=event.region,
        village=data.village,
        due_on=data.due_on,
        organisation=None,
        months=data.months,
        synthetic=data.synthetic,
    )


async def on_follow_up_cancelled(unit: Unit, event: Event[registry.FollowUpCancelled]) -> None:
    """The visit is due no longer: the business has closed."""
    await _finish_follow_up(unit, event)


async def on_business_followed_up(unit: Unit, event: Event[registry.BusinessFollowedUp]) -> None:
    """The visit took place."""
    await _finish_follow_up(unit, event)


async def on_survey_reminded(unit: Unit, event: Event[registry.SurveyReminded]) -> None:
    """A group is short of answers: the office is told, and the institutions that are silent."""
    data = event.data
    short = surveys.Shortfall(
        event_id=event.id,
        region=event.region,
        year=data.year,
        group=data.group,
        village=data.village,
        addressees=data.addressees,
        answers=data.answers,
        quota=data.quota,
        closes_on=data.closes_on,
        synthetic=data.synthetic,
    )
    found = [matter for matter in (surveys.survey_short(short), surveys.survey_invited(short)) if matter is not None]
    await record_alerts(unit, found, now=clock.now(), events={event.id: event})


async def on_consent_deadline_passed(unit: Unit, event: Event[registry.ConsentDeadlinePassed]) -> None:
    """Work goes on that had to end: the office is told."""
    data = event.data
    late = LateConsent(
        event_id=event.id,
        region=event.region,
        village=data.village,
        purpose=data.purpose,
        deadline_on=local_date(data.deadline_at, event.region),
        remaining=data.remaining,
        synthetic=data.synthetic,
    )
    await record_alerts(unit, [consent_late(late)], now=clock.now(), events={event.id: event})


async def _finish_follow_up(
    unit: Unit, event: Event[registry.FollowUpCancelled] | Event[registry.BusinessFollowedUp]
) -> None:
    data = event.data
    await due_list.finish(
        unit.connection,
        "follow_up",
        data.follow_up_id,
        region=event.region,
        village=data.village,
        synthetic=data.synthetic,
    )


def _matters_of(event: Event[Any]) -> list[Matter]:
    match event.data:
        case scoring.ScoreChanged():
            return on_score_changed(event)
        case scoring.EventParked():
            return on_event_parked(event)
        case _:
            return []


def _reading(reading: rules.Reading, change: scoring.Change) -> rules.ReadingMove:
    return rules.ReadingMove(reading, _point(change.before), _point(change.after))


def _point(score: scoring.Score | None) -> rules.Point | None:
    return None if score is None else rules.Point(Decimal(score.value), score.band)


HANDLERS: Mapping[type[Payload], Callable[[Unit, Event[Any]], Awaitable[None]]] = {
    registry.OrganisationRecorded: on_organisation_recorded,
    registry.ReferralSent: on_referral_sent,
    registry.ReferralReceived: on_referral_received,
    registry.ReferralAnswered: on_referral_answered,
    registry.ReferralStepUndone: on_referral_step_undone,
    registry.CommitmentMade: on_commitment_made,
    registry.CommitmentPostponed: on_commitment_postponed,
    registry.CommitmentSettled: on_commitment_settled,
    registry.CommitmentReopened: on_commitment_reopened,
    registry.CommitmentWithdrawn: on_commitment_withdrawn,
    registry.FollowUpScheduled: on_follow_up_scheduled,
    registry.FollowUpCancelled: on_follow_up_cancelled,
    registry.FollowUpReopened: on_follow_up_reopened,
    registry.BusinessFollowedUp: on_business_followed_up,
    registry.SurveyReminded: on_survey_reminded,
    registry.ConsentDeadlinePassed: on_consent_deadline_passed,
}
"""What happens with each event of the registry this service follows."""
