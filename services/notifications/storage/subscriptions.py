"""Reading and writing subscriptions. The e-mail address goes in and comes out sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.subscriptions import Subscription
from services.notifications.storage.tables import subscription as t


@dataclass(frozen=True)
class StoredSubscription:
    """A subscription with what is kept about it."""

    subscription: Subscription
    email_sealed: bytes | None
    version: int
    created_at: datetime
    changed_at: datetime


async def every(connection: AsyncConnection) -> list[Subscription]:
    """All subscriptions."""
    rows = await connection.execute(sa.select(t).order_by(t.c.id))
    return [_stored(row).subscription for row in rows]


async def page(
    connection: AsyncConnection, *, region: str | None, after: str | None, limit: int
) -> list[StoredSubscription]:
    """Up to ``limit`` subscriptions after an id, oldest first; only those to ``region`` when it is given."""
    query = sa.select(t).order_by(t.c.id).limit(limit)
    if region is not None:
        query = query.where(t.c.region == region)
    if after is not None:
        query = query.where(t.c.id > after)
    return [_stored(row) for row in await connection.execute(query)]


async def find(connection: AsyncConnection, subscription_id: str) -> StoredSubscription | None:
    """One subscription, or ``None``."""
    row = (await connection.execute(sa.select(t).where(t.c.id == subscription_id))).one_or_none()
    return _stored(row) if row else None


async def of_organisation(
    connection: AsyncConnection, organisation_id: str, name: str, region: str
) -> StoredSubscription | None:
    """The subscription linked to an organisation of the registry, else the one of its name in its region."""
    linked = (await connection.execute(sa.select(t).where(t.c.organisation_id == organisation_id))).first()
    if linked is None:
        query = sa.select(t).where(t.c.organisation == name, t.c.region == region)
        linked = (await connection.execute(query)).first()
    return _stored(linked) if linked else None


async def taken(connection: AsyncConnection, organisation: str, region: str, but: str | None = None) -> bool:
    """Whether another subscription (than ``but``) of this organisation to this region exists."""
    query = sa.select(t.c.id).where(t.c.organisation == organisation, t.c.region == region)
    ids: Sequence[str] = (await connection.execute(query)).scalars().all()
    return any(found != but for found in ids)


async def insert(connection: AsyncConnection, stored: StoredSubscription) -> None:
    """Adds a subscription."""
    await connection.execute(sa.insert(t).values(id=stored.subscription.id, **_columns(stored)))


async def update(connection: AsyncConnection, stored: StoredSubscription) -> bool:
    """Replaces the version before ``stored.version``; whether that version was still there."""
    query = sa.update(t).where(t.c.id == stored.subscription.id, t.c.version == stored.version - 1)
    return (await connection.execute(query.values(**_columns(stored)))).rowcount == 1


async def delete(connection: AsyncConnection, subscription_id: str, version: int) -> bool:
    """Removes a subscription with its address; whether this version of it was still there."""
    query = sa.delete(t).where(t.c.id == subscription_id, t.c.version == version)
    return (await connection.execute(query)).rowcount == 1


async def exist(connection: AsyncConnection) -> bool:
    """Whether there is any subscription."""
    return (await connection.execute(sa.select(t.c.id).limit(1))).first() is not None


def _columns(stored: StoredSubscription) -> dict[str, Any]:
    return {
        "organisation": stored.subscription.organisation,
        "language": stored.subscription.language,
        "region": stored.subscription.region,
        "rules": sorted(stored.subscription.rules),
        "channels": list(stored.subscription.channels),
        "email_sealed": stored.email_sealed,
        "version": stored.version,
        "created_at": stored.created_at,
        "changed_at": stored.changed_at,
        "organisation_id": stored.subscription.organisation_id,
        "active": stored.subscription.active,
    }


def _stored(row: Any) -> StoredSubscription:
    return StoredSubscription(
        subscription=Subscription(
            id=row.id,
            organisation=row.organisation,
            language=row.language,
            region=row.region,
            rules=frozenset(row.rules),
            channels=tuple(row.channels),
            organisation_id=row.organisation_id,
            active=row.active,
        ),
        email_sealed=row.email_sealed,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
