"""One database, SQLite or PostgreSQL, behind the same two verbs: ``transaction`` and ``read``."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, Literal
from weakref import WeakValueDictionary

from sqlalchemy import Boolean, Date, DateTime, Dialect, Engine, Executable, Table, TypeDecorator, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_BUSY_SECONDS = 30
SQLITE_CACHE_KIB = 16_384
SQLITE_LOG_PAGES = 8_000
"""32 MB. Keyed hashes fall all over an index: the more of them are written back together, the fewer pages are."""
POOL_MAX_CONNECTIONS = 8
SERVER_PLANS = {"plan_cache_mode": "force_custom_plan", "jit": "off"}
"""PostgreSQL plans for the values given, each time. A plan kept for any value finds two words of a name in 110 ms
instead of 15, with a million people; and no statement here is worth compiling."""
RESTED_SECONDS = 5.0
"""After so much rest a connection to a server is tried before it is used."""


class _Turn(asyncio.Lock):
    """The place of an SQLite file's one writer, and how many wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    async def acquire(self) -> Literal[True]:
        self.waiting += 1
        try:
            return await super().acquire()
        finally:
            self.waiting -= 1


_writers: WeakValueDictionary[str, _Turn] = WeakValueDictionary()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and given back with its zone by both databases. A naive datetime is an error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone, which SQLite doesn't keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """A service's own database.

    ``durable=False`` lets SQLite skip the wait for the disk at each commit (a power cut may then lose the last
    commits, a killed process loses nothing): for what can be made again from a journal. ``erases=True`` has SQLite
    overwrite what is deleted.
    """

    def __init__(self, url: str, *, durable: bool = True, erases: bool = False) -> None:
        self.url = make_url(url)
        self._companions: list[Database] = []
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.durable, self.erases = durable, erases
        self.engine = self._sqlite_engine() if self.is_sqlite else self._server_engine()
        # SQLite's driver begins no transaction by itself.
        self._single_engine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; on SQLite it holds the writer's place from its first statement."""
        async with self._turn(), self.engine.connect() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            async with _committed(connection):
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and sees one state throughout."""
        async with self.engine.connect() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN")
            yield connection
            await connection.rollback()

    async def single(self, statement: Executable, values: Mapping[str, Any]) -> int:
        """Carries out one statement that is a transaction by itself; how many rows it touched.

        It spares a server two round trips, and SQLite its thread as many turns.
        """
        async with self._turn(), self._single_engine.connect() as connection:
            result = await connection.execute(statement, values)
            await connection.commit()
            return result.rowcount

    async def dispose(self) -> None:
        """Closes every connection, also of what :meth:`goes_with` it; without it the process would not end."""
        await self.engine.dispose()
        for companion in self._companions:
            await companion.dispose()

    def goes_with(self, companion: "Database") -> None:
        """Has another database closed together with this one."""
        self._companions.append(companion)

    async def scrub(self, table: str) -> None:
        """Makes the bytes of deleted rows go: from SQLite's log at once, on PostgreSQL from the table's pages."""
        command = "PRAGMA wal_checkpoint(TRUNCATE)" if self.is_sqlite else f'VACUUM "{table}"'
        async with self._turn(), self.engine.connect() as connection:
            free = connection if self.is_sqlite else await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.exec_driver_sql(command)

    @property
    def awaited(self) -> bool:
        """Whether others of this process wait until the running transaction ends; on PostgreSQL nobody does."""
        return self.is_sqlite and self._place().waiting > 0

    def _turn(self) -> AbstractAsyncContextManager[Any]:
        return self._place() if self.is_sqlite else nullcontext()

    def _place(self) -> _Turn:
        """The place of this process' one writer of an SQLite file.

        Writers of one process queue here and not inside SQLite, whose waiting is a sleep of up to 100 ms.
        """
        return _writers.setdefault(str(self.url.database), _Turn())

    def _sqlite_engine(self) -> AsyncEngine:
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            self.url,
            pool_size=POOL_MAX_CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None},
        )
        synchronous = "FULL" if self.durable else "NORMAL"

        def prepare(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")
            cursor.execute(f"PRAGMA wal_autocheckpoint={SQLITE_LOG_PAGES}")
            if self.erases:
                cursor.execute("PRAGMA secure_delete=ON")
            cursor.close()

        event.listen(engine.sync_engine, "connect", prepare)
        return engine

    def _server_engine(self) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=POOL_MAX_CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            pool_recycle=1_800,
            connect_args={"server_settings": SERVER_PLANS},
        )
        _look_before_use(engine.sync_engine)
        return engine


def _look_before_use(engine: Engine) -> None:
    """Replaces connections that were lost while nobody used them.

    The driver knows when the server closed one. Only after some rest is the server asked, which takes three round
    trips: as often as the pool does it by itself, they are a fifth of a write.
    """

    def rested(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    def look(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if monotonic() - record.info.get("rests_since", inf) > RESTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error:
                raise InvalidatePoolError from None

    event.listen(engine, "checkin", rested)
    event.listen(engine, "checkout", look)


@asynccontextmanager
async def _committed(connection: AsyncConnection) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await connection.rollback()
        raise
    await connection.commit()


async def insert_many(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, absent_only: bool = False
) -> None:
    """Inserts hundreds of rows that all have the same columns; ``absent_only`` leaves those out that are there.

    Does per row only what the database needs: going through the statement's own machinery takes several times as long
    as the insertion.
    """
    if rows:
        names = tuple(rows[0])
        columns = {name: [row[name] for row in rows] for name in names}
        await insert_columns(connection, table, columns, absent_only=absent_only)


async def insert_columns(
    connection: AsyncConnection, table: Table, given: Mapping[str, Sequence[Any]], *, absent_only: bool = False
) -> None:
    """The same of rows that are given column by column."""
    sql, makers = _bulk_insert(table, connection.dialect, tuple(given))
    made = [make(given[name]) for name, make in makers]
    # Both databases say it with the same words.
    conflict = " ON CONFLICT DO NOTHING" if absent_only else ""
    await connection.exec_driver_sql(sql + conflict, list(zip(*made, strict=True)))


_Make = Callable[[Sequence[Any]], Sequence[Any]]


@cache
def _bulk_insert(table: Table, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, _Make], ...]]:
    """The statement in the driver's own words, and for each of its places the column and what makes its values."""
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=names)
    return compiled.string, tuple((name, _maker(table, name, dialect)) for name in compiled.positiontup or [])


def _maker(table: Table, name: str, dialect: Dialect) -> _Make:
    kind = table.c[name].type
    make = kind.dialect_impl(dialect).bind_processor(dialect)
    if make is None:
        return lambda values: values
    if isinstance(kind, Date | Boolean | UtcDateTime):
        return lambda values: _made_once(make, values)
    return lambda values: [make(value) for value in values]


def _made_once(make: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Hundreds of rows share a few days and moments."""
    made = {value: make(value) for value in set(values)}
    return [made[value] for value in values]


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database can't be used right now, rather than that a statement is wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | ConnectionError | TimeoutError | OSError)
