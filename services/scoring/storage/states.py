"""The counts of each city and year."""

from collections import defaultdict
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.state import CityYear, canonical, from_canonical
from services.scoring.storage.tables import city_year as t

_UPDATE = (
    sa.update(t)
    .where(t.c.region == sa.bindparam("of_region"), t.c.year == sa.bindparam("of_year"))
    .values(state=sa.bindparam("new_state"))
)


async def load(connection: AsyncConnection, regions: Collection[str]) -> dict[str, list[CityYear]]:
    """All years of some cities, in one statement, held against other writers until the transaction ends."""
    query = sa.select(t.c.region, t.c.state).where(t.c.region.in_(sorted(regions))).with_for_update()
    found: dict[str, list[CityYear]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.region].append(from_canonical(row.state))
    return found


async def save(connection: AsyncConnection, *, new: Iterable[CityYear], changed: Iterable[CityYear]) -> None:
    """Insert the new and rewrite the changed, many rows to a statement."""
    inserts = [{"region": s.region, "year": s.year, "instrument": s.instrument, "state": canonical(s)} for s in new]
    updates = [{"of_region": s.region, "of_year": s.year, "new_state": canonical(s)} for s in changed]
    if inserts:
        await connection.execute(sa.insert(t), inserts)
    if updates:
        await connection.execute(_UPDATE, updates)


async def of_region(connection: AsyncConnection, region: str) -> list[CityYear]:
    """All years of a city, the latest first."""
    query = sa.select(t.c.state).where(t.c.region == region).order_by(t.c.year.desc())
    return [from_canonical(text) for text in (await connection.execute(query)).scalars()]


async def every(connection: AsyncConnection) -> list[CityYear]:
    """Everything there is, by region and year."""
    query = sa.select(t.c.state).order_by(t.c.region, t.c.year)
    return [from_canonical(text) for text in (await connection.execute(query)).scalars()]
