"""The dashboard's push, as a command sees it: server-sent events with the moment each arrived."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from shared.runtime.tls import trusted

CONNECT_TIMEOUT_SECONDS = 10.0
KEPT_MESSAGES_MAX = 1_000


@dataclass(frozen=True)
class Message:
    """One push. ``arrived`` is on this process' monotonic clock (``time.perf_counter``)."""

    kind: str
    data: dict[str, Any]
    arrived: float

    @property
    def causes(self) -> frozenset[str]:
        """Ids of the events behind it."""
        return frozenset(str(cause) for cause in self.data.get("causes", ()))


class LivePush:
    """An open connection to ``GET /live``; :meth:`caused_by` waits for what an event brought about."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._news = asyncio.Condition()
        self.opened = asyncio.Event()

    async def caused_by(self, event_ids: frozenset[str], kind: str, timeout_seconds: float) -> Message | None:
        """The first push of this kind that one of the events caused; when none comes in time, the first of any kind."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds), self._news:
                await self._news.wait_for(lambda: any(m.kind == kind for m in self._caused(event_ids)))
        found = self._caused(event_ids)
        return next((message for message in found if message.kind == kind), found[0] if found else None)

    def _caused(self, event_ids: frozenset[str]) -> list[Message]:
        return [message for message in self._messages if message.causes & event_ids]

    async def read(self, client: httpx.AsyncClient, region: str) -> None:
        """Read until cancelled, connecting again from the last id when the connection goes."""
        last_id: str | None = None
        while True:
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
            with contextlib.suppress(httpx.TransportError):
                async with client.stream("GET", "/live", params={"region": region}, headers=headers) as answer:
                    answer.raise_for_status()
                    self.opened.set()
                    async for message, seen_id in _messages(answer.aiter_lines()):
                        last_id = seen_id or last_id
                        await self._keep(message)
            await asyncio.sleep(0.5)

    async def _keep(self, message: Message) -> None:
        async with self._news:
            self._messages = [*self._messages[-KEPT_MESSAGES_MAX:], message]
            self._news.notify_all()


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[tuple[Message, str | None]]:
    """Messages of an event stream: lines are ``field: value``, and an empty line ends a message."""
    kind, data, seen_id = "message", list[str](), None
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                kind = value
            elif name == "data":
                data.append(value)
            elif name == "id":
                seen_id = value
            continue
        if data:
            yield Message(kind, json.loads("\n".join(data)), time.perf_counter()), seen_id
        kind, data = "message", []


@asynccontextmanager
async def watching(base_url: str, headers: dict[str, str], region: str) -> AsyncIterator[LivePush]:
    """An open push of a city. Raises TimeoutError when the dashboard doesn't open it in time."""
    push = LivePush()
    timeout = httpx.Timeout(CONNECT_TIMEOUT_SECONDS, read=60.0)
    async with httpx.AsyncClient(
        base_url=base_url, headers=headers, timeout=timeout, trust_env=False, verify=trusted()
    ) as client:
        reader = asyncio.create_task(push.read(client, region))
        opened = asyncio.create_task(push.opened.wait())
        try:
            await asyncio.wait((reader, opened), timeout=CONNECT_TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if reader.done():
                await reader  # raises what ended it
            if not push.opened.is_set():
                raise TimeoutError(f"{base_url}/live did not open")
            yield push
        finally:
            for task in (reader, opened):
                task.cancel()
            await asyncio.gather(reader, opened, return_exceptions=True)
