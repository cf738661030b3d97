"""The publisher: numbers what was committed, and copies it to Redis under ids that can't be doubled.

Why the numbers are given afterwards and not by the writers: a writer that took a number and then rolled back would
leave a gap, one that commits late would appear behind a reader's back, and a lock around it all makes every writer
wait (measured: 286 commits/s against 2,345). docs/decisions/0001-journal.md has the rest.
"""

import asyncio
import fcntl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import redis.asyncio
import sqlalchemy as sa
import structlog
from prometheus_client import Counter, Gauge
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.contracts.envelope import chain_hash, genesis_hash, wire
from shared.journal import tables
from shared.journal.journal import Journal
from shared.runtime.database import Database
from shared.runtime.faults import crash_point

log = structlog.get_logger()

FIELD = b"event"
BATCH_MAX_EVENTS = 1_000
SEND_MAX_EVENTS = 250
SOCKET_TIMEOUT_SECONDS = 5.0
RETRY_FIRST_SECONDS, RETRY_MAX_SECONDS = 0.2, 5.0
STANDBY_SECONDS = 1.0

PUBLISHED = Counter("bersinar_published_events_total", "Events copied to Redis", ["stream"])
HEAD = Gauge("bersinar_journal_head", "Sequence of the journal's last numbered event", ["stream"])

# One script call carries many XADDs: a third of the time of a pipeline of the same commands, since the client packs
# and reads one command instead of hundreds. It adds nothing unless the stream ends where the publisher thinks it does.
APPEND = f"""
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if (last[1] and last[1][1] or '0-0') ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do redis.call('XADD', KEYS[1], ARGV[i], '{FIELD.decode()}', ARGV[i + 1]) end
return 1
"""

NUMBER = (
    sa.update(tables.journal)
    .where(tables.journal.c.ordinal == sa.bindparam("o"))
    .values(seq=sa.bindparam("s"), previous_hash=sa.bindparam("p"), hash=sa.bindparam("h"))
)

_numbered = tables.journal.alias("numbered")
_head = sa.select(_numbered.c.seq).where(_numbered.c.seq.is_not(None)).order_by(_numbered.c.seq.desc()).limit(1)
UNNUMBERED = (
    sa.select(
        tables.journal.c.ordinal,
        tables.journal.c.body,
        _head.scalar_subquery().label("head"),
        _head.with_only_columns(_numbered.c.hash).scalar_subquery().label("head_hash"),
    )
    .where(tables.journal.c.seq.is_(None))
    .order_by(tables.journal.c.ordinal)
    .limit(BATCH_MAX_EVENTS)
)

Numbered = list[tuple[int, bytes]]


class ForeignHistory(Exception):
    """Redis holds a history under this stream's name that isn't this journal's."""


