"""What moved a score, and how it went over time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.fold import Scores
from services.scoring.storage.tables import movement as m
from services.scoring.storage.tables import point as p

Row = dict[str, Any]


async def add_movements(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Rows by the columns of ``movement``, without ``ordinal``, in the order they happened."""
    if rows:
        await connection.execute(sa.insert(m), rows)


async def movements(
    connection: AsyncConnection, region: str, year: int, *, before: int | None, limit: int
) -> list[Row]:
    """The latest movements first; ``before`` is the ordinal to go on from."""
    query = sa.select(m).where(m.c.region == region, m.c.year == year)
    if before is not None:
        query = query.where(m.c.ordinal < before)
    rows = await connection.execute(query.order_by(m.c.ordinal.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def point_row(region: str, year: int, at: datetime, instrument: str, scores: Scores) -> Row:
    """The row of one moment."""
    survey, running = scores.survey, scores.running
    return {
        "region": region,
        "year": year,
        "at": at,
        "instrument": instrument,
        "survey_value": str(survey.value) if survey else None,
        "survey_band": survey.band if survey else None,
        "running_value": str(running.value) if running else None,
        "running_band": running.band if running else None,
    }


async def add_points(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Rows of :func:`point_row`."""
    if rows:
        await connection.execute(sa.insert(p), rows)


async def points(connection: AsyncConnection, region: str, year: int, *, after: int, limit: int) -> list[Row]:
    """The history of a city and year from an ordinal on, the oldest first."""
    query = sa.select(p).where(p.c.region == region, p.c.year == year, p.c.ordinal > after)
    rows = await connection.execute(query.order_by(p.c.ordinal).limit(limit))
    return [dict(row) for row in rows.mappings()]
