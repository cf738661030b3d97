"""Reading server-sent events, and waiting for what an event brought about."""

import asyncio
from collections.abc import AsyncIterator

from cli.live import LivePush, Message, _messages


async def _lines(text: str) -> AsyncIterator[str]:
    for line in text.split("\n"):
        yield line


async def test_messages_are_read_as_the_standard_says() -> None:
    stream = ': heartbeat\n\nid: 7\nevent: score\ndata: {"causes":\ndata: ["a"]}\n\nevent: empty\n\ndata: {}\n\n'
    found = [(message.kind, message.data, seen) async for message, seen in _messages(_lines(stream))]
    assert found == [("score", {"causes": ["a"]}, "7"), ("message", {}, "7")]


async def test_a_score_is_preferred_and_anything_else_counts_when_none_comes() -> None:
    push = LivePush()
    work = Message("work", {"causes": ["a"]}, 1.0)
    score = Message("score", {"causes": ["a", "b"]}, 2.0)
    await push._keep(work)
    assert await push.caused_by(frozenset({"a"}), "score", 0.01) is work
    waiting = asyncio.create_task(push.caused_by(frozenset({"a"}), "score", 5))
    await asyncio.sleep(0)
    await push._keep(score)
    assert await waiting is score
    assert await push.caused_by(frozenset({"z"}), "score", 0.01) is None
