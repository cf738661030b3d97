"""The live push: what was committed goes to every open browser at once, in order, without gaps.

Messages are numbered without a gap (storage/pushes.py). A commit hands its messages over directly; whenever the
numbers don't follow on (two followers' commits crossing, another replica's work) the database is asked instead.
Every browser has a bounded queue: one that falls behind is let go, and resumes with Last-Event-ID.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress

import structlog
from prometheus_client import Counter, Gauge

from services.dashboard.storage import pushes
from services.dashboard.storage.pushes import Push
from shared.runtime.database import Database, is_away

log = structlog.get_logger()

PAGE_MAX = 500
CLIENTS = Gauge("bersinar_live_clients", "Open live connections")
PUSHED = Counter("bersinar_live_pushed_total", "Messages handed to browsers")
DROPPED = Counter("bersinar_live_dropped_total", "Browsers let go because they were too slow")


class TooManyClients(Exception):
    """All live connections are taken."""


class Subscriber:
    """One browser: what waits for it, and whether it has been let go. It gets what is above ``floor``."""

    def __init__(self, region: str, limit: int) -> None:
        self.region, self._limit = region, limit
        self._waiting: deque[Push] = deque()
        self._news = asyncio.Event()
        self.dropped = False
        self.floor = 0

    def offer(self, push: Push) -> None:
        """Takes a message, or lets the browser go when too many wait."""
        if self.dropped or push.id <= self.floor:
            return
        if len(self._waiting) >= self._limit:
            self.dropped = True
            self._waiting.clear()
            DROPPED.inc()
        else:
            self._waiting.append(push)
        self._news.set()

    async def next(self, timeout_seconds: float) -> Push | None:
        """The next message; ``None`` after a silence or when it has been let go."""
        if not self._waiting and not self.dropped:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), timeout_seconds)
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting else None


class Live:
    """Hands messages to subscribers. One for the process."""

    def __init__(self, database: Database, *, queue_max: int, clients_max: int, poll_seconds: float) -> None:
        self._database = database
        self._queue_max, self._clients_max, self._poll_seconds = queue_max, clients_max, poll_seconds
        self._subscribers: set[Subscriber] = set()
        self._last = 0
        self._ready = asyncio.Event()
        self._behind = asyncio.Event()
        self._ended = False

    @property
    def watched(self) -> bool:
        """Whether anybody is looking."""
        return bool(self._subscribers)

    def pushed(self, messages: Sequence[Push]) -> None:
        """Called after a commit with what it numbered."""
        if not self._subscribers:
            self._last = max(self._last, messages[-1].id)
        elif messages[0].id == self._last + 1:
            self._hand_out(messages)
        elif messages[-1].id > self._last:
            self._behind.set()

    def _hand_out(self, messages: Sequence[Push]) -> None:
        for push in messages:
            for subscriber in self._subscribers:
                if subscriber.region == push.region:
                    subscriber.offer(push)
                    PUSHED.inc()
        self._last = messages[-1].id

    @contextmanager
    def _subscribed(self, region: str) -> Iterator[Subscriber]:
        if len(self._subscribers) >= self._clients_max:
            raise TooManyClients
        subscriber = Subscriber(region, self._queue_max)
        self._subscribers.add(subscriber)
        CLIENTS.set(len(self._subscribers))
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)
            CLIENTS.set(len(self._subscribers))

    @property
    def is_full(self) -> bool:
        """Whether another browser would be one too many."""
        return len(self._subscribers) >= self._clients_max

    async def follow(self, region: str, after: int | None, silence_seconds: float) -> AsyncGenerator[Push | None, None]:
        """A region's messages after a number, then each as it comes; ``None`` after a silence. Ends when the
        browser is too slow."""
        await self._ready.wait()
        with self._subscribed(region) as subscriber:
            async with self._database.read() as connection:
                until = await pushes.last_id(connection)
            # Looking for what is newer starts before the past is read out, so nothing falls between the two.
            subscriber.floor = until
            if len(self._subscribers) == 1:
                # Nobody else waits for what came before: another replica may have done a lot meanwhile.
                self._last = max(self._last, until)
            self._behind.set()
            last = until if after is None else after
            async with aclosing(self._past(region, last, until)) as missed:
                async for push in missed:
                    yield push
            last = max(last, until)
            while not subscriber.dropped:
                found = await subscriber.next(silence_seconds)
                if found is None and not subscriber.dropped:
                    yield None
                elif found is not None and found.id > last:
                    last = found.id
                    yield found

    async def _past(self, region: str, after: int, until: int) -> AsyncGenerator[Push, None]:
        while after < until:
            async with self._database.read() as connection:
                page = await pushes.after(connection, after, until=until, region=region, limit=PAGE_MAX)
            for push in page:
                yield push
            after = page[-1].id if len(page) == PAGE_MAX else until

    async def newest(self) -> int:
        """The number of the last message there is."""
        async with self._database.read() as connection:
            return await pushes.last_id(connection)

    async def knows(self, number: int) -> bool:
        """Whether everything after a number can still be sent."""
        async with self._database.read() as connection:
            return await pushes.reaches_back_to(connection, number)

    async def health(self) -> str | None:
        """Why nothing would be pushed any more, or ``None``."""
        return "the live push has stopped" if self._ended else None

    async def run(self) -> None:
        """Reads what wasn't handed over directly: at once when numbers don't follow on, else now and then."""
        try:
            while True:
                self._behind.clear()
                await self._look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._behind.wait(), self._poll_seconds if self.watched else None)
        finally:
            self._ended = True

    async def _look(self) -> None:
        try:
            if not self._ready.is_set():
                self._last = max(self._last, await self.newest())
                self._ready.set()
            await self._catch_up()
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("live push can't read", reason=type(error).__name__)
            await asyncio.sleep(self._poll_seconds)
            self._behind.set()

    async def _catch_up(self) -> None:
        full_page = True
        while full_page and self.watched:
            async with self._database.read() as connection:
                messages = await pushes.after(connection, self._last, limit=PAGE_MAX)
            fresh = [push for push in messages if push.id > self._last]
            if fresh:
                self._hand_out(fresh)
            full_page = len(messages) == PAGE_MAX
