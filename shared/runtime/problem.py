"""Refusals people can act on: RFC 9457 problem documents that name the field and the remedy."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from shared.runtime.language import in_indonesian, speaks_english

FIELD_NAME = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]{0,39}|\d{1,6}")
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal with its HTTP status. ``detail`` and ``remedy`` are sentences and never quote personal input."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        detail: str,
        field: str | None = None,
        remedy: str | None = None,
        type: str = "about:blank",
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.type = status, title, detail, type
        self.errors = [_field_error(field, detail, remedy)] if field else []
        self.remedy, self.headers, self.extra = remedy, dict(headers or {}), dict(extra or {})

    def document(self, instance: str) -> dict[str, Any]:
        """The JSON document, with the path it answers."""
        body: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        if self.remedy:
            body["remedy"] = self.remedy
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


def _field_error(field: str, detail: str, remedy: str | None) -> dict[str, str]:
    error = {"field": field, "detail": detail}
    return error | {"remedy": remedy} if remedy else error


def response(problem: Problem, instance: str) -> JSONResponse:
    """The problem as an HTTP answer."""
    return JSONResponse(
        problem.document(instance), status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def _of_validation(errors: Sequence[Any], *, english: bool) -> Problem:
    if any(error["type"] == "json_invalid" for error in errors):
        if english:
            return Problem(
                400, "Malformed JSON", detail="The body is not JSON.", field="body", remedy="Send valid JSON."
            )
        return Problem(
            400,
            "JSON tidak terbaca",
            detail="Isi permintaan bukan JSON.",
            field="body",
            remedy="Kirim JSON yang benar.",
        )
    title, detail = _INVALID[english]
    problem = Problem(422, title, detail=detail)
    # pydantic's "input" is left out on purpose: what was typed may be a person's name or NIK.
    problem.errors = [
        _field_error(
            _field_name(error["loc"]),
            error["msg"] if english else in_indonesian(error["type"], error.get("ctx") or {}),
            _remedy(error["type"], english=english),
        )
        for error in errors
    ]
    return problem


_INVALID = {
    True: ("Invalid input", "Some fields are missing or not as they should be."),
    False: ("Isian belum benar", "Ada isian yang belum diisi atau belum benar."),
}


def _field_name(place: Sequence[str | int]) -> str:
    """The dotted path of a field. A key that is no field name isn't repeated: it's input like any other."""
    parts = [str(part) for part in place[1:]] or [str(place[0])]
    return ".".join(part if FIELD_NAME.fullmatch(part) else "(unknown)" for part in parts)


def _remedy(kind: str, *, english: bool) -> str:
    return _REMEDIES[english].get(kind, _REMEDIES[english][""])


_REMEDIES: Mapping[bool, Mapping[str, str]] = {
    True: {
        "missing": "Send this field.",
        "extra_forbidden": "Leave this field out.",
        "": "Correct this field and send the request again; nothing was changed.",
    },
    False: {
        "missing": "Lengkapi isian ini.",
        "extra_forbidden": "Hapus isian ini.",
        "": "Perbaiki isian ini dan kirim lagi; belum ada yang berubah.",
    },
}
_HTTP_ID: Mapping[int, str] = {404: "Alamat ini tidak ada", 405: "Alamat ini tidak menerima metode itu"}


def _allowed(request: Request) -> str:
    """Every method an address takes: the router, with a route for each, names the first one's only."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    paths = [route.path for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    path = min(paths, key=lambda path: path.count("{"), default=None)
    return ", ".join(sorted({method for route in routes if route.path == path for method in route.methods or ()}))


def install(app: FastAPI) -> None:
    """Makes every refusal of an app a problem document."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, error: Problem) -> JSONResponse:
        return response(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return _worded(_of_validation(error.errors(), english=_english(request)), request)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        said = str(error.detail) if _english(request) else _HTTP_ID.get(error.status_code, str(error.detail))
        return _worded(Problem(error.status_code, said, detail=said, headers=headers), request)


def _english(request: Request) -> bool:
    return speaks_english(request.headers.get("accept-language", ""))


def _worded(problem: Problem, request: Request) -> JSONResponse:
    answer = response(problem, request.url.path)
    answer.headers["Content-Language"] = "en" if _english(request) else "id"
    return answer
