"""Answers kept for repeated requests: one row for every ``Idempotency-Key`` that was used."""

from datetime import datetime

from sqlalchemy import bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.runtime import clock

_KEEP = update(tables.answers).where(tables.answers.c.key_index == bindparam("key"))


async def claim(connection: AsyncConnection, key_index: str, fingerprint: str) -> Row | None:
    """``None`` when the key is new and now ours; else the row of the request that used it first.

    Two requests with one key at once: PostgreSQL lets the second wait here until the first is committed or undone.
    """
    row = {"key_index": key_index, "fingerprint": fingerprint, "created_at": clock.now()}
    if await rows.add_if_absent(connection, tables.answers, row):
        return None
    return await rows.find(connection, tables.answers, key_index)


async def keep(connection: AsyncConnection, key_index: str, status: int, body: str, headers: dict[str, str]) -> None:
    """Stores the answer of a claimed key."""
    await connection.execute(_KEEP, {"key": key_index, "status": status, "body": body, "headers": headers})


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Deletes answers older than a moment; how many."""
    return (await connection.execute(delete(tables.answers).where(tables.answers.c.created_at < before))).rowcount
