"""The journal, and the unit of work through which a service writes its state and its events together."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.access.actor import current
from shared.contracts.envelope import Event, Payload, encode, encoder, genesis_hash, wire
from shared.journal import tables
from shared.runtime import clock
from shared.runtime.database import Database, insert_many
from shared.runtime.faults import crash_point


class Said(NamedTuple):
    """An event as the journal keeps it, and who wrote it."""

    event_id: str
    body: str
    actor: str | None


class Telling(NamedTuple):
    """What :meth:`Unit.emit_many` says once: of whom, where, the payload's values, and what caused it."""

    subject: str
    region: str
    values: Mapping[str, Any]
    cause: Event[Any] | None = None


class _Body(NamedTuple):
    """An event that is encoded already."""

    id: str
    subject: str
    body: str


class Unit:
    """One transaction: the state through ``connection``, the events through ``emit``. Both or neither."""

    def __init__(self, connection: AsyncConnection, source: str | None) -> None:
        self.connection = connection
        self._entries: list[Event[Payload] | _Body] = []
        self._source = source
        self._after: list[Callable[[], None]] = []
        self._inserted = False

    @property
    def events(self) -> list[Event[Payload]]:
        """What was emitted one by one."""
        return [entry for entry in self._entries if isinstance(entry, Event)]

    @property
    def speaks(self) -> bool:
        """Whether anything was emitted."""
        return self._inserted or bool(self._entries)

    def emit(self, payload: Payload, *, subject: str, region: str, cause: Event[Any] | None = None) -> Event[Payload]:
        """Says something. The event is inserted as the last act of the transaction, after the rows it concerns."""
        event_id = clock.new_id()
        event = Event[Payload].model_construct(
            specversion="1.0",
            id=event_id,
            source=self._own_source(),
            type=payload.TYPE,
            subject=subject,
            time=clock.now(),
            datacontenttype="application/json",
            region=region,
            causationid=cause.id if cause else None,
            correlationid=(cause.correlationid or cause.id) if cause else event_id,
            traceparent=cause.traceparent if cause else None,
            data=payload,
            sequence=None,
            previoushash=None,
        )
        self._entries.append(event)
        return event

    def emit_many(self, payload: type[Payload], tellings: Iterable[Telling]) -> None:
        """Says the same of hundreds, for a fifth of what :meth:`emit` costs each: the values must be checked ones, all
        of the payload's that aren't None, in the order of its fields, numbers as they're written."""
        body = encoder(self._own_source(), payload.TYPE, clock.now())
        for subject, region, values, cause in tellings:
            event_id = clock.new_id()
            self._entries.append(_Body(event_id, subject, body(event_id, subject, region, values, cause)))

    @asynccontextmanager
    async def attempt(self, *, keep: bool = True) -> AsyncIterator[None]:
        """A part of the transaction that can be given up: raising in it undoes its rows and its events only.

        ``keep=False`` undoes them in any case, for trying out what would happen.
        """
        entries, calls = len(self._entries), len(self._after)
        async with self.connection.begin_nested() as part:
            try:
                yield
            except BaseException:
                keep = False
                raise
            finally:
                if not keep:
                    del self._entries[entries:], self._after[calls:]
            if not keep:
                await part.rollback()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Registers something to be done once the transaction is durable; it must not fail."""
        self._after.append(call)

    async def insert_events(self) -> None:
        """Writes what was emitted into the journal; called by whoever owns the transaction."""
        actor = current().id
        rows = [
            {
                "event_id": entry.id,
                "body": entry.body if isinstance(entry, _Body) else encode(entry),
                "subject": entry.subject,
                "actor": actor,
            }
            for entry in self._entries
        ]
        await insert_many(self.connection, tables.journal, rows)

    async def insert_events_now(self) -> None:
        """The same before the end, for work whose events would fill the memory until then."""
        await self.insert_events()
        self._inserted = self.speaks
        self._entries.clear()

    def _own_source(self) -> str:
        if self._source is None:
            raise RuntimeError("this service has no journal, so it can't emit events")
        return self._source

    def committed(self) -> None:
        """Runs what was to be done after the commit."""
        for call in self._after:
            call()


@asynccontextmanager
async def unit_of_work(database: Database, journal: "Journal | None") -> AsyncIterator[Unit]:
    """One transaction of a service, with or without a journal of its own."""
    async with database.transaction() as connection:
        unit = Unit(connection, journal.source if journal else None)
        yield unit
        await unit.insert_events()
        crash_point("unit.before_commit")
        if unit.speaks:
            crash_point("unit.before_events_commit")
    crash_point("unit.after_commit")
    if unit.speaks:
        crash_point("unit.after_events_commit")
    unit.committed()
    if journal is not None and unit.speaks:
        journal.wake()


class Journal:
    """A service's own append-only table of events, and the stream it becomes.

    ``stream`` is ``<node>.<service>``; ``source`` is what its events carry (``/nodes/3276/registry``).
    """

    def __init__(self, database: Database, stream: str, source: str) -> None:
        self.database, self.stream, self.source = database, stream, source
        self._listeners: list[Callable[[], None]] = []

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Unit]:
        """A transaction for state and events; leaving it commits, raising in it undoes everything."""
        async with unit_of_work(self.database, self) as unit:
            yield unit

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Registers who is told that new events were committed (the publisher)."""
        self._listeners.append(listener)

    def wake(self) -> None:
        """Tells the listeners."""
        for listener in self._listeners:
            listener()

    async def epoch(self, connection: AsyncConnection) -> str:
        """The random id made with this journal: its first event names the epoch's hash as its predecessor."""
        query = sa.select(tables.identity.c.epoch).where(tables.identity.c.stream == self.stream)
        found = (await connection.execute(query)).scalar_one_or_none()
        if found is not None:
            return str(found)
        await connection.execute(sa.insert(tables.identity).values(stream=self.stream, epoch=clock.new_id()))
        return str((await connection.execute(query)).scalar_one())

    async def head(self, connection: AsyncConnection) -> tuple[int, str]:
        """Sequence and hash of the last numbered event; 0 and the epoch's hash when there is none."""
        j = tables.journal
        query = sa.select(j.c.seq, j.c.hash).where(j.c.seq.is_not(None)).order_by(j.c.seq.desc()).limit(1)
        row = (await connection.execute(query)).one_or_none()
        return (row.seq, row.hash) if row else (0, genesis_hash(await self.epoch(connection)))

    async def about(self, connection: AsyncConnection, subjects: Collection[str], limit: int) -> list[Said]:
        """What was said of some subjects, in order, the first ``limit`` of it."""
        j = tables.journal
        query = sa.select(j.c.event_id, j.c.body, j.c.actor).where(j.c.subject.in_(list(subjects)))
        rows = await connection.execute(query.order_by(j.c.ordinal).limit(limit))
        return [Said(row.event_id, row.body, row.actor) for row in rows]

    async def entries(self, connection: AsyncConnection, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Numbered events after a sequence, in order, as the exact bytes of their stream entries."""
        j = tables.journal
        query = sa.select(j.c.seq, j.c.body, j.c.previous_hash).where(j.c.seq > after).order_by(j.c.seq).limit(limit)
        rows = await connection.execute(query)
        return [(row.seq, wire(row.body, row.seq, row.previous_hash)) for row in rows]
