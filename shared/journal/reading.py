"""Reading stream entries off the wire, hundreds to an answer, without a step for each of their parts.

redis-py's own parser awaits every length, id, field and value by itself, which takes as long as everything a follower
then does with the entry. Here an entry that has come in whole is taken in one step; whatever else an answer holds is
read as redis-py reads it.
"""

import re
from typing import Any

from redis._parsers.resp3 import _AsyncRESP3Parser
from redis.exceptions import ConnectionError as ConnectionLostError

from shared.journal.publisher import FIELD

READ_MAX_BYTES = 1 << 20
ENTRY = re.compile(rb"\*2\r\n\$\d+\r\n([^\r]+)\r\n\*2\r\n\$%d\r\n%s\r\n\$(\d+)\r\n" % (len(FIELD), FIELD))


class EntryParser(_AsyncRESP3Parser):
    """For a connection that keeps answers as bytes."""

    _buffer: bytes
    _pos: int

    async def read_response(self, disable_decoding: bool = False, push_request: bool = False) -> Any:
        """One answer. What came in behind it stays for the next."""
        self._pos = 0
        answer = await self._read_response(disable_decoding, push_request)
        self._buffer = self._buffer[self._pos :]
        self._pos = 0
        return answer

    async def _read_response(self, disable_decoding: bool = False, push_request: bool = False) -> Any:
        entry = self._entry()
        if entry is not None:
            return entry
        return await super()._read_response(disable_decoding, push_request)

    def _entry(self) -> list[object] | None:
        """The entry that begins here, when it's one with a single field and all of it has come in."""
        begins = ENTRY.match(self._buffer, self._pos)
        if begins is None:
            return None
        start = begins.end()
        end = start + int(begins[2])
        if len(self._buffer) < end + 2:
            return None
        self._pos = end + 2
        return [begins[1], [FIELD, self._buffer[start:end]]]

    async def _read(self, length: int) -> bytes:
        end = self._pos + length
        while len(self._buffer) < end + 2:
            await self._more()
        found = self._buffer[self._pos : end]
        self._pos = end + 2
        return found

    async def _readline(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._pos)) < 0:
            await self._more()
        found = self._buffer[self._pos : end]
        self._pos = end + 2
        return found

    async def _more(self) -> None:
        data = await self._stream.read(READ_MAX_BYTES) if self._stream else b""
        if not data:
            raise ConnectionLostError("the server closed the connection")
        self._buffer += data