class Publisher:
    """One per journal at a time; a second one stands by. Safe to kill anywhere and to run again."""

    def __init__(self, journal: Journal, redis_url: str, *, interval_seconds: float = 2.0) -> None:
        self.journal, self.stream = journal, journal.stream
        # The numbers can be given again exactly as they were (one writer, insertion order), so on SQLite
        # this connection needn't wait for the disk: the next durable commit of the service carries them along.
        self._database = Database(journal.database.url.render_as_string(hide_password=False), durable=False)
        self._redis: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
            redis_url, socket_timeout=SOCKET_TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        self._append = self._redis.register_script(APPEND)
        self._interval_seconds = interval_seconds
        self._woken = asyncio.Event()
        self.trouble: str | None = "the publisher has not started"
        self.refusal: str | None = None
        self._sent: tuple[int, str] = (0, "")
        journal.on_commit(self._woken.set)

    async def run(self) -> None:
        """Publishes until cancelled; outlives Redis, the database and another publisher holding the place."""
        delay = RETRY_FIRST_SECONDS
        while True:
            try:
                async with self._leadership() as leading:
                    if not leading:
                        self.trouble = None
                        await asyncio.sleep(STANDBY_SECONDS)
                        continue
                    checked_at = -self._interval_seconds
                    while True:
                        check = time.monotonic() - checked_at >= self._interval_seconds
                        await self.publish(check=check)
                        checked_at = time.monotonic() if check else checked_at
                        self.trouble, self.refusal, delay = None, None, RETRY_FIRST_SECONDS
                        await self._rest()
            except ForeignHistory as error:
                self.refusal = str(error)
                self._stumble(str(error), error)
            except Exception as error:  # noqa: BLE001 - whatever it was, committed events must still go out: say so and try again
                self._stumble(f"{type(error).__name__} while publishing", error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, RETRY_MAX_SECONDS)

    async def publish(self, *, check: bool = True) -> int:
        """Numbers and copies everything there is; the number of entries copied.

        ``check`` compares Redis with the journal first; without it, only what is new is looked at.
        """
        copied = 0
        while True:
            self._woken.clear()
            fresh, head = await self._number()
            if fresh or check:
                copied += await self._copy(fresh, head, check=check)
            if len(fresh) < BATCH_MAX_EVENTS:
                return copied

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._redis.aclose()
        await self._database.dispose()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self._interval_seconds)

    def _stumble(self, reason: str, error: Exception) -> None:
        if self.trouble != reason:
            log.error("publisher stumbled", stream=self.stream, error=error, reason=reason)
        self.trouble = reason

    async def _number(self) -> tuple[Numbered, int]:
        """Gives the next numbers to committed events, in insertion order; the entries and the new head."""
        async with self._database.transaction() as connection:
            found = (await connection.execute(UNNUMBERED)).all()
            if not found:
                return [], (await self.journal.head(connection))[0]
            seq, last_hash = found[0].head or 0, found[0].head_hash
            if last_hash is None:
                last_hash = genesis_hash(await self.journal.epoch(connection))
            numbered: Numbered = []
            rows: list[dict[str, Any]] = []
            for ordinal, body, _, _ in found:
                seq += 1
                entry = wire(body, seq, last_hash)
                numbered.append((seq, entry))
                this_hash = chain_hash(entry)
                rows.append({"o": ordinal, "s": seq, "p": last_hash, "h": this_hash})
                last_hash = this_hash
            await connection.execute(NUMBER, rows)
            crash_point("publisher.before_numbers_commit")
        crash_point("publisher.numbered")
        HEAD.labels(self.stream).set(seq)
        return numbered, seq

    async def _copy(self, fresh: Numbered, head: int, *, check: bool) -> int:
        """Sends whatever Redis lacks. Its own last id is the cursor, so there is nothing to remember."""
        at = await self._redis_position(head) if check or not self._sent[1] else self._sent[0]
        copied = 0
        while at < head:
            if fresh and fresh[0][0] == at + 1:
                batch = fresh
            else:
                async with self._database.read() as connection:
                    batch = await self.journal.entries(connection, at, BATCH_MAX_EVENTS)
            fresh = []
            if await self._send(batch, at):
                at, copied = batch[-1][0], copied + len(batch)
            else:
                at = await self._redis_position(head)
        PUBLISHED.labels(self.stream).inc(copied)
        return copied

    async def _send(self, batch: Numbered, after: int) -> bool:
        """Appends entries behind ``after``; ``False`` when the stream doesn't end there (any more)."""
        for start in range(0, len(batch), SEND_MAX_EVENTS):
            arguments: list[str | bytes] = [f"{after}-0"]
            for seq, entry in batch[start : start + SEND_MAX_EVENTS]:
                arguments += (f"{seq}-0", entry)
                after = seq
            if not await self._append(keys=[self.stream], args=arguments):
                return False
            crash_point("publisher.mid_copy")
        self._sent = (after, chain_hash(batch[-1][1]))
        return True

    async def _redis_position(self, head: int) -> int:
        """The sequence of Redis' last entry, 0 for none. Raises ForeignHistory when that entry isn't ours."""
        last: Any = await self._redis.xrevrange(self.stream, count=1)
        if not last:
            return 0
        entry_id, fields = last[0]
        seq, found = int(entry_id.split(b"-")[0]), chain_hash(fields.get(FIELD, b""))
        if (seq, found) == self._sent:
            return seq
        async with self._database.read() as connection:
            known = sa.select(tables.journal.c.hash).where(tables.journal.c.seq == seq)
            expected = (await connection.execute(known)).scalar_one_or_none()
        if seq > head or expected != found:
            raise ForeignHistory(
                f"Redis holds entry {seq} of {self.stream}, which this journal (head {head}) never wrote: "
                "the journal was restored from an old backup, or another node uses the same name. "
                "Nothing is published until a person decides which history is right; do not empty Redis before the "
                "service has started once, since erasures it carries are applied again then."
            )
        self._sent = (seq, found)
        return seq

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[bool]:
        """Holds the publisher's place: a file lock beside an SQLite file, an advisory lock on PostgreSQL."""
        if self._database.is_sqlite:
            with Path(f"{self._database.url.database}.publisher").open("w") as file:  # noqa: ASYNC230 - an empty file, opened once
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                else:
                    yield True
            return
        key = int.from_bytes(sha256(self.stream.encode()).digest()[:8], signed=True)
        async with self._database.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            lock = sa.select(sa.func.pg_try_advisory_lock(key))
            if not (await connection.execute(lock)).scalar_one():
                yield False
                return
            try:
                yield True
            finally:
                # Closing the session releases the lock; returning it to the pool would keep it.
                await connection.invalidate()
