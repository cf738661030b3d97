"""The HTTP shell of every service: bearer token, limits, problem documents, health and metrics."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import ANYONE, NODE, Actor, Permissions, acting_as
from shared.access.check import check, not_signed_in
from shared.runtime import identity, openapi, problem
from shared.runtime.health import Health
from shared.runtime.language import speaks_english
from shared.runtime.problem import Problem

BODY_MAX_BYTES = 1_048_576
GRACEFUL_SHUTDOWN_SECONDS = 5
GARBAGE_THRESHOLD = 50_000
TICK_SECONDS = 0.5
OPEN_PATHS = ("/livez", "/readyz", "/metrics")

JSON_TYPES = ("application/json", "application/x-www-form-urlencoded")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Authenticate = Callable[[Scope], Awaitable[Actor | None]]
"""Who a request comes from; ``None`` when it doesn't say so validly."""


@dataclass(frozen=True)
class Bodies:
    """What bodies an address takes: how large, of which content types."""

    max_bytes: int = BODY_MAX_BYTES
    types: tuple[str, ...] = JSON_TYPES


class Gate:
    """Stands before the app: who may come in, how much they may bring, and of what kind.

    Plain ASGI, so that an open event stream passes through untouched.
    """

    def __init__(
        self, app: ASGIApp, *, authenticate: Authenticate, open_paths: tuple[str, ...], uploads: Mapping[str, Bodies]
    ) -> None:
        self.app, self.authenticate, self.open_paths, self.uploads = app, authenticate, open_paths, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses with a problem document, or lets the request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            actor = await self.authenticate(scope)
        except Problem as unanswered:
            await problem.response(unanswered, scope["path"])(scope, receive, send)
            return
        refusal = self._refusal(scope, actor)
        if refusal is None:
            with acting_as(actor or ANYONE):
                await self._through(scope, receive, send)
        else:
            await problem.response(refusal, scope["path"])(scope, receive, send)

    def _refusal(self, scope: Scope, actor: Actor | None) -> Problem | None:
        path: str = scope["path"]
        headers = dict(scope["headers"])
        english = _english(scope)
        if actor is None and not opens(self.open_paths, path):
            return not_signed_in(english=english)
        bodies = self._bodies(scope)
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > bodies.max_bytes:
            return _too_large(bodies, english=english)
        has_body = int(length) > 0 if length.isdigit() else True
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if scope["method"] in ("POST", "PUT", "PATCH") and has_body and kind.decode("latin-1") not in bodies.types:
            return _wrong_type(bodies.types[0], english=english)
        return None

    def _bodies(self, scope: Scope) -> Bodies:
        return self.uploads.get(scope["path"], Bodies())

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts the body as it comes, for senders that don't say its length."""
        seen, started, bodies = 0, False, self._bodies(scope)

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > bodies.max_bytes:
                raise _BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except _BodyTooLarge:
            if not started:
                refusal = _too_large(bodies, english=_english(scope))
                await problem.response(refusal, scope["path"])(scope, receive, send)


def opens(open_paths: Iterable[str], path: str) -> bool:
    """Whether an address needs no token."""
    return any(path == one or (len(one) > 1 and one.endswith("/") and path.startswith(one)) for one in open_paths)


class _BodyTooLarge(BaseException):
    """Passes every handler of the app on its way to the gate."""


def _english(scope: Scope) -> bool:
    return speaks_english(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))


def _wrong_type(wanted: str, *, english: bool) -> Problem:
    if english:
        title, detail = "Wrong content type", "The body is of a type this address doesn't take."
        remedy = f"Send 'Content-Type: {wanted}'."
    else:
        title, detail = "Jenis isi keliru", "Isi permintaan ini berjenis yang tidak diterima di sini."
        remedy = f"Kirim 'Content-Type: {wanted}'."
    return Problem(415, title, detail=detail, field="Content-Type", remedy=remedy)


