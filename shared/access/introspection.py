"""How a service other than the registry learns who presents a session's token: it asks the registry."""

import re
import time
from collections.abc import Callable
from hashlib import sha256

import httpx
from starlette.types import Scope

from shared.access.actor import NODE, Actor, Grant
from shared.runtime import identity
from shared.runtime.problem import Problem
from shared.runtime.tls import trusted
from shared.runtime.web import presented_token

REMEMBERED_SECONDS = 5.0
"""A session that was revoked may still be let in for this long."""

REMEMBERED_MAX = 10_000
_SESSION_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits as the registry writes them; nothing else is worth asking about."""

TIMEOUT_SECONDS = 5.0


class Introspection:
    """Authenticates by the node's token, or by a session's token through the registry. Answers are remembered for
    some seconds. One for each service; :meth:`close` it at the end."""

    def __init__(
        self,
        registry_url: str,
        node_token: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token, self._clock = node_token, clock
        headers = {"Authorization": f"Bearer {node_token}"}
        self._client = httpx.AsyncClient(
            base_url=registry_url,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted(),
            transport=transport,
        )
        self._remembered: dict[bytes, tuple[float, Actor | None]] = {}

    async def authenticate(self, scope: Scope) -> Actor | None:
        """Who a request comes from."""
        token = presented_token(scope)
        return None if token is None else await self.actor_of(token)

    async def actor_of(self, token: str) -> Actor | None:
        """Who a token stands for. Raises a 503 problem when the registry, which knows, doesn't answer."""
        if identity.valid_token(token, self._token):
            return NODE
        if not _SESSION_TOKEN.fullmatch(token):
            return None
        key, now = sha256(token.encode()).digest(), self._clock()
        until, actor = self._remembered.get(key, (0.0, None))
        if until <= now:
            actor = await self._ask(token)
            self._make_room(now)
            self._remembered[key] = (now + REMEMBERED_SECONDS, actor)
        return actor

    def forget(self, token: str) -> None:
        """Somebody signed out here: ask again at the next request."""
        self._remembered.pop(sha256(token.encode()).digest(), None)

    async def close(self) -> None:
        """Closes the connections to the registry."""
        await self._client.aclose()

    async def _ask(self, token: str) -> Actor | None:
        try:
            answer = await self._client.post("/v1/account-sessions/introspection", json={"token": token})
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Problem(
                503,
                "Sign-in can't be checked",
                detail="The registry, which knows the sessions, does not answer.",
                remedy="Try again in a moment; `bersinar doctor` tells what is wrong.",
                headers={"Retry-After": "5"},
            ) from None
        found = answer.json()
        if not found["active"]:
            return None
        grants = (Grant(g["role"], g["scope"], g["organisation_id"]) for g in found["grants"])
        return Actor(found["account_id"], tuple(grants), found["session_id"], found.get("login"))

    def _make_room(self, now: float) -> None:
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered = {key: kept for key, kept in self._remembered.items() if kept[0] > now}
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
