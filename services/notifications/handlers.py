"""What each event means here: one ``on_…`` for every type this service follows.

The follower hands over a batch and a unit of work; everything happens in that one transaction.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.notifications.commands.alerts import record_alerts
from services.notifications.domain import rules
from services.notifications.domain.due import Work
from services.notifications.domain.matters import Matter
from services.notifications.storage import work as due_list
from shared.contracts import registry, scoring
from shared.contracts.envelope import Event
from shared.journal.journal import Unit
from shared.runtime import clock


async def apply_scoring(unit: Unit, events: Sequence[Event[Any]]) -> None:
    """Scores and parked events: finds what there is to tell and records the alerts."""
    matters = [matter for event in events for matter in _matters_of(event)]
    await record_alerts(unit, matters, now=clock.now(), events={event.id: event for event in events})


async def apply_registry(unit: Unit, events: Sequence[Event[Any]]) -> None:
    """Keeps the due list; the sweep tells of what is past its date."""
    for event in events:
        match event.data:
            case registry.ReferralSent():
                await on_referral_sent(unit, event)
            case registry.ReferralAnswered():
                await on_referral_answered(unit, event)
            case registry.FollowUpScheduled():
                await on_follow_up_scheduled(unit, event)
            case registry.FollowUpCancelled():
                await on_follow_up_cancelled(unit, event)
            case registry.BusinessFollowedUp():
                await on_business_followed_up(unit, event)


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


async def on_referral_sent(unit: Unit, event: Event[registry.ReferralSent]) -> None:
    """An answer is due."""
    data = event.data
    work = Work(
        kind="referral",
        id=data.referral_id,
        event_id=event.id,
        region=event.region,
        village=data.village,
        due_on=data.due_on,
        organisation=data.to_organisation,
        months=None,
        synthetic=data.synthetic,
    )
    await due_list.schedule(unit.connection, work)


async def on_referral_answered(unit: Unit, event: Event[registry.ReferralAnswered]) -> None:
    """The answer is there."""
    data = event.data
    await due_list.finish(
        unit.connection,
        "referral",
        data.referral_id,
        region=event.region,
        village=data.village,
        synthetic=data.synthetic,
    )


async def on_follow_up_scheduled(unit: Unit, event: Event[registry.FollowUpScheduled]) -> None:
    """A visit is due."""
    data = event.data
    work = Work(
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
    await due_list.schedule(unit.connection, work)


async def on_follow_up_cancelled(unit: Unit, event: Event[registry.FollowUpCancelled]) -> None:
    """The visit is due no longer: the business has closed."""
    await _finish_follow_up(unit, event)


async def on_business_followed_up(unit: Unit, event: Event[registry.BusinessFollowedUp]) -> None:
    """The visit took place."""
    await _finish_follow_up(unit, event)


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
