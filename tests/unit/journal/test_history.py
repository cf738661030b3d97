"""Reading another service's journal over HTTP."""

import gc
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.contracts.envelope import wire
from shared.journal import HttpHistory
from shared.journal.history import seq_of

PAGE = [wire('{"filler":"' + "x" * 1_000 + '"}', seq, "0" * 64) for seq in range(1, 1_001)]


class Parts(httpx.AsyncByteStream):
    """A body that comes in two parts."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        half = len(self.content) // 2
        yield self.content[:half]
        yield self.content[half:]


def reading(handler: httpx.MockTransport) -> HttpHistory:
    """A history whose producer is this handler."""
    history = HttpHistory("http://registry", "token")
    history._client = httpx.AsyncClient(base_url="http://registry", transport=handler)
    return history


async def test_entries_come_byte_for_byte_with_their_sequence() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"".join(entry + b"\n" for entry in PAGE[:3]))

    history = reading(httpx.MockTransport(answer))
    assert await history.fetch("3276.registry", 0, 3) == [(1, PAGE[0]), (2, PAGE[1]), (3, PAGE[2])]
    assert (asked[0].url.path, dict(asked[0].url.params)) == ("/journal/3276.registry", {"after": "0", "limit": "3"})
    await history.close()


async def test_a_refusal_is_an_error() -> None:
    history = reading(httpx.MockTransport(lambda _: httpx.Response(404)))
    with pytest.raises(httpx.HTTPStatusError):
        await history.fetch("nobody", 0, 1)
    await history.close()


async def test_pages_that_were_read_are_not_kept_until_the_collector_comes() -> None:
    """A replay reads a thousand of them, and looks for garbage seldom."""
    whole = b"".join(entry + b"\n" for entry in PAGE)
    history = reading(httpx.MockTransport(lambda _: httpx.Response(200, stream=Parts(whole))))
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            assert len(await history.fetch("3276.registry", 0, 1_000)) == 1_000
        assert tracemalloc.get_traced_memory()[0] < len(whole) / 2
    finally:
        tracemalloc.stop()
        gc.enable()
    await history.close()


def test_an_entry_that_does_not_begin_with_its_sequence_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not begin with its sequence"):
        seq_of(b'{"specversion":"1.0"}')
