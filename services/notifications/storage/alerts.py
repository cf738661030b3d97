"""Alerts, the causes they tell of, and the inbox."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.alerts import Told
from services.notifications.storage.reach import alerts_of
from services.notifications.storage.tables import GUARD_ALERTS, alert, alert_cause, guard
from shared.access import Actor

IN_LIST_MAX = 500


async def take_turn(connection: AsyncConnection) -> None:
    """Waits until nobody else is recording alerts; the turn ends with the transaction."""
    await connection.execute(sa.update(guard).where(guard.c.name == GUARD_ALERTS).values(turns=guard.c.turns + 1))


async def told_of(connection: AsyncConnection, causes: Collection[str]) -> set[Told]:
    """Who has been told of these causes."""
    told: set[Told] = set()
    ordered = sorted(set(causes))
    c = alert_cause.c
    for start in range(0, len(ordered), IN_LIST_MAX):
        query = sa.select(c.cause, c.rule, c.recipient_id).where(c.cause.in_(ordered[start : start + IN_LIST_MAX]))
        told.update(Told(*row) for row in await connection.execute(query))
    return told


async def insert(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds alerts."""
    await connection.execute(sa.insert(alert), rows)


async def insert_causes(connection: AsyncConnection, alert_id: str, told: Iterable[Told]) -> None:
    """Notes what an alert tells; IntegrityError when somebody was told already."""
    await connection.execute(sa.insert(alert_cause), [{**key._asdict(), "alert_id": alert_id} for key in told])


async def inbox(
    connection: AsyncConnection, actor: Actor, *, recipient: str | None, unread: bool, before: str | None, limit: int
) -> Sequence[Any]:
    """Up to ``limit`` alerts of an inbox (without a recipient, of all the actor reaches), newest first."""
    query = sa.select(alert).where(_in_inbox(actor, recipient, unread)).order_by(alert.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(alert.c.id < before)
    return (await connection.execute(query)).all()


async def count_unread(connection: AsyncConnection, actor: Actor, recipient: str | None) -> int:
    """How many alerts of an inbox nobody has read."""
    query = sa.select(sa.func.count()).select_from(alert).where(_in_inbox(actor, recipient, True))
    return int((await connection.execute(query)).scalar_one())


async def of_cause(
    connection: AsyncConnection, actor: Actor, cause: str, after: str | None, limit: int
) -> Sequence[Any]:
    """The alerts an event brought about, digests included, oldest first."""
    ids = sa.select(alert_cause.c.alert_id).where(alert_cause.c.cause == cause)
    query = sa.select(alert).where(alert.c.id.in_(ids), alerts_of(actor)).order_by(alert.c.id).limit(limit)
    if after is not None:
        query = query.where(alert.c.id > after)
    return (await connection.execute(query)).all()


async def set_read(connection: AsyncConnection, actor: Actor, alert_id: str, at: datetime | None) -> bool:
    """Marks an alert of an inbox as read (the first moment stays) or as unread; whether there is such an alert."""
    moment = (
        sa.null() if at is None else sa.func.coalesce(alert.c.read_at, sa.bindparam("at", at, alert.c.read_at.type))
    )
    mine = (alert.c.id == alert_id, alert.c.in_inbox.is_(True), alerts_of(actor))
    query = sa.update(alert).where(*mine).values(read_at=moment)
    return (await connection.execute(query)).rowcount == 1


def _in_inbox(actor: Actor, recipient: str | None, unread: bool) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [alert.c.in_inbox.is_(True), alerts_of(actor)]
    if recipient is not None:
        conditions.append(alert.c.recipient_id == recipient)
    if unread:
        conditions.append(alert.c.read_at.is_(None))
    return sa.and_(*conditions)