def _too_large(bodies: Bodies, *, english: bool) -> Problem:
    if english:
        title, detail = "Body too large", f"The body has more than {bodies.max_bytes} bytes."
        remedy = "Send fewer records at a time."
    else:
        title, detail = "Isi terlalu besar", f"Isi permintaan melebihi {bodies.max_bytes} bita."
        remedy = "Kirim lebih sedikit catatan sekaligus."
    return Problem(413, title, detail=detail, field="body", remedy=remedy)


def bearer(token: str) -> Authenticate:
    """Lets in whoever presents the node's token."""

    async def authenticate(scope: Scope) -> Actor | None:
        presented = presented_token(scope)
        return NODE if presented is not None and identity.valid_token(presented, token) else None

    return authenticate


def presented_token(scope: Scope) -> str | None:
    """The bearer token of a request, if it has one."""
    given: str = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    scheme, _, presented = given.partition(" ")
    return presented.strip() if scheme.lower() == "bearer" else None


class Routes(APIRouter):
    """Routes with the check in each of them, to be taken into an app as they are.

    A router that an app includes is made again, parameter by parameter, at the app's first request: half a second for
    the registry. ``after_check`` is what each request does besides before it is answered.
    """

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str] = (),
        include_in_schema: bool = True,
        after_check: Sequence[Callable[..., Awaitable[None]]] = (),
    ) -> None:
        dependencies = [Depends(one) for one in (check, *after_check)]
        super().__init__(prefix=prefix, tags=list(tags), dependencies=dependencies, include_in_schema=include_in_schema)


def create_app(
    title: str,
    *,
    health: Health,
    routers: Iterable[APIRouter],
    lifespan: Lifespan,
    authenticate: Authenticate,
    permissions: Permissions,
    open_paths: tuple[str, ...] = (),
    description: str = "",
    uploads: Mapping[str, Bodies] = MappingProxyType({}),
) -> FastAPI:
    """The app of a service. ``open_paths`` need no token; one that ends in a slash opens everything below it.

    ``uploads`` are the addresses that take files.
    """
    app = FastAPI(title=title, version="1", description=description, lifespan=lifespan)
    app.state.permissions = permissions
    problem.install(app)
    for router in (*routers, _operations(health)):
        if isinstance(router, Routes):
            app.router.routes.extend(router.routes)
        else:
            app.include_router(router, dependencies=[Depends(check)])
    open_paths = OPEN_PATHS + open_paths
    openapi.install(app, lambda path: opens(open_paths, path))
    app.add_middleware(Gate, authenticate=authenticate, open_paths=open_paths, uploads=uploads)
    return app


def _operations(health: Health) -> Routes:
    router = Routes(tags=["operations"])

    @router.get("/livez", summary="Is the process alive?", response_class=PlainTextResponse)
    async def livez() -> PlainTextResponse:
        return PlainTextResponse("ok")

    not_ready: dict[int | str, dict[str, Any]] = {
        503: {"description": "Not ready, and why", "content": {"application/json": {"schema": {}}}}
    }

    @router.get("/readyz", summary="Can it do its work? Names what isn't ready.", responses=not_ready)
    async def readyz() -> JSONResponse:
        reasons = await health.reasons()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200)

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def settle_memory() -> None:
    """What was made at the start stays: without this, collecting garbage takes a third of a busy follower's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


class _Server(uvicorn.Server):
    """Looks twice a second whether it is to stop, not ten times: a node at rest should be at rest."""

    async def main_loop(self) -> None:
        """Until a signal has come."""
        while not await self.on_tick(0):  # noqa: ASYNC110 - the signal handler only sets a flag
            await asyncio.sleep(TICK_SECONDS)


def serve(app: FastAPI, host: str, port: int) -> None:
    """Runs the app until SIGINT or SIGTERM. Access is not logged: a path may name a record."""
    settle_memory()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )
    with suppress(KeyboardInterrupt):
        _Server(config).run()
