"""Refusals of the rules, as RFC 9457 problems in the caller's language."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.registry.commands.signing import LockedOut
from services.registry.domain.refusal import Refusal, StaleVersion
from services.registry.http.wording import WORDINGS
from services.registry.http.wording.states import in_indonesian
from shared.runtime import wording
from shared.runtime.problem import Problem


def as_problem(refusal: Refusal, *, english: bool) -> Problem:
    """The problem document of a refusal; a stale version comes with the current ETag."""
    values = refusal.values if english else in_indonesian(refusal.values)
    entry = WORDINGS[refusal.code]
    return entry.problem(refusal.code, refusal.field, values, english=english, headers=_headers(refusal))


def _headers(refusal: Refusal) -> dict[str, str] | None:
    if isinstance(refusal, StaleVersion):
        return {"ETag": f'"{refusal.version}"'}
    if isinstance(refusal, LockedOut):
        return {"Retry-After": str(refusal.seconds)}
    return {"WWW-Authenticate": "Bearer"} if refusal.code == "sign_in_wrong" else None


def install(app: FastAPI) -> None:
    """Makes every refusal of the rules a problem document."""

    @app.exception_handler(Refusal)
    async def on_refusal(request: Request, refusal: Refusal) -> JSONResponse:
        return wording.answer(request, lambda english: as_problem(refusal, english=english))
