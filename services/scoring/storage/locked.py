"""Official values: the survey's result at the moment its period was locked, one row a revision, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import locked as t
from services.scoring.storage.tables import of_now

Row = Mapping[str, Any]


async def add(connection: AsyncConnection, generation: int, row: Row | None) -> None:
    """Keeps an official value, if there is one. The registry numbers revisions, so none comes twice."""
    if row is not None:
        await connection.execute(sa.insert(t), {"generation": generation, **row})


async def of_year(connection: AsyncConnection, year: int, within: str, at: datetime | None) -> list[Row]:
    """The official values of a year, of regions whose code begins with ``within``: of each the latest revision there
    was at a moment."""
    wanted = [of_now(t), t.c.year == year, t.c.region.startswith(within, autoescape=True)]
    query = sa.select(t).where(*wanted, *([] if at is None else [t.c.at <= at])).order_by(t.c.region, t.c.revision)
    latest = {row["region"]: dict(row) for row in (await connection.execute(query)).mappings()}
    return list(latest.values())


async def of_region(connection: AsyncConnection, region: str, year: int | None = None) -> list[Row]:
    """All official values of a city, the latest year and revision first."""
    wanted = [of_now(t), t.c.region == region] + ([] if year is None else [t.c.year == year])
    query = sa.select(t).where(*wanted).order_by(t.c.year.desc(), t.c.revision.desc())
    return [dict(row) for row in (await connection.execute(query)).mappings()]
