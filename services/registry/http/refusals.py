"""Refusals of the rules, as RFC 9457 problems in the caller's language."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.registry.commands.signing import LockedOut
from services.registry.domain.refusal import Refusal, StaleVersion
from services.registry.http.wording import TITLES, WORDINGS
from services.registry.http.wording.states import in_indonesian
from shared.runtime import problem
from shared.runtime.language import speaks_english
from shared.runtime.problem import Problem


def as_problem(refusal: Refusal, *, english: bool) -> Problem:
    """The problem document of a refusal; a stale version comes with the current ETag."""
    entry = WORDINGS[refusal.code]
    wording = entry.en if english else entry.id
    values = refusal.values if english else in_indonesian(refusal.values)
    return Problem(
        entry.status,
        TITLES[entry.status][1 if english else 0],
        detail=wording.detail.format(**values),
        field=refusal.field,
        remedy=wording.remedy.format(**values),
        type=f"urn:bersinar:problem:{refusal.code.replace('_', '-')}",
        headers=_headers(refusal),
    )


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
        english = speaks_english(request.headers.get("accept-language", ""))
        answer = problem.response(as_problem(refusal, english=english), request.url.path)
        answer.headers["Content-Language"] = "en" if english else "id"
        return answer
