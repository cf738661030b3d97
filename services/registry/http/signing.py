"""Signing in and out, the sessions there are, and what other services ask about a token."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from services.registry.commands import signing
from services.registry.commands.accounts import AccountView, GrantView
from services.registry.commands.office import Office
from services.registry.commands.signing import (
    AccountSessionView,
    ChangePassword,
    Doors,
    Introspect,
    OpenedSession,
    SignIn,
)
from services.registry.domain.refusal import Refusal
from services.registry.http.documents import lists, shows
from services.registry.http.exchange import Ending, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import rows, tables
from shared.runtime import clock
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix=AccountSessionView.PATH, tags=["sessions"])
own_router = Routes(prefix="/v1/me", tags=["sessions"])
SESSIONS = Listed(AccountSessionView, tables.account_sessions)
_ended = problems(401, 403, 404, 422)


class Introspected(BaseModel):
    """What a token is worth: nothing, or the account that acts with it and its grants."""

    active: bool
    account_id: str | None = None
    session_id: str | None = None
    login: str | None = None
    grants: tuple[GrantView, ...] = ()


class OwnSessions(BaseModel):
    """The sessions of the one who is signed in that still hold."""

    items: list[AccountSessionView]


def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


@router.post("", status_code=201, summary="Sign in", responses=problems(400, 401, 403, 413, 415, 422, 429))
async def sign_in(body: SignIn, request: Request, response: Response) -> OpenedSession:
    response.headers["Cache-Control"] = "no-store"
    return await signing.sign_in(_doors(request), body)


@router.get("", summary="Sessions of all accounts", **lists())
async def list_account_sessions(
    page: Annotated[PageOf[AccountSessionView], Depends(SESSIONS)],
) -> Listing[AccountSessionView]:
    return await page.read()


@router.post("/introspection", summary="What a token is worth: for the node's other services", responses=_ended)
async def introspect(body: Introspect, reading: Reading) -> Introspected:
    actor = await signing.actor_of(reading.office.database, body.token.get_secret_value())
    if actor is None:
        return Introspected(active=False)
    grants = tuple(GrantView.model_validate(grant, from_attributes=True) for grant in actor.grants)
    return Introspected(active=True, account_id=actor.id, session_id=actor.session_id, login=actor.login, grants=grants)


@router.delete("/{session_id}", status_code=204, summary="End anybody's session", responses=_ended)
async def revoke_session(session_id: str, exchange: Ending) -> None:
    await _end(exchange.office, session_id, any_account=True)


@own_router.get("", summary="Who is signed in", **shows(AccountView))
async def show_me(reading: Reading) -> Response:
    # Not bounded by grants: an account without any may still see that it has none.
    async with reading.office.database.read() as connection:
        row = await rows.find(connection, tables.accounts, reading.office.actor.id)
    if row is None:
        raise Refusal("unknown_record")
    return reading.answer(AccountView.of(row), row["version"])


@own_router.get("/sessions", summary="One's own sessions that still hold", **lists())
async def list_own_sessions(reading: Reading) -> OwnSessions:
    table = tables.account_sessions
    own = table.c.account_id == reading.office.actor.id
    statement = select(table).where(own, table.c.revoked_at.is_(None), table.c.expires_at > clock.now())
    async with reading.office.database.read() as connection:
        found = (await connection.execute(statement.order_by(table.c.id))).mappings().all()
    return OwnSessions(items=[AccountSessionView.of(rows.plain(row)) for row in found])


@own_router.delete("/session", status_code=204, summary="Sign out", responses=_ended)
async def sign_out(exchange: Ending) -> None:
    session_id = exchange.office.actor.session_id
    if session_id is None:
        raise Refusal("unknown_record")
    await _end(exchange.office, session_id)


@own_router.delete("/sessions/{session_id}", status_code=204, summary="End one of one's sessions", responses=_ended)
async def revoke_own_session(session_id: str, exchange: Ending) -> None:
    await _end(exchange.office, session_id)


@own_router.post("/password", summary="Change one's password", responses=problems(400, 401, 403, 404, 413, 422, 429))
async def change_password(body: ChangePassword, exchange: Replacing) -> AccountView:
    account, hashed = await signing.judge_change(exchange.office, body)
    async with exchange.office.journal.writing() as unit:
        return AccountView.model_validate(
            (await signing.change_password(unit, exchange.office, account, hashed)).view.model_dump()
        )


async def _end(office: Office, session_id: str, *, any_account: bool = False) -> None:
    async with office.journal.writing() as unit:
        await signing.revoke(unit, office, session_id, any_account=any_account)
