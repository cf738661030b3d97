"""Signing in elsewhere: for the dashboard, which leads browsers to the provider and takes them back."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.registry.commands import oidc
from services.registry.commands.model import Command
from services.registry.commands.oidc import Provider
from services.registry.commands.signing import Doors, OpenedSession
from services.registry.domain.refusal import Refusal
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix="/v1/oidc", tags=["sessions"])
_answers = problems(400, 401, 403, 404, 413, 415, 422, 503)


class BeginSignIn(Command):
    """Where the provider is to send the browser back to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"redirect_uri": "http://127.0.0.1:8000/masuk/sso/kembali"}]}
    )

    redirect_uri: Annotated[str, Field(max_length=400, pattern=r"^https?://[\x21-\x7e]+$")]


class FinishSignIn(Command):
    """What the browser came back with."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "x", "state": "x"}]})

    code: Annotated[str, Field(max_length=2_000, pattern=r"^[\x21-\x7e]+$")]
    state: Annotated[str, Field(max_length=200, pattern=r"^[\x21-\x7e]+$")]


class Begun(BaseModel):
    """Where to send the browser, and the state only that browser may come back with."""

    url: str
    state: str


@router.post("/authorizations", summary="Begin to sign in at the provider", responses=_answers)
async def begin_oidc(body: BeginSignIn, request: Request) -> Begun:
    url, state = await oidc.begin(_doors(request), _provider(request), body.redirect_uri)
    return Begun(url=url, state=state)


@router.post("/sessions", status_code=201, summary="Finish signing in at the provider", responses=_answers)
async def finish_oidc(body: FinishSignIn, request: Request, response: Response) -> OpenedSession:
    response.headers["Cache-Control"] = "no-store"
    return await oidc.finish(_doors(request), _provider(request), body.code, body.state)


def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise Refusal("sso_unset")
    return provider
