"""For programs and for open pages: a city as JSON, and the live push as server-sent events."""

import json
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import Annotated

from fastapi import Header, Path, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.dashboard.cities import Cities
from services.dashboard.live import Live
from services.dashboard.progress import Progress
from services.dashboard.shown import hidden, may_open, narrowed
from services.dashboard.storage.pushes import Push
from services.dashboard.view import CityView, Part
from shared.access import current
from shared.runtime import clock
from shared.runtime.openapi import problems
from shared.runtime.problem import Problem
from shared.runtime.web import Routes

RETRY_MS = 2_000
SEND_TIMEOUT_SECONDS = 10.0
LIBRARY_PING_SECONDS = 3_600
"""The library's own comments are not needed: a status message goes out after every silence."""

CODE = r"^\d{2}\.\d{2}$"
_KINDS: dict[str, Part] = {"alert": "alerts"}
"""Kinds of messages that tell what a part of the page shows; the others say that something changed, or how an index
stands."""
_CAUSES = ("movements", "causes")
Year = Annotated[int | None, Query(ge=2015, le=2100, description="Without it, the latest year with a score.")]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20, description="The last id received.")]


def api_router(cities: Cities, live: Live, progress: Progress, heartbeat_seconds: float) -> Routes:
    """``/v1/cities/{region}`` and ``/live``."""
    router = Routes(tags=["city"])

    @router.get("/v1/cities/{region}", summary="Everything on a city's page, without words")
    async def read_city(region: Annotated[str, Path(pattern=CODE)], year: Year = None) -> CityView:
        _refuse_unless_served(cities, region)
        _refuse_unless_yours(region)
        return narrowed(await cities.view(region, year, clock.now(), await progress.underway()), current())

    @router.get(
        "/live",
        summary="Changes of a city as server-sent events: score, alert, published, work, status",
        responses=problems(404, 503),
    )
    async def read_live(
        region: Annotated[str, Query(pattern=CODE, description="Code of a kab/kota, like 32.76.")],
        after: Annotated[int | None, Query(ge=0, description="Go on after this id; Last-Event-ID counts more.")] = None,
        last_event_id: LastEventId = None,
    ) -> EventSourceResponse:
        _refuse_unless_served(cities, region)
        _refuse_unless_yours(region)
        if live.is_full:
            raise Problem(
                503,
                "Too many open pages",
                detail="All live connections of this node are taken.",
                remedy="Close pages that aren't needed, or raise BERSINAR_PUSH_CLIENTS_MAX.",
                headers={"Retry-After": "5"},
            )
        start = int(last_event_id) if last_event_id and last_event_id.isdigit() else after
        if start is None:
            start = await live.newest()
        return EventSourceResponse(
            _messages(live, progress, region, start, heartbeat_seconds, hidden(current(), region)),
            headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
            ping=LIBRARY_PING_SECONDS,
            send_timeout=SEND_TIMEOUT_SECONDS,
        )

    return router


def _refuse_unless_served(cities: Cities, region: str) -> None:
    if region not in cities.places.served:
        served = ", ".join(cities.places.served)
        raise Problem(
            404,
            "City not served here",
            detail=f"This node does not serve {region}.",
            field="region",
            remedy=f"Ask for one of: {served}.",
        )


def _refuse_unless_yours(region: str) -> None:
    if not may_open(current(), region):
        raise Problem(
            403,
            "Not in your area",
            detail=f"No role of yours reaches {region}.",
            field="region",
            remedy="Ask an administrator of the office for a role there, or ask for a city of your own.",
        )


async def _messages(
    live: Live, progress: Progress, region: str, start: int, heartbeat_seconds: float, left_out: Collection[Part]
) -> AsyncGenerator[ServerSentEvent, None]:
    """First how things stand, then every change, and how things stand again after each silence. ``left_out`` are the
    parts of the page that aren't for whoever listens."""
    lost = not await live.knows(start)
    yield _status(await progress.underway(), reset=lost)
    # Closed here, not whenever it is collected: a browser that has gone must free its place at once.
    async with aclosing(live.follow(region, None if lost else start, heartbeat_seconds)) as changes:
        async for push in changes:
            if push is None:
                yield _status(await progress.underway())
            elif push.kind not in _KINDS or _KINDS[push.kind] not in left_out:
                yield _change(push if "feed" not in left_out else _without_causes(push))


def _status(underway: int | None, *, reset: bool = False) -> ServerSentEvent:
    """Without an id, so that a browser keeps the id of the last change. ``reset``: load the page anew, what
    happened meanwhile is no longer kept."""
    data = {"server_time": clock.now().isoformat(), "underway": underway, "reset": reset}
    return ServerSentEvent(data=json.dumps(data), event="status", retry=RETRY_MS)


def _without_causes(push: Push) -> Push:
    """How the numbers stand, without the events that moved them."""
    body = json.loads(push.body)
    for name in _CAUSES:
        body.pop(name, None)
    return push._replace(body=json.dumps(body, separators=(",", ":"), ensure_ascii=False))


def _change(push: Push) -> ServerSentEvent:
    # The stored body is a JSON object; the time it is sent goes in front, without reading it again.
    body = f'{{"server_time":"{clock.now().isoformat()}",{push.body[1:]}'
    return ServerSentEvent(data=body, event=push.kind, id=str(push.id))
