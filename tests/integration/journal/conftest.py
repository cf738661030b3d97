"""A journal, its publisher and a follower that keeps a running total, on real databases and a real server."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from shared.contracts.envelope import Event, Payload, event_type
from shared.contracts.registry import BusinessStarted, EnrolmentAccepted
from shared.journal import Follower, Journal, Publisher, Unit, tables
from shared.runtime.database import Database

STREAM = "3276.registry"

effects = sa.Table(
    "effect",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("what", sa.String(64), nullable=False),
)


def started(number: int) -> BusinessStarted:
    """An event payload that can be told apart by its number."""
    return BusinessStarted(
        business_id=f"b{number}",
        participant_id="p1",
        sector="lele",
        village="32.76.07.1003",
        on=date(2023, 4, 1),
        synthetic=True,
    )


class Unreadable(Payload):
    """A payload of a version that nobody here knows."""

    TYPE = event_type("registry", "business", "started", 9)
    business_id: str = "b9"


class JournalHistory:
    """The journal itself as history, without HTTP in between; ``asked`` says how often it was needed."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.asked = journal, 0

    async def fetch(self, stream: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """As GET /journal answers."""
        assert stream == self.journal.stream
        self.asked += 1
        async with self.journal.database.read() as connection:
            return await self.journal.entries(connection, after, limit)

    async def close(self) -> None:
        """Nothing to let go of."""


class Recorder:
    """Effects that show every double, gap and disorder; can be told to refuse an event."""

    def __init__(self) -> None:
        self.refuse: set[str] = set()
        self.calls = 0

    async def apply(self, unit: Unit, events: Sequence[Event[Any]]) -> None:
        """Writes a row an event."""
        self.calls += 1
        for event in events:
            if event.data.business_id in self.refuse:
                raise ValueError("this event makes no sense")
        await unit.connection.execute(
            sa.insert(effects), [{"seq": event.seq, "what": event.data.business_id} for event in events]
        )


class Chain:
    """One producer and the means to follow it."""

    def __init__(self, producer: Database, consumer: Database, redis_url: str) -> None:
        self.producer, self.consumer, self.redis_url = producer, consumer, redis_url
        self.journal = Journal(producer, STREAM, "/nodes/3276/registry")
        self.publisher = Publisher(self.journal, redis_url, interval_seconds=0.2)
        self.history = JournalHistory(self.journal)
        self.recorder = Recorder()

    async def write(self, first: int, last: int) -> None:
        """Commits events first..last in one transaction."""
        async with self.journal.writing() as unit:
            for number in range(first, last + 1):
                unit.emit(started(number), subject=f"b{number}", region="32.76")

    def follower(self, **changes: Any) -> Follower:
        """A follower (a replica, when called again) of the stream."""
        options: dict[str, Any] = {
            "stream": STREAM,
            "database": self.consumer,
            "apply": self.recorder.apply,
            "history": self.history,
            "consumes": (BusinessStarted, EnrolmentAccepted),
        }
        return Follower(**(options | changes))

    async def entries(self, after: int = 0) -> list[tuple[int, bytes]]:
        """What the journal holds, numbered."""
        async with self.producer.read() as connection:
            return await self.journal.entries(connection, after, 100_000)

    async def applied(self) -> list[tuple[int, str]]:
        """(seq, business) of every effect, in the order it was written."""
        async with self.consumer.read() as connection:
            rows = await connection.execute(sa.select(effects.c.seq, effects.c.what).order_by(effects.c.place))
            return [(row.seq, row.what) for row in rows]


def expected(last: int, without: Sequence[int] = ()) -> list[tuple[int, str]]:
    """Each event once and in order."""
    return [(n, f"b{n}") for n in range(1, last + 1) if n not in without]


async def prepared(url: str) -> Database:
    """A database with the pattern's tables."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
        await connection.run_sync(effects.metadata.create_all)
    return database


@asynccontextmanager
async def chained(new_database: Callable[[], str], redis_url: str) -> AsyncIterator[Chain]:
    """A chain over two fresh databases."""
    producer, consumer = await prepared(new_database()), await prepared(new_database())
    chain = Chain(producer, consumer, redis_url)
    try:
        yield chain
    finally:
        await chain.publisher.close()
        await producer.dispose()
        await consumer.dispose()


@pytest.fixture
async def chain(new_database: Callable[[], str], redis_url: str) -> AsyncIterator[Chain]:
    """A chain over the run's Redis."""
    async with chained(new_database, redis_url) as made:
        yield made
