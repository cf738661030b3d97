"""Official values: the survey's result at the moment its period was locked, one row a revision, never changed."""

from collections.abc import Mapping
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


async def of_region(connection: AsyncConnection, region: str, year: int | None = None) -> list[Row]:
    """All official values of a city, the latest year and revision first."""
    wanted = [of_now(t), t.c.region == region] + ([] if year is None else [t.c.year == year])
    query = sa.select(t).where(*wanted).order_by(t.c.year.desc(), t.c.revision.desc())
    return [dict(row) for row in (await connection.execute(query)).mappings()]
