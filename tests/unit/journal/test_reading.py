"""What comes off the wire is read as redis-py reads it, wherever the packets are cut."""

import asyncio
from itertools import pairwise
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis._parsers.resp3 import _AsyncRESP3Parser
from redis.exceptions import ConnectionError as ConnectionLostError

from shared.journal.reading import EntryParser


def bulk(text: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(text), text)


def entry(seq: int, fields: list[bytes]) -> bytes:
    return b"*2\r\n" + bulk(b"%d-0" % seq) + b"*%d\r\n" % len(fields) + b"".join(map(bulk, fields))


def streams(entries: list[bytes]) -> bytes:
    return b"%1\r\n" + bulk(b"node.registry") + b"*%d\r\n" % len(entries) + b"".join(entries)


def reader_of(answers: bytes, cuts: list[int]) -> Any:
    """A connection's reader whose packets end at the cuts."""
    stream = asyncio.StreamReader()
    places = [0, *sorted(cut % len(answers) for cut in cuts), len(answers)]
    packets = [answers[a:b] for a, b in pairwise(places) if a < b]

    async def read(_: int) -> bytes:
        return packets.pop(0) if packets else b""

    stream.feed_data(answers)
    stream.feed_eof()
    return stream, Mock(read=read)


async def answers_of(kind: type[Any], reader: Any, count: int) -> list[Any]:
    parser = kind(65_536)
    parser.on_connect(Mock(_reader=reader, encoder=Mock(decode=lambda value: value)))
    return [await parser.read_response() for _ in range(count)]


BODIES = st.one_of(st.binary(max_size=40), st.sampled_from([b"", b"\r\n", b'{"a":"*2\\r\\n"}', b"*2\r\n$1\r\n1\r\n"]))
FIELDS = st.one_of(
    BODIES.map(lambda body: [b"event", body]),
    st.lists(BODIES, min_size=1, max_size=2).map(lambda parts: [p for part in parts for p in (b"other", part)]),
)


@given(st.lists(st.lists(FIELDS, max_size=5), min_size=1, max_size=3), st.lists(st.integers(0, 10_000), max_size=8))
@settings(max_examples=150, deadline=None)
def test_entries_come_out_as_redis_py_reads_them(answers: list[list[list[bytes]]], cuts: list[int]) -> None:
    wire = b""
    for number, fields in enumerate(answers, 1):
        wire += streams([entry(number * 10 + place, own) for place, own in enumerate(fields)]) + b":7\r\n"
    count = 2 * len(answers)

    async def both() -> tuple[list[Any], list[Any]]:
        whole, cut = reader_of(wire, cuts)
        return await answers_of(EntryParser, cut, count), await answers_of(_AsyncRESP3Parser, whole, count)

    own, theirs = asyncio.run(both())
    assert own == theirs


@pytest.mark.parametrize("cut", [b"", b"%1\r\n$13\r\nnode.reg", streams([entry(1, [b"event", b"{}"])])[:-3]])
async def test_a_connection_that_ends_in_the_middle_is_an_error(cut: bytes) -> None:
    packets = [cut, b""]

    async def read(_: int) -> bytes:
        return packets.pop(0)

    with pytest.raises(ConnectionLostError):
        await answers_of(EntryParser, Mock(read=read), 1)
