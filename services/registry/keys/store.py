"""Reading and writing the key store: wrapped keys in, wrapped keys out, and tombstones of those destroyed."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.keys import tables
from services.registry.keys.tables import person_keys, tombstones, wrapping_keys
from shared.runtime import clock
from shared.runtime.database import Database, insert_many

IDS_PER_QUERY = 500
_CREATE_LOCK = 0x6B657973  # one process makes the tables; the number only has to be ours

Wrapped = Mapping[str, Any]


class KeyStore:
    """The database of people's keys."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, erases=True)
        self._made, self._making = False, asyncio.Lock()

    async def ready(self) -> None:
        """Makes the tables, once."""
        async with self._making:
            if self._made:
                return
            async with self.database.transaction() as connection:
                await self.alone(connection)
                await connection.run_sync(tables.metadata.create_all)
            self._made = True

    async def alone(self, connection: AsyncConnection) -> None:
        """Waits for others who make something here for the first time; on SQLite a transaction is alone anyway."""
        if not self.database.is_sqlite:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATE_LOCK})")


async def wrapping_key(connection: AsyncConnection, state: str, *, lock: bool = False) -> str | None:
    """The name of the wrapping key in a state. ``lock`` lets no rotation begin until the transaction has ended."""
    query = sa.select(wrapping_keys.c.name).where(wrapping_keys.c.state == state)
    return (await connection.execute(query.with_for_update(read=True) if lock else query)).scalar_one_or_none()


async def add_wrapping_key(connection: AsyncConnection, name: str) -> None:
    """Names a new wrapping key as the current one; the one before begins to retire."""
    await _restate(connection, "current", "retiring")
    values = {"name": name, "state": "current", "created_at": clock.now()}
    await connection.execute(sa.insert(wrapping_keys), values)


async def retire(connection: AsyncConnection) -> None:
    """Ends a rotation."""
    await _restate(connection, "retiring", "retired")


async def add(connection: AsyncConnection, rows: Sequence[Wrapped]) -> None:
    """Keeps wrapped keys of new people; one that is there stays as it is."""
    await insert_many(connection, person_keys, rows, absent_only=True)


async def add_one(database: Database, row: Wrapped) -> bool:
    """Keeps one person's wrapped key in one statement; ``False`` where they have one or it is wrapped by an old key.

    Like :func:`wrapping_key` with ``lock``, it waits for a rotation that is beginning, and lets none begin meanwhile.
    """
    return bool(await database.single(_insert_under_current(database.is_sqlite), row))


async def add_if_absent(connection: AsyncConnection, rows: Sequence[Wrapped]) -> int:
    """Keeps those wrapped keys that aren't there; how many that were."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    before = await count(connection, person_keys)
    await connection.execute(make(person_keys).on_conflict_do_nothing(), rows)
    return await count(connection, person_keys) - before


async def wrapped_keys(connection: AsyncConnection, ids: Collection[str]) -> list[Wrapped]:
    """The wrapped keys of people; those without one are left out."""
    found: list[Wrapped] = []
    for some in _portions(sorted(ids)):
        query = sa.select(person_keys).where(person_keys.c.person_id.in_(some))
        found += [dict(row) for row in (await connection.execute(query)).mappings()]
    return found


async def not_wrapped_by(connection: AsyncConnection, name: str, limit: int) -> list[Wrapped]:
    """Wrapped keys another wrapping key than this one holds."""
    query = sa.select(person_keys).where(person_keys.c.wrapped_by != name).limit(limit).with_for_update()
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def rewrap(connection: AsyncConnection, rows: Sequence[Wrapped]) -> None:
    """Replaces what wraps keys that are there."""
    change = sa.update(person_keys).where(person_keys.c.person_id == sa.bindparam("id"))
    values = [{"id": r["person_id"], "by": r["wrapped_by"], "blob": r["wrapped"]} for r in rows]
    await connection.execute(change.values(wrapped_by=sa.bindparam("by"), wrapped=sa.bindparam("blob")), values)


async def bury(connection: AsyncConnection, ids: Collection[str], at: datetime) -> None:
    """Overwrites and deletes keys and leaves tombstones, also for people whose key isn't here."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    stones = [{"person_id": person_id, "destroyed_at": at} for person_id in sorted(ids)]
    await connection.execute(make(tombstones).on_conflict_do_nothing(), stones)
    for some in _portions(sorted(ids)):
        theirs = person_keys.c.person_id.in_(some)
        # In place first: a row of the same length is overwritten where it lies.
        length = sa.select(sa.func.max(sa.func.length(person_keys.c.wrapped))).where(theirs)
        if bytes_long := (await connection.execute(length)).scalar():
            await connection.execute(sa.update(person_keys).where(theirs).values(wrapped=bytes(bytes_long)))
            await connection.execute(sa.delete(person_keys).where(theirs))


async def buried(connection: AsyncConnection, ids: Collection[str] | None = None) -> dict[str, datetime]:
    """Tombstones: all, or those among these people."""
    query = sa.select(tombstones)
    if ids is None:
        return {row.person_id: row.destroyed_at for row in await connection.execute(query)}
    found: dict[str, datetime] = {}
    for some in _portions(sorted(ids)):
        rows = await connection.execute(query.where(tombstones.c.person_id.in_(some)))
        found |= {row.person_id: row.destroyed_at for row in rows}
    return found


async def page(connection: AsyncConnection, after: str, limit: int) -> list[Wrapped]:
    """Wrapped keys in the order of their people's ids."""
    query = sa.select(person_keys).where(person_keys.c.person_id > after).order_by(person_keys.c.person_id).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def count(connection: AsyncConnection, table: sa.Table) -> int:
    """Rows of a table."""
    return int((await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())


@cache
def _insert_under_current(is_sqlite: bool) -> sa.Insert:
    kept, make = person_keys.c, sqlite.insert if is_sqlite else postgresql.insert
    given = {column.name: sa.bindparam(column.name, type_=column.type) for column in kept}
    current = (wrapping_keys.c.state == "current", wrapping_keys.c.name == given["wrapped_by"])
    row = sa.select(*given.values()).select_from(wrapping_keys).where(*current).with_for_update(read=True)
    return make(person_keys).from_select(list(given), row).on_conflict_do_nothing()


async def _restate(connection: AsyncConnection, state: str, then: str) -> None:
    await connection.execute(sa.update(wrapping_keys).where(wrapping_keys.c.state == state).values(state=then))


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield ids[start : start + IDS_PER_QUERY]
