"""One writing request: its preconditions, the transaction, the answer, and the answer again when it is repeated."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVarTuple

from fastapi import Depends, Header, Request, Response
from prometheus_client import Counter

from services.registry.commands.model import AnyEvent, Match, Written
from services.registry.commands.office import Office
from services.registry.domain.refusal import Refusal
from services.registry.storage import answers
from services.registry.storage.rows import Row
from shared import access
from shared.journal import Unit

EVENT_HEADER = "Bersinar-Event-Id"
REPLAYED = "Idempotent-Replayed"
EVENT_HEADER_MAX_IDS = 16
"""A batch names all its events in the body; a header of hundreds of ids would be too long for many servers."""

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
WRITES = Counter("bersinar_registry_writes_total", "Writing requests that succeeded", ["command", "answer"])

Ts = TypeVarTuple("Ts")


class Exchange:
    """A writing request on its way through a command."""

    def __init__(self, request: Request, key: str | None, match: Match | None) -> None:
        self.office: Office = request.app.state.office.for_actor(access.current())
        self.match = match
        self.said: str | None = None
        """What stands for the body where it is a file and was read already: its digest."""
        self._request, self._key = request, key

    async def write(
        self,
        command: Callable[[Unit, Office, *Ts], Awaitable[Written]],
        *arguments: *Ts,
    ) -> Response:
        """Runs a command in one transaction with its events and, where the request has a key, its answer."""
        name = f"{command.__module__.rpartition('.')[2]}.{command.__name__}"
        if self._key is None:
            async with self.office.journal.writing() as unit:
                answer = _answer(await command(unit, self.office, *arguments), unit.events)
        else:
            key_index, fingerprint = await self._fingerprints(self._key)
            async with self.office.journal.writing() as unit:
                earlier = await answers.claim(unit.connection, key_index, fingerprint)
                if earlier is not None:
                    WRITES.labels(name, "repeated").inc()
                    return _again(earlier, fingerprint)
                answer = _answer(await command(unit, self.office, *arguments), unit.events)
                body, headers = bytes(answer.body).decode(), _kept_headers(answer)
                await answers.keep(unit.connection, key_index, answer.status_code, body, headers)
        WRITES.labels(name, "written").inc()
        return answer

    async def _fingerprints(self, key: str) -> tuple[str, str]:
        """Keyed hashes of the key and of what was asked: a body may hold a NIK, which a plain hash would betray."""
        asked = f"{self._request.method} {self._request.url.path}"
        body = self.said or json.dumps(
            await self._request.json() if await self._request.body() else None, sort_keys=True
        )
        index = self.office.keyring.blind_index
        return index(key, "idempotency.key"), index(f"{asked}\0{body}", "idempotency.body")


def _answer(written: Written, events: Sequence[AnyEvent]) -> Response:
    headers = {}
    if written.version is not None:
        headers["ETag"] = f'"{written.version}"'
    if written.location is not None:
        headers["Location"] = written.location
    if events:
        headers[EVENT_HEADER] = ",".join(event.id for event in events[:EVENT_HEADER_MAX_IDS])
    status = 200 if written.location is None else 201
    return Response(written.view.model_dump_json(), status, headers, "application/json")


def _kept_headers(answer: Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in ("etag", "location", EVENT_HEADER) if name in answer.headers}


def _again(earlier: Row, fingerprint: str) -> Response:
    if earlier["fingerprint"] != fingerprint:
        raise Refusal("body_differs", "Idempotency-Key")
    return Response(earlier["body"], earlier["status"], {**earlier["headers"], REPLAYED: "true"}, "application/json")


def parse_match(if_match: str | None) -> Match | None:
    """The versions named by an ``If-Match`` header; one that can't be read names none and so matches nothing."""
    if if_match is None:
        return None
    if if_match.strip() == "*":
        return Match(any_version=True)
    return Match(frozenset(int(version) for version in _ETAG.findall(if_match)))


def check_address(request: Request) -> None:
    """Refuses what PostgreSQL can't compare with anything: a NUL in the path or the query."""
    if "\0" in request.url.path or b"%00" in request.scope["query_string"]:
        raise Refusal("address_unreadable")


IfMatch = Annotated[str | None, Header(description="ETag of the record as you read it.")]


async def _posting(
    request: Request,
    idempotency_key: Annotated[
        str | None, Header(description="Any text of your own: the same key with the same body is carried out once.")
    ] = None,
    if_match: IfMatch = None,
) -> Exchange:
    check_address(request)
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise Refusal("key_unreadable", "Idempotency-Key")
    return Exchange(request, idempotency_key, parse_match(if_match))


async def _replacing(request: Request, if_match: IfMatch = None) -> Exchange:
    check_address(request)
    return Exchange(request, None, parse_match(if_match))


Posting = Annotated[Exchange, Depends(_posting)]
"""For POST: takes an ``Idempotency-Key``."""

Replacing = Annotated[Exchange, Depends(_replacing)]
"""For PUT and PATCH: takes the ETag of what is replaced."""


async def _ending(request: Request) -> Exchange:
    check_address(request)
    return Exchange(request, None, None)


Ending = Annotated[Exchange, Depends(_ending)]
"""For what only comes to an end: it has no version that could have passed."""
