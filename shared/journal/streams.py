"""Runs a service's publisher and followers beside its API, on one FastStream broker."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import redis.asyncio
import structlog
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.journal.follower import Entries, Follower
from shared.journal.publisher import FIELD, SOCKET_TIMEOUT_SECONDS, Publisher
from shared.journal.reading import EntryParser
from shared.runtime.health import Health

log = structlog.get_logger()
LIBRARY_LOG = logging.getLogger("faststream")

WATCH_SECONDS = 5.0
START_RETRY_SECONDS = 0.5
STOP_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 2.0
READ_MAX_EVENTS = 500
KEEP_MARGIN_EVENTS = 10_000
"""How many entries below the slowest follower Redis keeps, so that a follower rarely has to ask the journal."""


class Streams:
    """What flows in and out of one service. ``async with streams.running():`` belongs in the app's lifespan."""

    def __init__(
        self,
        redis_url: str,
        *,
        name: str,
        publisher: Publisher | None = None,
        followers: Sequence[Follower] = (),
        poll_seconds: float = 4.0,
        stalled_after_seconds: float = 15.0,
    ) -> None:
        self.name, self.publisher, self.followers = name, publisher, tuple(followers)
        self._redis_url, self._poll_seconds = redis_url, poll_seconds
        self._stalled_after_seconds = stalled_after_seconds
        self._noted: dict[str, int] = {}
        self._trimmed = 0
        self._redis: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
            redis_url, socket_timeout=SOCKET_TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Publishes and follows in the background; neither Redis nor a database has to be there yet."""
        tasks = []
        if self.publisher is not None:
            tasks.append(asyncio.create_task(self.publisher.run(), name="publisher"))
        if self.followers:
            tasks.append(asyncio.create_task(self._follow(), name="followers"))
            tasks += [asyncio.create_task(f.work(), name=f"follower {f.stream}") for f in self.followers]
        tasks.append(asyncio.create_task(self._keep_house(), name="housekeeping"))
        try:
            yield
        finally:
            await _ended(tasks)
            await self._close()

    def register(self, health: Health) -> None:
        """Adds a check a follower and one for the publisher to ``/readyz``."""
        if self.publisher is not None:
            health.add(f"publisher {self.publisher.stream}", self._publisher_trouble)
        for follower in self.followers:
            health.add(f"follower {follower.stream}", lambda f=follower: self.stall(f))  # type: ignore[misc]

    async def head(self, stream: str) -> int:
        """The sequence of the last entry in Redis, 0 for none. Raises RedisError when Redis is away."""
        last: Any = await self._redis.xrevrange(stream, count=1)
        return int(last[0][0].split(b"-")[0]) if last else 0

    async def stall(self, follower: Follower) -> str | None:
        """Why a follower isn't making progress, or ``None`` while it is, or has nothing to do."""
        if not follower.holds():
            return None  # another process follows it, and says how it is
        if follower.trouble is not None:
            return follower.trouble
        try:
            behind = await self.head(follower.stream) - (await follower.position()).seq
        except (RedisError, OSError):
            return "Redis can't be reached"
        still = time.monotonic() - follower.moved_at
        if behind > 0 and still > self._stalled_after_seconds:
            return f"{behind} events behind, and no progress for {still:.0f} s"
        return None

    async def _publisher_trouble(self) -> str | None:
        # The registry goes on taking entries while Redis is away: its own work does not wait for the carrier.
        # A foreign history is another matter: nothing will be published until somebody has looked at it.
        return self.publisher.refusal if self.publisher else None

    async def _follow(self) -> None:
        """Keeps a broker reading; replaces it when it has stopped without saying so."""
        while True:
            own = [follower for follower in self.followers if follower.holds()]
            if not own:
                await asyncio.sleep(START_RETRY_SECONDS)
                continue
            broker = RedisBroker(
                self._redis_url,
                logger=LIBRARY_LOG,
                apply_types=False,
                graceful_timeout=STOP_SECONDS,
                parser_class=EntryParser,
            )
            try:
                # FastStream restarts a subscriber that finds no server at once and for ever; so look first.
                await self._redis.ping()
                for follower in own:
                    await self._subscribe(broker, follower)
                await broker.start()
                await self._until_changed(own)
                log.info("reading anew", name=self.name)
            except Exception as error:  # noqa: BLE001 - Redis or the database isn't there yet: it may be the next time
                log.warning("can't follow yet", name=self.name, error=error)
                await asyncio.sleep(START_RETRY_SECONDS)
            finally:
                with suppress(RedisError, OSError):
                    await broker.stop()

    async def _until_changed(self, own: Sequence[Follower]) -> None:
        """Until a follower has stalled, or others are this process's to follow."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if own != [follower for follower in self.followers if follower.holds()]:
                return
            for follower in own:
                reason = await self.stall(follower)
                if reason is not None and "no progress" in reason and not follower.busy:
                    follower.moved_at = time.monotonic()
                    return

    async def _subscribe(self, broker: RedisBroker, follower: Follower) -> None:
        at = await follower.position()
        sub = StreamSub(
            follower.stream,
            last_id=f"{at.seq}-0",
            batch=True,
            max_records=READ_MAX_EVENTS,
            polling_interval=int(self._poll_seconds * 1000),
        )
        subscriber = broker.subscriber(stream=sub, parser=_parse, decoder=_decode)
        subscriber(follower.offer)

    async def _keep_house(self) -> None:
        """Says in Redis how far the followers are, and trims what all of them have read."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                for follower in self.followers:
                    if follower.holds():
                        await self._note_position(follower)
                if self.publisher is not None:
                    await self._trim(self.publisher.stream)
            except Exception as error:  # noqa: BLE001 - a round of housekeeping may be missed
                log.info("housekeeping put off", name=self.name, error=error)

    async def _note_position(self, follower: Follower) -> None:
        await follower.keep_position()
        seq = (await follower.position()).seq
        if self._noted.get(follower.stream) != seq:
            await self._redis.hset(_positions_key(follower.stream), self.name, seq)
            self._noted[follower.stream] = seq

    async def _trim(self, stream: str) -> None:
        """By MINID, never by MAXLEN: only what the slowest known follower has behind it may go."""
        known: Any = await self._redis.hvals(_positions_key(stream))
        below = min((int(seq) for seq in known), default=0) - KEEP_MARGIN_EVENTS
        if below > self._trimmed:
            await self._redis.xtrim(stream, minid=f"{below}-0", approximate=True)
            self._trimmed = below

    async def _close(self) -> None:
        for follower in self.followers:
            await follower.close()
        if self.publisher is not None:
            await self.publisher.close()
        await self._redis.aclose()


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels until it holds: a library that is interrupted while connecting may swallow a cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)


def _positions_key(stream: str) -> str:
    return f"{stream}.positions"


async def _parse(message: Any) -> RedisBatchStreamMessage:
    """Keeps the entries as they came: the follower needs their exact bytes."""
    return RedisBatchStreamMessage(raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=None)


async def _decode(message: RedisBatchStreamMessage) -> Entries:
    raw: Any = message.raw_message
    ids, entries = raw["message_ids"], raw["data"]
    return [(int(i.split(b"-")[0]), fields.get(FIELD, b"")) for i, fields in zip(ids, entries, strict=True)]
