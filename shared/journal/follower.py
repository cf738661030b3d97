"""The follower: applies a stream's events in order, each exactly once, whatever happens to anyone.

Its position is a row in its own database, moved in the transaction of the effects by
``UPDATE ... WHERE seq = :old``. A second replica, or a process that was thought dead, finds the row moved, takes
nothing and reads on from there. What Redis lost is fetched from the producer's journal.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from prometheus_client import Counter, Gauge
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.catalogue import decode, prepare
from shared.contracts.envelope import Event, Payload, chain_hash, follows
from shared.journal import tables
from shared.journal.history import History
from shared.journal.journal import Journal, Unit, unit_of_work
from shared.runtime import clock
from shared.runtime.database import Database, is_away
from shared.runtime.faults import crash_point

log = structlog.get_logger()

RETRY_FIRST_SECONDS, RETRY_MAX_SECONDS = 0.1, 5.0
BACKFILL_MAX_EVENTS = 500
ERROR_MAX_CHARACTERS = 300
PASSED_OVER_MAX_EVENTS = 1_000
WAITING_READS_MAX = 10
CAREFUL_PARTS = 16

APPLIED = Counter("bersinar_followed_events_total", "Events applied", ["stream"])
PARKED = Counter("bersinar_parked_events_total", "Events set aside", ["stream"])
BACKFILLED = Counter("bersinar_backfilled_events_total", "Events fetched from a journal", ["stream"])
POSITION = Gauge("bersinar_follower_position", "Sequence of the last event applied", ["stream"])

Apply = Callable[[Unit, Sequence[Event[Any]]], Awaitable[None]]
OnParked = Callable[[Unit, str, int, str], None]
Entries = list[tuple[int, bytes]]
Unreadable = tuple[int, bytes, ValidationError]

MOVE = (
    sa.update(tables.position)
    .where(tables.position.c.stream == sa.bindparam("of"), tables.position.c.seq == sa.bindparam("old"))
    .values(seq=sa.bindparam("new"), hash=sa.bindparam("new_hash"))
)


class Position(NamedTuple):
    """The last entry applied: its sequence and its hash ('' before the first)."""

    seq: int
    hash: str


class Fenced(Exception):
    """Another replica moved the position first."""


class Diverged(Exception):
    """The stream goes on from a history that isn't the one this follower has applied."""


