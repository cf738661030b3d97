"""The audit log as rows: appended at the end, read in order. The database itself refuses to change or delete any."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain import audit
from services.registry.storage import tables
from services.registry.storage.rows import Row, plain

VERIFY_ROWS = 1_000
_log, _head = tables.audit_log, tables.audit_head


async def append(connection: AsyncConnection, *entries: Mapping[str, Any]) -> int:
    """Adds entries at the end, in the caller's transaction; the number of the last. Appending ones wait for each
    other."""
    head = (await connection.execute(select(_head).with_for_update())).mappings().one()
    rows, seq, previous = list[dict[str, Any]](), int(head["seq"]), str(head["hash"])
    for entry in entries:
        row = {**entry, "seq": (seq := seq + 1), "previous_hash": previous}
        row["hash"] = previous = audit.hash_of(row, previous)
        rows.append(row)
    if rows:
        await connection.execute(insert(_log), rows)
        await connection.execute(update(_head).values(seq=seq, hash=previous))
    return seq


async def verify(connection: AsyncConnection) -> audit.Broken | audit.Proven:
    """Reads the whole log and proves it, or names the first row that isn't as it was written."""
    chain = audit.Chain()
    async for rows in _batches(connection):
        broken = chain.follow(rows)
        if broken is not None:
            return broken
    head = (await connection.execute(select(_head))).mappings().one_or_none()
    if head is None:
        return audit.Broken(1, "the head of the log is missing")
    return chain.end(head["seq"], head["hash"])


async def hash_at(connection: AsyncConnection, seq: int) -> str | None:
    """The hash of one row: to compare with one noted down earlier."""
    found = (await connection.execute(select(_log.c.hash).where(_log.c.seq == seq))).scalar_one_or_none()
    return None if found is None else str(found)


async def _batches(connection: AsyncConnection) -> AsyncIterator[list[Row]]:
    after = 0
    while True:
        statement = select(_log).where(_log.c.seq > after).order_by(_log.c.seq).limit(VERIFY_ROWS)
        rows = [plain(row) for row in (await connection.execute(statement)).mappings()]
        if not rows:
            return
        yield rows
        after = rows[-1]["seq"]
