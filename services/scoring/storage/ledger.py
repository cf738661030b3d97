"""Pages of entries and the snapshots between them: what any state of the past is made of."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.ledger import Entry, entries_of, fold_again
from services.scoring.domain.state import CityYear, from_canonical
from services.scoring.instrument_file import Catalogue
from services.scoring.storage.tables import entry_page as p
from services.scoring.storage.tables import of_now
from services.scoring.storage.tables import snapshot as s

Row = dict[str, Any]


async def add(connection: AsyncConnection, pages: Sequence[Row], snapshots: Sequence[Row]) -> None:
    """Rows by the columns of their tables."""
    if pages:
        await connection.execute(sa.insert(p), pages)
    if snapshots:
        await connection.execute(sa.insert(s), snapshots)


class Base(NamedTuple):
    """A state of the past, and how many entries are in it."""

    entries: int
    state: CityYear


async def base(
    connection: AsyncConnection, region: str, year: int, *, before: int | None = None, at: datetime | None = None
) -> Base | None:
    """The latest snapshot with fewer than ``before`` entries, all of them of ``at`` or earlier; the year's beginning
    when there is no later one."""
    query = sa.select(s.c.entries, s.c.state).where(of_now(s), s.c.region == region, s.c.year == year)
    if before is not None:
        query = query.where(s.c.entries < before)
    if at is not None:
        query = query.where(sa.or_(s.c.latest_at <= at, s.c.entries == 0))
    row = (await connection.execute(query.order_by(s.c.entries.desc()).limit(1))).one_or_none()
    return Base(row.entries, from_canonical(row.state)) if row else None


async def entries(
    connection: AsyncConnection, region: str, year: int, *, after: int = 0, upto: int | None = None
) -> AsyncIterator[Entry]:
    """Entries by number, the first ``after`` it and the last ``upto``, page by page."""
    query = sa.select(p.c.first, p.c.body).where(of_now(p), p.c.region == region, p.c.year == year, p.c.last > after)
    if upto is not None:
        query = query.where(p.c.first <= upto)
    rows = (await connection.execute(query.order_by(p.c.first))).all()
    for first, body in rows:
        for entry in entries_of(first, body):
            if entry.number > after and (upto is None or entry.number <= upto):
                yield entry


async def as_of(connection: AsyncConnection, catalogue: Catalogue, region: str, year: int, at: datetime) -> Base | None:
    """The state made of the entries recorded at a moment or before it; ``None`` when there were none.

    Exact wherever the moment falls: a snapshot counts only if nothing in it is later, and every entry after it is
    asked for its own time.
    """
    start = await base(connection, region, year, at=at)
    if start is None:
        return None
    known = [e async for e in entries(connection, region, year, after=start.entries) if e.cause.at <= at]
    if not known and start.entries == 0:
        return None
    instrument = catalogue.get(start.state.instrument).plain
    return Base(start.entries + len(known), fold_again(start.state, known, instrument))
