"""Official values of villages: what the survey of each gave when it was locked, one row a revision, never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import of_now
from services.scoring.storage.tables import village_locked as t
from services.scoring.storage.villages import Key

Row = Mapping[str, Any]


async def add(connection: AsyncConnection, generation: int, rows: Sequence[Row]) -> None:
    """Keeps official values. The registry numbers revisions, so none comes twice."""
    if rows:
        await connection.execute(sa.insert(t), [{"generation": generation, **row} for row in rows])


async def within(connection: AsyncConnection, code: str, at: datetime | None = None) -> dict[Key, list[Row]]:
    """The official values of the villages of a kab/kota, or of one village, as they were at a moment: of each year the
    latest revision first."""
    wanted = [of_now(t), t.c.village.startswith(code, autoescape=True)] + ([] if at is None else [t.c.at <= at])
    found: dict[Key, list[Row]] = defaultdict(list)
    query = sa.select(t).where(*wanted).order_by(t.c.village, t.c.year, t.c.revision.desc())
    for row in (await connection.execute(query)).mappings():
        found[row["village"], row["year"]].append(dict(row))
    return found
