"""Where a follower gets what Redis no longer has: the producer's journal, over HTTP."""

from typing import Protocol

import httpx

from shared.contracts.envelope import SEQUENCE_PREFIX
from shared.runtime.tls import trusted

TIMEOUT_SECONDS = 10.0


class History(Protocol):
    """A journal that can be read from anywhere in its past."""

    async def fetch(self, stream: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Up to ``limit`` entries after a sequence, in order, byte for byte as they are in the stream."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


class HttpHistory:
    """Reads ``GET {url}/journal/{stream}``: one entry a line."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted(),
        )

    async def fetch(self, stream: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Raises httpx.HTTPError when the producer can't be reached or refuses."""
        asked = self._client.stream("GET", f"/journal/{stream}", params={"after": after, "limit": limit})
        async with asked as answer:
            answer.raise_for_status()
            # Read in parts: an answer would keep the whole until the collector finds it, and it looks seldom.
            content = b"".join([part async for part in answer.aiter_bytes()])
        return [(seq_of(line), line) for line in content.split(b"\n") if line]

    async def close(self) -> None:
        """Closes the client."""
        await self._client.aclose()


def seq_of(entry: bytes) -> int:
    """The sequence in an entry's first field. Raises ValueError when the entry doesn't begin with one."""
    if not entry.startswith(SEQUENCE_PREFIX):
        raise ValueError("the entry does not begin with its sequence")
    return int(entry[len(SEQUENCE_PREFIX) : entry.index(b'"', len(SEQUENCE_PREFIX))])
