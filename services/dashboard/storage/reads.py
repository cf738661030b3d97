"""What a city's page reads, one small statement each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dashboard.storage import tables as t
from services.dashboard.view import AlertRow, AreaCounts, OpenWork, OverdueReferrals, PublishedPoint
from shared.contracts.notifications import AlertRaisedV2
from shared.contracts.registry import IndexPublished
from shared.contracts.scoring import Movement

_MOVEMENTS = TypeAdapter(tuple[Movement, ...])


async def scores(connection: AsyncConnection, region: str) -> Sequence[sa.Row[Any]]:
    """Every year of a city, the latest first."""
    query = sa.select(t.city_score).where(t.city_score.c.region == region).order_by(t.city_score.c.year.desc())
    return (await connection.execute(query)).all()


async def feed_groups(
    connection: AsyncConnection, region: str, year: int, limit: int, *, before: int | None = None
) -> list[tuple[int, tuple[Movement, ...]]]:
    """The latest groups of movements with their ordinals, the newest first; ``before`` an ordinal, those older."""
    f = t.feed
    query = sa.select(f.c.ordinal, f.c.movements).where(f.c.region == region, f.c.year == year)
    if before is not None:
        query = query.where(f.c.ordinal < before)
    rows = await connection.execute(query.order_by(f.c.ordinal.desc()).limit(limit))
    return [(ordinal, _MOVEMENTS.validate_json(body)) for ordinal, body in rows]


async def alerts(connection: AsyncConnection, region: str, year: int, limit: int) -> tuple[AlertRow, ...]:
    """Who was told, the latest first: what concerns this year, or no year."""
    a = t.alert
    query = (
        sa.select(a.c.alert_id, a.c.body)
        .where(a.c.region == region, sa.or_(a.c.year == year, a.c.year.is_(None)))
        .order_by(a.c.at.desc(), a.c.alert_id.desc())
        .limit(limit)
    )
    rows = (await connection.execute(query)).all()
    outcomes = await _outcomes(connection, [row.alert_id for row in rows])
    return tuple(
        AlertRow.model_validate(
            AlertRaisedV2.model_validate_json(row.body).model_dump() | {"outcomes": outcomes.get(row.alert_id, {})}
        )
        for row in rows
    )


async def _outcomes(connection: AsyncConnection, alert_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    d = t.delivery
    found: dict[str, dict[str, str]] = {}
    query = sa.select(d).where(d.c.alert_id.in_(alert_ids)).order_by(d.c.channel)
    for row in await connection.execute(query):
        found.setdefault(row.alert_id, {})[row.channel] = row.outcome
    return found


async def published(connection: AsyncConnection, region: str) -> tuple[tuple[PublishedPoint, IndexPublished], ...]:
    """Published indices of a city, the oldest year first, the chosen one first within its year."""
    query = sa.select(t.published.c.body).where(t.published.c.area == region)
    bodies = (await connection.execute(query)).scalars()
    r = t.reference
    chosen = set((await connection.execute(sa.select(r.c.published_id).where(r.c.area == region))).scalars())
    indices = [IndexPublished.model_validate_json(body) for body in bodies]
    points = [
        (PublishedPoint.model_validate(i.model_dump() | {"chosen": i.published_id in chosen}), i) for i in indices
    ]
    return tuple(sorted(points, key=lambda p: (p[0].year, not p[0].chosen, p[0].published_id)))


async def open_work(connection: AsyncConnection, region: str, today: date) -> OpenWork:
    """What waits, on a date of the city's own. The week ends on Sunday."""
    r, f = t.referral, t.follow_up
    waiting = sa.and_(r.c.region == region, r.c.answered.is_(False))
    late = (
        sa.select(r.c.organisation, sa.func.count())
        .where(waiting, r.c.due_on < today)
        .group_by(r.c.organisation)
        .order_by(r.c.organisation)
    )
    on_time = sa.select(sa.func.count()).select_from(r).where(waiting, r.c.due_on >= today)
    sunday = today + timedelta(days=6 - today.weekday())
    overdue = sa.func.coalesce(sa.func.sum(sa.case((f.c.due_on < today, 1), else_=0)), 0)
    this_week = sa.func.coalesce(sa.func.sum(sa.case((f.c.due_on.between(today, sunday), 1), else_=0)), 0)
    visits = (
        await connection.execute(sa.select(overdue, this_week).where(f.c.region == region, f.c.done.is_(False)))
    ).one()
    return OpenWork(
        referrals_open=(await connection.execute(on_time)).scalar_one(),
        referrals_overdue=tuple(OverdueReferrals(organisation=o, count=n) for o, n in await connection.execute(late)),
        follow_ups_overdue=visits[0],
        follow_ups_due_this_week=visits[1],
    )


async def area_counts(connection: AsyncConnection, region: str, year: int) -> AreaCounts | None:
    """Villages by status, for this year or the latest before it with any."""
    a = t.area_status
    latest = sa.select(sa.func.max(a.c.year)).where(a.c.region == region, a.c.year <= year)
    found = (await connection.execute(latest)).scalar_one()
    if found is None:
        return None
    query = sa.select(a.c.status, sa.func.count()).where(a.c.region == region, a.c.year == found).group_by(a.c.status)
    rows = await connection.execute(query)
    return AreaCounts(year=found, counts={status: count for status, count in rows})  # noqa: C416 - rows, not pairs
