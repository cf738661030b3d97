"""How many events are still on their way to the page: what the streams hold against what was applied."""

import asyncio
import time
from collections.abc import Sequence

import httpx
from redis.exceptions import RedisError

from shared.journal import Follower, Streams

CHECK_SECONDS = 2.0
TIMEOUT_SECONDS = 0.5


class Progress:
    """Looks at most every two seconds, and only when somebody asks."""

    def __init__(
        self, streams: Streams, followers: Sequence[Follower], registry: str, client: httpx.AsyncClient
    ) -> None:
        self._streams, self._followers, self._registry = streams, tuple(followers), registry
        self._scoring = client
        self._underway: int | None = None
        self._checked_at = -CHECK_SECONDS
        self._one = asyncio.Lock()

    async def underway(self) -> int | None:
        """Events recorded here but not on the page yet; ``None`` when a part of the way can't be seen."""
        async with self._one:
            if time.monotonic() - self._checked_at >= CHECK_SECONDS:
                self._underway = await self._look()
                self._checked_at = time.monotonic()
        return self._underway

    async def _look(self) -> int | None:
        try:
            behind = [await self._behind(follower) for follower in self._followers]
            return sum(behind) + await self._unscored()
        except (RedisError, OSError, httpx.HTTPError, LookupError):
            return None

    async def _behind(self, follower: Follower) -> int:
        return max(0, await self._streams.head(follower.stream) - (await follower.position()).seq)

    async def _unscored(self) -> int:
        answer = (await self._scoring.get("/streams", timeout=TIMEOUT_SECONDS)).raise_for_status().json()
        found = [f["sequence"] for f in answer["followers"] if f["stream"] == self._registry]
        return max(0, await self._streams.head(self._registry) - int(found[0]))

    async def close(self) -> None:
        """Closes the connection to scoring."""
        await self._scoring.aclose()
