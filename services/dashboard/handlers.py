"""What each consumed event does to the read model, and what it has the dashboard push."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.dashboard import feed
from services.dashboard.storage import pushes, writes
from services.dashboard.storage.pushes import Draft, Push
from shared.contracts.envelope import Event, Payload
from shared.contracts.notifications import AlertDelivered, AlertRaised, AlertRaisedV2
from shared.contracts.registry import (
    AreaStatusRecorded,
    BusinessFollowedUp,
    FollowUpCancelled,
    FollowUpReopened,
    FollowUpScheduled,
    IndexPublished,
    IndexReferenceChosen,
    ReferralAnswered,
    ReferralReceived,
    ReferralSent,
    ReferralStepUndone,
)
from shared.contracts.scoring import InstrumentPublished, ScoreChanged
from shared.journal import Unit
from shared.journal.follower import Apply

PUSHED_MOVEMENTS_MAX = 20
TRIM_EVERY = 500
"""Pushes between two trims: rarely enough to cost nothing."""

Handler = Callable[[AsyncConnection, Event[Any]], Awaitable[Draft]]


def apply_with(pushed: Callable[[Sequence[Push]], None], push_max_kept: int, on_edition: Callable[[], None]) -> Apply:
    """The followers' ``apply``: all effects of a batch and its numbered pushes in the one transaction, then out.
    ``on_edition`` is told when an edition was published."""

    async def apply(unit: Unit, events: Sequence[Event[Any]]) -> None:
        drafts = [await HANDLERS[type(event.data)](unit.connection, event) for event in events]
        made = await pushes.append(unit.connection, drafts)
        if made[-1].id // TRIM_EVERY != (made[0].id - 1) // TRIM_EVERY:
            await pushes.trim(unit.connection, push_max_kept)
        unit.after_commit(lambda: pushed(made))
        if any(isinstance(event.data, InstrumentPublished) for event in events):
            unit.after_commit(on_edition)

    return apply


async def on_score_changed(connection: AsyncConnection, event: Event[ScoreChanged]) -> Draft:
    """The city's scores, a feed row for each event that moved them, and the whole change to the browsers."""
    changed = event.data
    await writes.save_score(connection, changed, event.time)
    await writes.add_feed(connection, changed.area, changed.year, feed.grouped(changed.movements))
    return _draft("score", event, _score_message(event))


async def on_instrument_published(_: AsyncConnection, event: Event[InstrumentPublished]) -> Draft:
    """Nothing to keep: the instruments are read from scoring."""
    return _draft("instrument", event, {"instrument": event.data.key, "from_year": event.data.from_year})


def _score_message(event: Event[ScoreChanged]) -> dict[str, Any]:
    changed = event.data
    message = changed.model_dump(mode="json", exclude={"movements", "completeness"})
    message["variables"] = [
        variable.model_dump(mode="json")
        for variable in changed.variables
        if variable.survey.before != variable.survey.after or variable.running.before != variable.running.after
    ]
    message["movements"] = [m.model_dump(mode="json") for m in changed.movements[:PUSHED_MOVEMENTS_MAX]]
    message["answers"] = sum(group.answers for group in changed.completeness)
    message["causes"] = list(dict.fromkeys(m.event_id for m in changed.movements))
    return message


async def on_index_published(connection: AsyncConnection, event: Event[IndexPublished]) -> Draft:
    """Keeps what was printed."""
    await writes.save_published(connection, event.data)
    return _draft("published", event, {"year": None, "published_id": event.data.published_id})


async def on_index_reference_chosen(connection: AsyncConnection, event: Event[IndexReferenceChosen]) -> Draft:
    """Keeps which value is the reference."""
    await writes.save_reference(connection, event.data)
    return _draft("published", event, {"year": None, "published_id": event.data.published_id})


async def on_alert_raised(connection: AsyncConnection, event: Event[AlertRaised]) -> Draft:
    """Keeps who is to be told."""
    return await _alert(connection, event)


async def on_alert_raised_v2(connection: AsyncConnection, event: Event[AlertRaisedV2]) -> Draft:
    """The same, of a rule that came later."""
    return await _alert(connection, event)


async def _alert(connection: AsyncConnection, event: Event[AlertRaised] | Event[AlertRaisedV2]) -> Draft:
    alert = event.data
    await writes.save_alert(connection, event.region, alert)
    message = alert.model_dump(mode="json", exclude={"recipient_id"})
    return _draft("alert", event, message | {"causes": _of(alert.cause, event.causationid)})


