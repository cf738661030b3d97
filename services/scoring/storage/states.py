"""The counts of each city and year."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.state import CityYear, canonical, from_canonical, from_content
from services.scoring.storage.tables import city_year as t
from services.scoring.storage.tables import of_now
from services.scoring.storage.tables import snapshot as s

_UPDATE = (
    sa.update(t)
    .where(
        t.c.generation == sa.bindparam("of_generation"),
        t.c.region == sa.bindparam("of_region"),
        t.c.year == sa.bindparam("of_year"),
    )
    .values(
        instrument=sa.bindparam("new_instrument"),
        state=sa.bindparam("new_state"),
        entries=sa.bindparam("new_entries"),
        latest_at=sa.bindparam("new_at"),
    )
)

ROWS_AT_ONCE = 500

IsMine = Callable[[str], bool]
"""Whether a region is this process's to write."""


class Stored(NamedTuple):
    """A state, how many entries are in it, and when the latest of them was recorded."""

    state: CityYear
    entries: int
    latest_at: datetime


class Unread(NamedTuple):
    """A city and year as its row has it; most are never looked into, so ``text`` is still the canonical text."""

    year: int
    instrument: str
    text: str
    entries: int
    latest_at: datetime


async def load(connection: AsyncConnection, generation: int, regions: Collection[str]) -> dict[str, list[Unread]]:
    """All years of some cities, in one statement."""
    query = sa.select(t.c.region, t.c.year, t.c.instrument, t.c.state, t.c.entries, t.c.latest_at)
    rows = await connection.execute(query.where(t.c.generation == generation, t.c.region.in_(sorted(regions))))
    found: dict[str, list[Unread]] = defaultdict(list)
    for region, *row in rows:
        found[region].append(Unread(*row))
    return found


async def save(
    connection: AsyncConnection, generation: int, *, new: Iterable[Stored], changed: Iterable[Stored]
) -> None:
    """Insert the new and rewrite the changed, many rows to a statement."""
    inserts = [_row(generation, stored) for stored in new]
    updates = [
        {
            "of_generation": generation,
            "of_region": stored.state.region,
            "of_year": stored.state.year,
            "new_instrument": stored.state.instrument,
            "new_state": canonical(stored.state),
            "new_entries": stored.entries,
            "new_at": stored.latest_at,
        }
        for stored in changed
    ]
    if inserts:
        await connection.execute(sa.insert(t), inserts)
    if updates:
        await connection.execute(_UPDATE, updates)


def _row(generation: int, stored: Stored) -> dict[str, Any]:
    state = stored.state
    return {
        "generation": generation,
        "region": state.region,
        "year": state.year,
        "instrument": state.instrument,
        "state": canonical(state),
        "entries": stored.entries,
        "latest_at": stored.latest_at,
    }


async def switch(
    connection: AsyncConnection, generation: int, instrument_of: Callable[[int], str], is_mine: IsMine
) -> list[CityYear]:
    """Rewrite the states, and the snapshots of them, of the years that are scored with another instrument now.

    Answers the states, as they were before.
    """
    mine = t.c.generation == generation
    begun = (await connection.execute(sa.select(t.c.year, t.c.instrument).where(mine).distinct())).all()
    over = [(t.c.year == year) & (t.c.instrument == key) for year, key in begun if instrument_of(year) != key]
    if not over:
        return []
    rows = await connection.execute(sa.select(t.c.state).where(mine, sa.or_(*over)).order_by(t.c.region, t.c.year))
    was = [state for text in rows.scalars() if is_mine((state := from_canonical(text)).region)]
    for state in was:
        for table in (t, s):
            await _relabel(connection, table, generation, state, instrument_of(state.year))
    return was


async def _relabel(
    connection: AsyncConnection, table: sa.Table, generation: int, state: CityYear, instrument: str
) -> None:
    mine = (table.c.generation == generation) & (table.c.region == state.region) & (table.c.year == state.year)
    rows = (await connection.execute(sa.select(table.c.entries, table.c.state).where(mine))).all()
    for entries, text in rows:
        values = {"state": canonical(replace(from_canonical(text), instrument=instrument))}
        values |= {"instrument": instrument} if "instrument" in table.c else {}
        await connection.execute(sa.update(table).where(mine, table.c.entries == entries).values(**values))


async def of_region(connection: AsyncConnection, region: str) -> list[CityYear]:
    """All years of a city, the latest first."""
    query = sa.select(t.c.state).where(of_now(t), t.c.region == region).order_by(t.c.year.desc())
    return [from_canonical(text) for text in (await connection.execute(query)).scalars()]


async def every(
    connection: AsyncConnection, *, year: int | None = None, within: str = "", with_moments: bool = True
) -> list[CityYear]:
    """Everything there is, by region and year; of one year, or of the regions whose code begins with ``within``.

    Moments are more than half of a text, and only intervals are made of them: for scores alone they can be left out.
    """
    query = sa.select(t.c.state).where(of_now(t))
    if year is not None:
        query = query.where(t.c.year == year)
    if within:
        query = query.where(t.c.region.startswith(within, autoescape=True))
    texts = (await connection.execute(query.order_by(t.c.region, t.c.year))).scalars().all()
    found: list[CityYear] = []
    for first in range(0, len(texts), ROWS_AT_ONCE):
        part = texts[first : first + ROWS_AT_ONCE]
        # Many texts as one: half of what reading each by itself costs.
        read = part if with_moments else map(_without_moments, part)
        found += map(from_content, part, from_json(f"[{','.join(read)}]"))
    return found


def _without_moments(text: str) -> str:
    return text[: text.index(',"moments":')] + text[text.rindex(',"region":') :]