class Follower:
    """Follows one stream into one database.

    ``apply`` gets the unit of work and the events whose payload is in ``consumes``; it may write to the unit and emit
    to the journal, and nothing else. If it raises, its events are tried in smaller parts until the bad one is parked
    alone; while the database is away everything waits. ``holds`` says whether this process is the one to follow the
    stream now; while it isn't, nothing is applied, and the position is read anew each time it's asked for.
    """

    def __init__(
        self,
        *,
        stream: str,
        database: Database,
        apply: Apply,
        history: History,
        consumes: tuple[type[Payload], ...],
        journal: Journal | None = None,
        on_parked: OnParked | None = None,
        batch_max_events: int = 500,
        holds: Callable[[], bool] = lambda: True,
    ) -> None:
        self.stream, self.holds = stream, holds
        self._database, self._journal, self._apply = database, journal, apply
        self._history, self._consumes, self._on_parked = history, frozenset(consumes), on_parked
        self._batch_max_events = batch_max_events
        prepare()
        self._at: Position | None = None
        self._stored: Position | None = None
        self._moving = asyncio.Lock()
        self._careful_until, self._careful_max_events = 0, 1
        self._offered: asyncio.Queue[Entries] = asyncio.Queue(WAITING_READS_MAX)
        self.busy = False
        self.moved_at = time.monotonic()
        self.trouble: str | None = None

    async def position(self) -> Position:
        """Where this follower is; read from its database on first use and after it was fenced."""
        if self._at is None or not self.holds():
            async with self._database.transaction() as connection:
                self._at = self._stored = await self._load(connection)
            POSITION.labels(self.stream).set(self._at.seq)
        return self._at

    async def offer(self, entries: Entries) -> None:
        """Takes entries as they come from Redis, for :meth:`work`; waits while that has enough to do."""
        self.busy = True
        await self._offered.put(entries)

    async def work(self) -> None:
        """Applies what is offered until it's cancelled, and in one batch what came while the last one was applied.

        So the next entries are read while the database writes, and a follower that is behind writes fewer, larger
        batches.
        """
        while True:
            entries = await self._offered.get()
            while not self._offered.empty() and len(entries) < self._batch_max_events:
                entries = entries + self._offered.get_nowait()
            await self.process(entries)

    async def process(self, entries: Entries) -> None:
        """Applies entries. Returns when each is applied or parked, and never raises."""
        delay = RETRY_FIRST_SECONDS
        self.busy = True
        while True:
            try:
                await self._catch_up(entries)
            except Exception as error:  # noqa: BLE001 - nothing may escape: the reader has already moved past these entries
                self._at = None
                reason = str(error) if isinstance(error, Diverged) else f"{type(error).__name__} while applying"
                if self.trouble != reason:
                    log.error("follower stumbled", stream=self.stream, error=error, reason=reason)
                self.trouble = reason
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MAX_SECONDS)
            else:
                self.trouble, self.busy = None, False
                return

    async def replay_parked(self) -> tuple[int, int]:
        """Applies what was parked, oldest first, each in its own transaction: (applied, still parked)."""
        p = tables.parked
        waiting = (p.c.stream == self.stream) & p.c.replayed_at.is_(None)
        query = sa.select(p.c.seq, p.c.raw).where(waiting).order_by(p.c.seq)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        applied = 0
        for seq, raw in rows:
            try:
                applied += await self._replay(seq, raw)
            except Exception as error:
                if is_away(error):
                    raise
                log.warning("still can't be applied", stream=self.stream, seq=seq, error=error)
        return applied, len(rows) - applied

    async def keep_position(self) -> None:
        """Writes down how far this follower has come past events that aren't for it (:meth:`_take`)."""
        async with self._moving:
            at, stored = self._at, self._stored
            if at is None or stored is None or at == stored:
                return
            try:
                async with self._database.transaction() as connection:
                    await self._advance(connection, stored, at)
            except Fenced:
                self._at = None
            else:
                self._stored = at

    async def close(self) -> None:
        """Lets go of the history's connections."""
        await self._history.close()

    async def _catch_up(self, entries: Entries) -> None:
        at = await self.position()
        left = [entry for entry in entries if entry[0] > at.seq]
        while left and self.holds():
            run, hashes = self._run(left, at)
            if not run:
                fetched = await self._backfill(at)
                left = fetched + [entry for entry in left if entry[0] > fetched[-1][0]]
                continue
            try:
                await self._take(run, at, Position(run[-1][0], hashes[-1]))
            except Fenced:
                log.info("fenced, reading on", stream=self.stream)
                self._at = None
            at = await self.position()
            left = [entry for entry in left if entry[0] > at.seq]

    def _run(self, entries: Entries, at: Position) -> tuple[Entries, list[str]]:
        """The longest beginning that continues the history from ``at``, within a batch, and its hashes."""
        limit = self._careful_max_events if at.seq < self._careful_until else self._batch_max_events
        run: Entries = []
        hashes: list[str] = []
        seq, last_hash = at
        for entry in entries[:limit]:
            seq += 1
            if not follows(entry[1], seq, last_hash):
                break
            last_hash = chain_hash(entry[1])
            run.append(entry)
            hashes.append(last_hash)
        return run, hashes

    async def _backfill(self, at: Position) -> Entries:
        """What the journal has after ``at``. Raises Diverged when even the journal doesn't go on from there."""
        fetched = await self._history.fetch(self.stream, at.seq, BACKFILL_MAX_EVENTS)
        if not fetched or not follows(fetched[0][1], at.seq + 1, at.hash):
            raise Diverged(
                f"{self.stream} does not continue from event {at.seq} as it was applied here: its journal was restored "
                "from an older backup or replaced. Nothing is applied until a person decides which history is right."
            )
        BACKFILLED.labels(self.stream).inc(len(fetched))
        log.info("fetched from the journal", stream=self.stream, after=at.seq, count=len(fetched))
        return fetched

    async def _take(self, run: Entries, at: Position, to: Position) -> None:
        """The effects of a run, and the position behind it, in one transaction.

        Events that aren't for this follower have no effects, so the position may follow later: after a crash they are
        read again and passed over again.
        """
        events, unreadable = self._read(run)
        async with self._moving:
            stored = self._stored or at
            if events or unreadable or to.seq - stored.seq >= PASSED_OVER_MAX_EVENTS:
                if not await self._transact(run, events, unreadable, stored, to):
                    return
                self._stored = to
            self._at, self.moved_at = to, time.monotonic()
        APPLIED.labels(self.stream).inc(len(run))
        POSITION.labels(self.stream).set(to.seq)

    async def _transact(
        self, run: Entries, events: list[Event[Any]], unreadable: list[Unreadable], stored: Position, to: Position
    ) -> bool:
        """``False`` when the run can't be applied as a whole: it's then taken in parts."""
        try:
            async with unit_of_work(self._database, self._journal) as unit:
                await self._advance(unit.connection, stored, to)
                for seq, raw, error in unreadable:
                    await self._park(unit, seq, raw, error)
                crash_point("follower.mid_batch")
                if events:
                    await self._apply(unit, events)
        except Exception as error:
            if isinstance(error, Fenced) or is_away(error):
                raise
            if len(run) > 1:
                self._careful_until, self._careful_max_events = to.seq, max(1, len(run) // CAREFUL_PARTS)
                return False
            await self._set_aside(run[0], stored, to, error)
        crash_point("follower.after_commit")
        return True

    def _read(self, run: Entries) -> tuple[list[Event[Any]], list[Unreadable]]:
        """The events of a run that are for this follower, and what of it can't be read."""
        events: list[Event[Any]] = []
        unreadable: list[Unreadable] = []
        for seq, raw in run:
            try:
                event = decode(raw)
            except ValidationError as error:
                unreadable.append((seq, raw, error))
            else:
                if type(event.data) in self._consumes:
                    events.append(event)
        return events, unreadable

    async def _set_aside(self, entry: tuple[int, bytes], at: Position, to: Position, error: Exception) -> None:
        async with unit_of_work(self._database, self._journal) as unit:
            await self._advance(unit.connection, at, to)
            await self._park(unit, *entry, error)

    async def _park(self, unit: Unit, seq: int, raw: bytes, error: Exception) -> None:
        reason = _reason(error)
        row = {"stream": self.stream, "seq": seq, "raw": raw, "error": reason, "parked_at": clock.now()}
        await unit.connection.execute(sa.insert(tables.parked), row)
        if self._on_parked is not None:
            self._on_parked(unit, self.stream, seq, reason)
        log.error("event parked", stream=self.stream, seq=seq, reason=reason)
        PARKED.labels(self.stream).inc()

    async def _replay(self, seq: int, raw: bytes) -> int:
        p = tables.parked
        mine = (p.c.stream == self.stream) & (p.c.seq == seq) & p.c.replayed_at.is_(None)
        async with unit_of_work(self._database, self._journal) as unit:
            taken = await unit.connection.execute(sa.update(p).where(mine).values(replayed_at=clock.now()))
            if taken.rowcount == 1:
                event = decode(raw)
                if type(event.data) in self._consumes:
                    await self._apply(unit, [event])
        return 1

    async def _advance(self, connection: AsyncConnection, at: Position, to: Position) -> None:
        """First statement of the transaction: takes the position's row, or finds that it has moved."""
        values = {"of": self.stream, "old": at.seq, "new": to.seq, "new_hash": to.hash}
        if (await connection.execute(MOVE, values)).rowcount != 1:
            raise Fenced

    async def _load(self, connection: AsyncConnection) -> Position:
        p = tables.position
        query = sa.select(p.c.seq, p.c.hash).where(p.c.stream == self.stream)
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            # A replica may start at the same time: whoever comes second leaves the row alone.
            insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
            start = insert(p).values(stream=self.stream, seq=0, hash="").on_conflict_do_nothing()
            await connection.execute(start)
            row = (await connection.execute(query)).one()
        return Position(row.seq, row.hash)


def _reason(error: Exception) -> str:
    """What went wrong, without the values it went wrong with."""
    if isinstance(error, ValidationError):
        parts = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        return f"can't be read: {'; '.join(parts)}"[:ERROR_MAX_CHARACTERS]
    if isinstance(error, DBAPIError):
        return f"can't be applied: {type(error.orig).__name__}"
    return f"can't be applied: {type(error).__name__}: {error}"[:ERROR_MAX_CHARACTERS]
