"""Replays: how far they are, and putting a new generation in place of the present one."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage import tables
from services.scoring.storage.tables import projection
from services.scoring.storage.tables import replay as t
from shared.journal import tables as journal_tables
from shared.runtime import clock

GENERATED = (
    tables.city_year,
    tables.village_year,
    tables.village_entry,
    tables.entry_page,
    tables.snapshot,
    tables.published,
    tables.reference,
    tables.locked,
    tables.village_locked,
)
"""Every table a replay makes anew."""

SHOWN_MAX = 20
OUTCOME_MAX = 300
SUPERSEDED = "given up: another was begun"


async def begin(connection: AsyncConnection, stream: str, workers: int, head: int) -> int:
    """The number of a new generation, above every other there is or was. Any replay that runs gives up."""
    await connection.execute(
        sa.update(t).where(t.c.ended_at.is_(None)).values(ended_at=clock.now(), outcome=SUPERSEDED)
    )
    known = [sa.select(sa.func.max(table.c.generation)) for table in (projection, t)]
    generation = 1 + max([(await connection.execute(query)).scalar_one() or 0 for query in known])
    row = {"generation": generation, "stream": stream, "workers": workers, "seq": 0, "head": head}
    await connection.execute(sa.insert(t), row | {"started_at": clock.now()})
    return generation


async def note(connection: AsyncConnection, generation: int, seq: int, head: int) -> None:
    """Say how far it is."""
    await connection.execute(sa.update(t).where(t.c.generation == generation).values(seq=seq, head=head))


async def end(connection: AsyncConnection, generation: int, outcome: str) -> bool:
    """Say that it ended, and how; ``False`` when it had ended already."""
    values = {"ended_at": clock.now(), "outcome": outcome[:OUTCOME_MAX]}
    query = sa.update(t).where(t.c.generation == generation, t.c.ended_at.is_(None)).values(values)
    return (await connection.execute(query)).rowcount == 1


async def running(connection: AsyncConnection) -> list[int]:
    """The generations being made."""
    return list((await connection.execute(sa.select(t.c.generation).where(t.c.ended_at.is_(None)))).scalars())


async def latest(connection: AsyncConnection) -> list[dict[str, Any]]:
    """The latest replays, the last first."""
    rows = await connection.execute(sa.select(t).order_by(t.c.generation.desc()).limit(SHOWN_MAX))
    return [dict(row) for row in rows.mappings()]


async def hold_position(connection: AsyncConnection, stream: str) -> tuple[int, str]:
    """Where the live follower is: (sequence, hash). It waits there until the transaction ends."""
    p = journal_tables.position
    query = sa.select(p.c.seq, p.c.hash).where(p.c.stream == stream).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return (row.seq, row.hash) if row else (0, "")


async def put_in_place(connection: AsyncConnection, generation: int) -> None:
    """From this transaction's end on the new generation is read, and nobody goes on with what it remembers."""
    await connection.execute(sa.update(projection).values(generation=generation, token=clock.new_id()))


async def settle_parked(connection: AsyncConnection, stream: str, refused: dict[int, tuple[bytes, str]]) -> None:
    """What the replay could apply is no longer parked; what it could not is, so that nothing is applied twice."""
    p = journal_tables.parked
    rows = await connection.execute(sa.select(p.c.seq, p.c.replayed_at).where(p.c.stream == stream))
    known = {row.seq: row.replayed_at for row in rows}
    applied = [seq for seq, replayed_at in known.items() if replayed_at is None and seq not in refused]
    again = [seq for seq, replayed_at in known.items() if replayed_at is not None and seq in refused]
    for seqs, at in ((applied, clock.now()), (again, None)):
        if seqs:
            where = sa.and_(p.c.stream == stream, p.c.seq.in_(seqs))
            await connection.execute(sa.update(p).where(where).values(replayed_at=at))
    new = [
        {"stream": stream, "seq": seq, "raw": raw, "error": error, "parked_at": clock.now()}
        for seq, (raw, error) in refused.items()
        if seq not in known
    ]
    if new:
        await connection.execute(sa.insert(p), new)


async def drop_others(connection: AsyncConnection, kept: Collection[int], table: sa.Table) -> None:
    """Remove the rows of one table that belong to no kept generation."""
    await connection.execute(sa.delete(table).where(table.c.generation.not_in(sorted(kept))))