async def on_alert_delivered(connection: AsyncConnection, event: Event[AlertDelivered]) -> Draft:
    """Keeps how a delivery went."""
    await writes.save_delivery(connection, event.data)
    message = event.data.model_dump(mode="json") | {"year": None}
    return _draft("alert", event, message | {"causes": _of(event.causationid)})


async def on_referral_sent(connection: AsyncConnection, event: Event[ReferralSent]) -> Draft:
    """A referral waits for its next step."""
    sent = event.data
    due_on = sent.receive_by or sent.due_on
    await writes.open_referral(connection, event.region, sent.referral_id, sent.to_organisation, due_on)
    return _draft("work", event, {"year": None})


async def on_referral_received(connection: AsyncConnection, event: Event[ReferralReceived]) -> Draft:
    """The referral waits for its answer."""
    await _move_referral(connection, event, event.data.due_on)
    return _draft("work", event, {"year": None})


async def on_referral_step_undone(connection: AsyncConnection, event: Event[ReferralStepUndone]) -> Draft:
    """The referral waits for what it waited for before."""
    await _move_referral(connection, event, event.data.due_on)
    return _draft("work", event, {"year": None})


async def on_referral_answered(connection: AsyncConnection, event: Event[ReferralAnswered]) -> Draft:
    """The referral waits for the step after this one, or no longer."""
    await _move_referral(connection, event, event.data.due_on)
    return _draft("work", event, {"year": None})


async def _move_referral(connection: AsyncConnection, event: Event[Any], due_on: date | None) -> None:
    if due_on is None:
        await writes.close_referral(connection, event.data.referral_id)
    else:
        await writes.move_referral(connection, event.data.referral_id, due_on)


async def on_follow_up_scheduled(connection: AsyncConnection, event: Event[FollowUpScheduled]) -> Draft:
    """A visit waits for its day."""
    await writes.open_follow_up(connection, event.region, event.data.follow_up_id, event.data.due_on)
    return _draft("work", event, {"year": None})


async def on_follow_up_reopened(connection: AsyncConnection, event: Event[FollowUpReopened]) -> Draft:
    """A visit that was off the list waits again."""
    await writes.reopen_follow_up(connection, event.region, event.data.follow_up_id, event.data.due_on)
    return _draft("work", event, {"year": None})


async def on_follow_up_cancelled(connection: AsyncConnection, event: Event[FollowUpCancelled]) -> Draft:
    """The business has closed: its visit waits no longer."""
    await writes.close_follow_up(connection, event.data.follow_up_id)
    return _draft("work", event, {"year": None})


async def on_business_followed_up(connection: AsyncConnection, event: Event[BusinessFollowedUp]) -> Draft:
    """The visit waits no longer."""
    await writes.close_follow_up(connection, event.data.follow_up_id)
    return _draft("work", event, {"year": None})


async def on_area_status_recorded(connection: AsyncConnection, event: Event[AreaStatusRecorded]) -> Draft:
    """Keeps the village's status; browsers only hear that something changed, never which village."""
    await writes.save_area_status(connection, event.region, event.data)
    return _draft("work", event, {"year": None})


HANDLERS: Mapping[type[Payload], Handler] = {
    ScoreChanged: on_score_changed,
    InstrumentPublished: on_instrument_published,
    IndexPublished: on_index_published,
    IndexReferenceChosen: on_index_reference_chosen,
    AlertRaised: on_alert_raised,
    AlertRaisedV2: on_alert_raised_v2,
    AlertDelivered: on_alert_delivered,
    ReferralSent: on_referral_sent,
    ReferralReceived: on_referral_received,
    ReferralAnswered: on_referral_answered,
    ReferralStepUndone: on_referral_step_undone,
    FollowUpScheduled: on_follow_up_scheduled,
    FollowUpReopened: on_follow_up_reopened,
    FollowUpCancelled: on_follow_up_cancelled,
    BusinessFollowedUp: on_business_followed_up,
    AreaStatusRecorded: on_area_status_recorded,
}


def _draft(kind: str, event: Event[Any], message: Mapping[str, Any]) -> Draft:
    """A push of the event's region. ``causes`` are the ids of the events behind it, this one's own id included
    when nothing else is known."""
    about = {"region": event.region, "event_id": event.id, "event_type": event.type}
    body = {**about, "event_time": event.time.isoformat(), "causes": [event.id], **message}
    return Draft(event.region, kind, json.dumps(body, separators=(",", ":"), ensure_ascii=False))


def _of(*ids: str | None) -> list[str]:
    return list(dict.fromkeys(i for i in ids if i))
