"""The one page that is open to everybody: a survey, answered by invitation and without a name.

The invitation's token stands after the # of the address and travels in bodies only, so that no log, history or
referrer holds it. What is asked and what is answered passes through to the registry; nothing of it is kept here.
"""

from collections.abc import Mapping
from typing import Annotated

import httpx
from fastapi import Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from services.dashboard.http.pages import HEADERS
from services.dashboard.rendering import Pages
from shared.runtime.web import Routes

OPEN_PATH = "/isi"
BODY_MAX_BYTES = 16_384
_KEPT = ("content-type", "content-language", "idempotent-replayed")
_SHELL = {**HEADERS, "Cache-Control": "no-cache"}
_SHELL["Content-Security-Policy"] = HEADERS["Content-Security-Policy"] + "; worker-src 'self'"


def answering_router(pages: Pages, registry: httpx.AsyncClient) -> Routes:
    """``/isi``: the page, and the two calls it makes."""
    router = Routes(prefix=OPEN_PATH, include_in_schema=False)

    @router.get("")
    async def survey_page() -> Response:
        return HTMLResponse(pages.answering(), headers=_SHELL)

    @router.get("/pekerja.js")
    async def survey_worker() -> Response:
        # It looks after /isi and nothing else; without the header, a browser would let it have /isi/ only.
        headers = {**_SHELL, "Service-Worker-Allowed": OPEN_PATH}
        return Response(pages.static("isi-worker.js"), media_type="text/javascript", headers=headers)

    @router.post("/buka")
    async def open_invitation(request: Request) -> Response:
        return await _passed(registry, "/v1/survey-links/open", request, {})

    @router.post("/kirim")
    async def send_answers(request: Request, idempotency_key: Annotated[str, Header(max_length=64)]) -> Response:
        return await _passed(registry, "/v1/survey-links/answer", request, {"Idempotency-Key": idempotency_key})

    return router


async def _passed(registry: httpx.AsyncClient, path: str, request: Request, more: Mapping[str, str]) -> Response:
    """The registry's own answer; 503 while it can't be reached: the page then keeps everything and tries again."""
    body = await request.body()
    if len(body) > BODY_MAX_BYTES:
        return JSONResponse({"detail": "too large"}, 413)
    language = request.headers.get("accept-language", "id")[:64]
    headers = {"Content-Type": "application/json", "Accept-Language": language, **more}
    try:
        answer = await registry.post(path, content=body, headers=headers)
    except httpx.HTTPError:
        return JSONResponse({"detail": "unreachable"}, 503)
    kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    return Response(answer.content, answer.status_code, {**kept, "Cache-Control": "no-store"})
