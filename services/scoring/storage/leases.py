"""Who follows a stream: one replica at a time, until a moment of the database's own clock.

``token`` counts the turns. Whoever takes a stream from another raises it, and everything a holder writes is fenced with
it: one that slept through its own end finds another number and writes nothing.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import lease as t


def _now(connection: AsyncConnection) -> sa.ColumnElement[float]:
    """Seconds of the database's clock: the only one all replicas share."""
    if connection.dialect.name == "sqlite":
        seconds: Any = sa.cast(sa.literal_column("(julianday('now') - 2440587.5) * 86400.0"), sa.Float)
    else:
        seconds = sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Float)
    found: sa.ColumnElement[float] = seconds
    return found


async def take(connection: AsyncConnection, stream: str, holder: str, seconds: float) -> int | None:
    """Take or prolong a lease: the number of this turn, or ``None`` while another holds it."""
    now = _now(connection)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    start = insert(t).values(stream=stream, holder=holder, token=1, expires_at=0.0).on_conflict_do_nothing()
    await connection.execute(start)
    mine_or_free = (t.c.holder == holder) | (t.c.expires_at < now)
    turn = sa.case((t.c.holder == holder, t.c.token), else_=t.c.token + 1)
    query = sa.update(t).where(t.c.stream == stream, mine_or_free)
    query = query.values(holder=holder, token=turn, expires_at=now + seconds)
    found = (await connection.execute(query.returning(t.c.token))).scalar_one_or_none()
    return None if found is None else int(found)


async def is_held(connection: AsyncConnection, stream: str, holder: str, token: int) -> bool:
    """Whether this turn still stands; held until the transaction ends, so that nobody takes over in the middle."""
    query = sa.select(t.c.token).where(t.c.stream == stream, t.c.holder == holder, t.c.token == token)
    return (await connection.execute(query.with_for_update())).scalar_one_or_none() is not None


async def release(connection: AsyncConnection, stream: str, holder: str) -> None:
    """Let go at once, so that another needn't wait for the end."""
    await connection.execute(sa.update(t).where(t.c.stream == stream, t.c.holder == holder).values(expires_at=0.0))
