"""Published indices as they were printed, and the one of each year that was chosen as the reference."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.target import Reference
from services.scoring.storage.tables import of_now
from services.scoring.storage.tables import published as p
from services.scoring.storage.tables import reference as r


class Published(NamedTuple):
    """An index as printed. ``reason`` says why it's the reference; ``None`` when it isn't."""

    published_id: str
    area: str
    area_name: str
    year: int
    edition: str
    value: Decimal | None
    category: str | None
    variables: dict[str, Decimal]
    source: str
    reason: str | None = None


async def add(connection: AsyncConnection, generation: int, index: Published) -> None:
    """Keep it; said again under the same id, the later statement counts."""
    await connection.execute(sa.delete(p).where(p.c.generation == generation, p.c.published_id == index.published_id))
    row = index._asdict() | {
        "generation": generation,
        "value": None if index.value is None else str(index.value),
        "variables": {name: str(value) for name, value in index.variables.items()},
    }
    del row["reason"]
    await connection.execute(sa.insert(p), row)


async def choose(
    connection: AsyncConnection, generation: int, area: str, reference: Reference, reason: str, at: datetime
) -> None:
    """Make it the reference of its area, year and edition, in place of any other."""
    same = (
        r.c.generation == generation,
        r.c.area == area,
        r.c.year == reference.year,
        r.c.edition == reference.edition,
    )
    await connection.execute(sa.delete(r).where(*same))
    row = reference._asdict() | {
        "generation": generation,
        "area": area,
        "value": str(reference.value),
        "reason": reason,
        "at": at,
    }
    await connection.execute(sa.insert(r), row)


async def references(
    connection: AsyncConnection, areas: Collection[str], generation: int | None = None
) -> dict[str, list[Reference]]:
    """Area -> its references; those that are read now unless a generation is named."""
    rows_of = of_now(r) if generation is None else r.c.generation == generation
    query = sa.select(r).where(rows_of, r.c.area.in_(sorted(areas)))
    found: dict[str, list[Reference]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.area].append(Reference(row.year, row.edition, row.published_id, Decimal(row.value)))
    return found


async def of_area(connection: AsyncConnection, area: str) -> list[Published]:
    """All published indices of an area, the latest year first."""
    return await _read(connection, p.c.area == area)


async def of_year(connection: AsyncConnection, year: int, within: str = "") -> list[Published]:
    """All published indices of a year, of the areas whose code begins with ``within``."""
    return await _read(connection, p.c.year == year, p.c.area.startswith(within, autoescape=True))


async def _read(connection: AsyncConnection, *conditions: sa.ColumnElement[bool]) -> list[Published]:
    same_generation = r.c.generation == p.c.generation
    chosen = same_generation & (r.c.area == p.c.area) & (r.c.published_id == p.c.published_id)
    query = (
        sa.select(p, r.c.reason)
        .select_from(p.outerjoin(r, chosen))
        .where(of_now(p), *conditions)
        .order_by(p.c.year.desc(), p.c.area, p.c.published_id)
    )
    return [
        Published(
            row.published_id,
            row.area,
            row.area_name,
            row.year,
            row.edition,
            None if row.value is None else Decimal(row.value),
            row.category,
            {name: Decimal(value) for name, value in row.variables.items()},
            row.source,
            row.reason,
        )
        for row in await connection.execute(query)
    ]
