"""Signing in with an account: the registry judges, the browser keeps the session's token in a cookie.

The cookie is HttpOnly and SameSite=Lax (a strict one would be missing after the way back from another sign-in
provider); forms are the only thing that changes anything here, and Lax keeps it out of those of other sites.
"""

from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

import httpx
from starlette.types import Scope

from services.dashboard.http.caller import ask_as
from services.dashboard.http.session import Sessions
from services.dashboard.wording import Wording
from shared.access import NODE, Actor
from shared.access.introspection import Introspection
from shared.runtime import clock
from shared.runtime.web import presented_token

ACCOUNT_COOKIE = "bersinar_account"


@dataclass(frozen=True)
class Opened:
    """A session the registry opened."""

    token: str
    seconds: int


@dataclass(frozen=True)
class Refused:
    """Why it didn't, in words for the page."""

    status: int
    sentence: str


class Accounts:
    """Asks the registry to open and end sessions, and who a browser's cookie stands for."""

    def __init__(
        self, registry: httpx.AsyncClient, introspection: Introspection, sessions: Sessions, node_token: str
    ) -> None:
        self._registry, self._introspection, self._sessions = registry, introspection, sessions
        self._node_token = node_token

    async def authenticate(self, scope: Scope) -> Actor | None:
        """By the node's cookie, by an account's cookie, or by a bearer token; what follows is asked with the same."""
        ask_as(None)
        if self._sessions.holds(scope):
            ask_as(self._node_token)
            return NODE
        for token in (token_of(scope), presented_token(scope)):
            actor = None if token is None else await self._introspection.actor_of(token)
            if actor is not None:
                ask_as(token)
                return actor
        return None

    async def sign_in(self, login: str, password: str, words: Wording) -> Opened | Refused:
        """A session for a login and its password."""
        return await self._open("/v1/account-sessions", {"login": login, "password": password}, words)

    async def finish_elsewhere(self, code: str, state: str, words: Wording) -> Opened | Refused:
        """A session for somebody who comes back from the sign-in provider."""
        return await self._open("/v1/oidc/sessions", {"code": code, "state": state}, words)

    async def begin_elsewhere(self, redirect_uri: str, words: Wording) -> tuple[str, str] | Refused:
        """Where to send the browser, and the state it has to come back with."""
        answer = await self._post("/v1/oidc/authorizations", {"redirect_uri": redirect_uri}, words)
        if isinstance(answer, Refused):
            return answer
        return str(answer["url"]), str(answer["state"])

    async def sign_out(self, token: str) -> None:
        """Ends a session. When the registry doesn't answer, the cookie goes and the session ends by itself."""
        self._introspection.forget(token)
        try:
            await self._registry.delete("/v1/me/session", headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError:
            return

    async def _open(self, path: str, body: dict[str, str], words: Wording) -> Opened | Refused:
        answer = await self._post(path, body, words)
        if isinstance(answer, Refused):
            return answer
        left = datetime.fromisoformat(answer["expires_at"]) - clock.now()
        return Opened(answer["token"], int(left.total_seconds()))

    async def _post(self, path: str, body: dict[str, str], words: Wording) -> dict[str, Any] | Refused:
        try:
            answer = await self._registry.post(path, json=body, headers={"Accept-Language": words.language})
        except httpx.HTTPError:
            return Refused(503, words.text("signin.away"))
        found: dict[str, Any] = answer.json()
        if answer.is_success:
            return found
        return Refused(answer.status_code, f"{found['detail']} {found.get('remedy', '')}".strip())


def token_of(scope: Scope) -> str | None:
    """The session's token in a browser's cookie."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    try:
        morsel = SimpleCookie(header).get(ACCOUNT_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value else None
