"""What the OpenAPI document says about answers, the same for every address."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from services.registry.commands.model import View
from shared.runtime import plain_yaml
from shared.runtime.openapi import problems

SUMMARIES = Path(__file__).with_name("summaries.yaml")
INDONESIAN = "x-summary-id"


def speak_indonesian(routers: Iterable[APIRouter]) -> None:
    """Puts the Indonesian summary of each address into the OpenAPI document, beside the English one."""
    summaries = plain_yaml.read(SUMMARIES)
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and route.name in summaries:
            route.openapi_extra = {**(route.openapi_extra or {}), INDONESIAN: summaries[route.name]}


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADERS: dict[str, Any] = {
    "ETag": {"description": "Version of the record.", "schema": {"type": "string"}},
    "Bersinar-Event-Id": {"description": "Ids of the events emitted (the first 16).", "schema": {"type": "string"}},
}


def creates(view: type[View], *more: int) -> dict[str, Any]:
    """Arguments of a POST route that makes a record; ``more`` statuses it can answer with."""
    return _writes(view, 201, "Recorded", 400, 401, 403, 404, 409, 413, 415, 422, *more)


def changes(view: type[View]) -> dict[str, Any]:
    """Arguments of a POST route that moves a record on."""
    return _writes(view, 200, "Recorded", 400, 401, 403, 404, 409, 410, 412, 413, 415, 422)


def tells(view: type[View]) -> dict[str, Any]:
    """Arguments of a POST route that is carried out whatever version the record has: it has no reading to compare."""
    return _writes(view, 200, "Recorded", 400, 401, 403, 404, 409, 413, 415, 422)


def replaces(view: type[View], *, makes: bool = False) -> dict[str, Any]:
    """Arguments of a PUT or PATCH route; with ``makes`` it also makes what wasn't there."""
    found = _writes(view, 200, "Replaced", 400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428)
    if makes:
        found["responses"][201] = {**found["responses"][200], "description": "Recorded"}
    return found


def shows(view: type[View], *more: int) -> dict[str, Any]:
    """Arguments of a GET route of one record; ``more`` statuses it can answer with."""
    found = {"model": view, "description": "The record", "headers": {"ETag": _HEADERS["ETag"]}}
    refused = problems(400, 401, 403, 404, 410, 422, *more)
    return {"responses": {200: found, 304: {"description": "Not changed"}, **refused}}


def finds(view: type[View]) -> dict[str, Any]:
    """Arguments of a POST route that only looks."""
    found = {"model": view, "description": "What was found"}
    return {"responses": {200: found, **problems(400, 401, 413, 415, 422)}}


def lists() -> dict[str, Any]:
    """Arguments of a GET route of a list: a page as JSON, or with another ``Accept`` the whole list as a file."""
    files: dict[str, Any] = {
        media: {"schema": {"type": "string"}} for media in ("text/csv", XLSX, "application/x-ndjson")
    }
    found = {"description": "A page, or the whole list as a file, by `Accept`", "content": files}
    return {"responses": {200: found, **problems(400, 401, 403, 422)}}


def _writes(view: type[View], status: int, description: str, *refusals: int) -> dict[str, Any]:
    done = {"model": view, "description": description, "headers": _HEADERS}
    return {"status_code": status, "responses": {status: done, **problems(*refusals)}}
