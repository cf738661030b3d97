"""What the OpenAPI document says about answers, the same for every address."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.registry.commands.model import View
from shared.runtime import plain_yaml

SUMMARIES = Path(__file__).with_name("summaries.yaml")
INDONESIAN = "x-summary-id"


def speak_indonesian(routers: Iterable[APIRouter]) -> None:
    """Puts the Indonesian summary of each address into the OpenAPI document, beside the English one."""
    summaries = plain_yaml.read(SUMMARIES)
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and route.name in summaries:
            route.openapi_extra = {**(route.openapi_extra or {}), INDONESIAN: summaries[route.name]}


class FieldError(BaseModel):
    """What is wrong with one field, and what to do about it."""

    field: str
    detail: str
    remedy: str | None = None


class ProblemDocument(BaseModel):
    """RFC 9457. Never quotes what was typed."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    remedy: str | None = None
    errors: list[FieldError] = []


_EXAMPLE = {
    "type": "urn:bersinar:problem:nik-shape",
    "title": "Isian belum benar",
    "status": 422,
    "detail": "NIK harus 16 angka.",
    "instance": "/v1/participants",
    "remedy": "Salin NIK dari KTP tanpa spasi atau tanda baca.",
    "errors": [
        {
            "field": "nik",
            "detail": "NIK harus 16 angka.",
            "remedy": "Salin NIK dari KTP tanpa spasi atau tanda baca.",
        }
    ],
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REASONS = {
    400: "The request can't be read",
    401: "No valid token",
    403: "No role of the caller may do this, or not in this part of the country",
    404: "No such record",
    410: "No longer there",
    409: "In conflict with what is recorded",
    412: "The record changed since it was read; the answer carries the current ETag",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "A field is missing or wrong",
    429: "Too many wrong passwords; Retry-After says how many seconds to wait",
    428: "If-Match is missing",
    503: "Another service of the node is not answering; nothing was changed",
}
_HEADERS: dict[str, Any] = {
    "ETag": {"description": "Version of the record.", "schema": {"type": "string"}},
    "Bersinar-Event-Id": {"description": "Ids of the events emitted (the first 16).", "schema": {"type": "string"}},
}


@cache
def _schema() -> dict[str, Any]:
    """The schema in one piece: a reference would have to point into the document it ends up in."""
    schema = ProblemDocument.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["FieldError"]
    return schema


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers an address can give."""
    content = {"application/problem+json": {"schema": _schema(), "example": _EXAMPLE}}
    return {status: {"description": _REASONS[status], "content": content} for status in statuses}


def creates(view: type[View], *more: int) -> dict[str, Any]:
    """Arguments of a POST route that makes a record; ``more`` statuses it can answer with."""
    return _writes(view, 201, "Recorded", 400, 401, 403, 404, 409, 413, 415, 422, *more)


def changes(view: type[View]) -> dict[str, Any]:
    """Arguments of a POST route that moves a record on."""
    return _writes(view, 200, "Recorded", 400, 401, 403, 404, 409, 410, 412, 413, 415, 422)


def replaces(view: type[View]) -> dict[str, Any]:
    """Arguments of a PUT or PATCH route."""
    return _writes(view, 200, "Replaced", 400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428)


def shows(view: type[View]) -> dict[str, Any]:
    """Arguments of a GET route of one record."""
    found = {"model": view, "description": "The record", "headers": {"ETag": _HEADERS["ETag"]}}
    return {"responses": {200: found, 304: {"description": "Not changed"}, **problems(400, 401, 403, 404, 410, 422)}}


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
