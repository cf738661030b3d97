"""Recording alerts: in the transaction that saw the cause, with their deliveries and events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications import texts
from services.notifications.domain.alerts import Alert, plan
from services.notifications.domain.matters import Matter
from services.notifications.storage import alerts as alert_rows
from services.notifications.storage import deliveries, subscriptions
from shared.contracts.envelope import Event
from shared.contracts.notifications import AlertDelivered, AlertRaised, AlertRaisedV2
from shared.contracts.notifications import Rule as FirstRule
from shared.journal.journal import Unit
from shared.runtime import clock

FIRST_RULES = frozenset(get_args(FirstRule))
NOTHING: Mapping[str, Event[Any]] = {}


async def record_alerts(
    unit: Unit, matters: Sequence[Matter], *, now: datetime, events: Mapping[str, Event[Any]] = NOTHING
) -> int:
    """Raises what has to be raised for these matters, and no alert twice; how many were raised.

    ``events`` holds the causing events by id, where they are at hand.
    """
    if not matters:
        return 0
    await alert_rows.take_turn(unit.connection)
    alerts = await untold_alerts(unit.connection, matters)
    for alert in alerts:
        await _raise(unit, alert, now, events.get(alert.cause))
    return len(alerts)


async def untold_alerts(connection: AsyncConnection, matters: Sequence[Matter]) -> list[Alert]:
    """The alerts still to be raised for these matters."""
    if not matters:
        return []
    everyone = await subscriptions.every(connection)
    return plan(matters, everyone, await alert_rows.told_of(connection, [matter.cause for matter in matters]))


def story(alert: Alert) -> texts.Story:
    """What the texts of an alert are made from."""
    facts = tuple(dict(matter.facts) for matter in alert.matters)
    return texts.Story(alert.rule, alert.region, alert.synthetic, alert.count, facts)


async def _raise(unit: Unit, alert: Alert, now: datetime, event: Event[Any] | None) -> None:
    alert_id = clock.new_id()
    told = story(alert)
    summaries = (texts.wording(told, "id").summary, texts.wording(told, "en").summary)
    await alert_rows.insert(unit.connection, [_row(alert, alert_id, told, summaries, now)])
    await alert_rows.insert_causes(unit.connection, alert_id, alert.told)
    await deliveries.insert(
        unit.connection, [_delivery(alert_id, channel, now) for channel in alert.recipient.channels]
    )
    raised = AlertRaisedV2(
        alert_id=alert_id,
        rule=alert.rule,
        cause=alert.cause,
        recipient_id=alert.recipient.id,
        recipient=alert.recipient.organisation,
        channels=alert.recipient.channels,
        year=alert.year,
        summary_id=summaries[0],
        summary_en=summaries[1],
        at=now,
        synthetic=alert.synthetic,
    )
    unit.emit(_in_first_version(raised), subject=alert_id, region=alert.region, cause=event)
    if "inbox" in alert.recipient.channels:
        # The row is the delivery: it can be read as soon as this transaction is committed.
        arrived = AlertDelivered(alert_id=alert_id, channel="inbox", outcome="delivered", attempts=1)
        unit.emit(arrived, subject=alert_id, region=alert.region, cause=event)


def _in_first_version(raised: AlertRaisedV2) -> AlertRaised | AlertRaisedV2:
    """What the first version can say is said in it, so that who reads only that reads on as before."""
    return AlertRaised.model_validate(raised.model_dump()) if raised.rule in FIRST_RULES else raised


def _row(alert: Alert, alert_id: str, told: texts.Story, summaries: tuple[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": alert_id,
        "rule": alert.rule,
        "cause": alert.cause,
        "recipient_id": alert.recipient.id,
        "recipient": alert.recipient.organisation,
        "language": alert.recipient.language,
        "subscribed_region": alert.recipient.region,
        "in_inbox": "inbox" in alert.recipient.channels,
        "region": alert.region,
        "year": alert.year,
        "matter_count": alert.count,
        "facts": list(told.items),
        "summary_id": summaries[0],
        "summary_en": summaries[1],
        "synthetic": alert.synthetic,
        "at": now,
    }


def _delivery(alert_id: str, channel: str, now: datetime) -> dict[str, Any]:
    here = channel == "inbox"
    return {
        "id": clock.new_id(),
        "alert_id": alert_id,
        "channel": channel,
        "state": "delivered" if here else "waiting",
        "attempts": 1 if here else 0,
        "next_attempt_at": None if here else now,
        "created_at": now,
        "finished_at": now if here else None,
    }
