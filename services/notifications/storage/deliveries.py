"""Deliveries: what is on its way, who holds it, how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.storage.tables import alert, delivery, subscription

d = delivery.c


@dataclass(frozen=True)
class Parcel:
    """An e-mail to be sent: the delivery with its alert and the sealed address, ``None`` when there is none.

    ``attempts`` counts the attempt now under way.
    """

    delivery_id: str
    attempts: int
    email_sealed: bytes | None
    alert: Any


async def insert(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds deliveries."""
    await connection.execute(sa.insert(delivery), rows)


async def claim(connection: AsyncConnection, *, claimant: str, now: datetime, until: datetime) -> Parcel | None:
    """Takes the e-mail that is due the longest and that nobody holds, and counts the attempt.

    The UPDATE repeats the conditions, so of two claimants one touches no row and looks for the next.
    """
    free = sa.and_(
        d.channel == "email",
        d.state == "waiting",
        d.next_attempt_at <= now,
        sa.or_(d.claimed_until.is_(None), d.claimed_until <= now),
    )
    candidates = sa.select(d.id).where(free).order_by(d.next_attempt_at, d.id).limit(8)
    for delivery_id in (await connection.execute(candidates)).scalars().all():
        mine = {"claimed_by": claimant, "claimed_until": until, "attempts": d.attempts + 1}
        taken = await connection.execute(sa.update(delivery).where(d.id == delivery_id, free).values(**mine))
        if taken.rowcount == 1:
            return await _parcel(connection, delivery_id)
    return None


async def record(
    connection: AsyncConnection, delivery_id: str, claimant: str, *, now: datetime, state: str, reason: str | None
) -> bool:
    """Ends a delivery; whether the claimant still held it."""
    outcome = {"state": state, "reason": reason, "finished_at": now, "claimed_until": None, "next_attempt_at": None}
    return await _update_held(connection, delivery_id, claimant, outcome)


async def postpone(
    connection: AsyncConnection, delivery_id: str, claimant: str, *, next_attempt_at: datetime, reason: str
) -> bool:
    """Lets go of a delivery until a later attempt; whether the claimant still held it."""
    later = {"reason": reason, "next_attempt_at": next_attempt_at, "claimed_until": None}
    return await _update_held(connection, delivery_id, claimant, later)


async def next_moment(connection: AsyncConnection) -> datetime | None:
    """When the next e-mail can be claimed, or ``None`` when nothing waits."""
    free_at = sa.case((d.claimed_until > d.next_attempt_at, d.claimed_until), else_=d.next_attempt_at)
    query = sa.select(sa.func.min(free_at)).where(d.channel == "email", d.state == "waiting")
    found: datetime | None = (await connection.execute(query)).scalar_one()
    return found


async def page(
    connection: AsyncConnection, *, state: str | None, channel: str | None, before: str | None, limit: int
) -> Sequence[Any]:
    """Up to ``limit`` deliveries with their recipient's name, newest first."""
    query = sa.select(delivery, alert.c.recipient, alert.c.recipient_id, alert.c.rule).join(alert)
    query = query.order_by(d.id.desc()).limit(limit)
    for column, wanted in ((d.state, state), (d.channel, channel)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(d.id < before)
    return (await connection.execute(query)).all()


async def of_alerts(connection: AsyncConnection, alert_ids: Sequence[str]) -> Sequence[Any]:
    """The deliveries of some alerts."""
    query = sa.select(delivery).where(d.alert_id.in_(alert_ids)).order_by(d.id)
    return (await connection.execute(query)).all()


async def retry(connection: AsyncConnection, delivery_id: str, now: datetime) -> bool:
    """Puts a failed delivery back on its way with all its attempts; whether it was a failed one."""
    afresh = {"state": "waiting", "attempts": 0, "next_attempt_at": now, "finished_at": None}
    query = sa.update(delivery).where(d.id == delivery_id, d.state == "failed").values(**afresh)
    return (await connection.execute(query)).rowcount == 1


async def exists(connection: AsyncConnection, delivery_id: str) -> bool:
    """Whether there is such a delivery."""
    return (await connection.execute(sa.select(d.id).where(d.id == delivery_id))).first() is not None


async def _parcel(connection: AsyncConnection, delivery_id: str) -> Parcel:
    query = (
        sa.select(alert, d.attempts, subscription.c.email_sealed)
        .join(delivery, d.alert_id == alert.c.id)
        .outerjoin(subscription, subscription.c.id == alert.c.recipient_id)
        .where(d.id == delivery_id)
    )
    row = (await connection.execute(query)).one()
    return Parcel(delivery_id, row.attempts, row.email_sealed, row)


async def _update_held(connection: AsyncConnection, delivery_id: str, claimant: str, values: dict[str, Any]) -> bool:
    held = sa.and_(d.id == delivery_id, d.state == "waiting", d.claimed_by == claimant)
    return (await connection.execute(sa.update(delivery).where(held).values(**values))).rowcount == 1
