"""A service asks the registry who is there, remembers for some seconds, and says so when nobody answers."""

import json

import httpx
import pytest

from shared.access import NODE, Actor, Grant
from shared.access.introspection import REMEMBERED_SECONDS, Introspection
from shared.runtime.problem import Problem

TOKEN = "the-node-s-own"
SESSION, NO_SESSION, ANOTHER = ("a" * 43, "b" * 43, "c" * 43)


class Registry:
    """Answers what a registry would; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked, self.sessions, self.away = 0, {SESSION: "a"}, False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away")
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        account = self.sessions.get(json.loads(request.content)["token"])
        if account is None:
            return httpx.Response(200, json={"active": False})
        grants = [{"role": "auditor", "scope": "ID", "organisation_id": None}]
        return httpx.Response(200, json={"active": True, "account_id": account, "session_id": "s", "grants": grants})


async def test_it_asks_once_for_some_seconds() -> None:
    registry, now = Registry(), [0.0]
    asking = Introspection(
        "http://registry", TOKEN, clock=lambda: now[0], transport=httpx.MockTransport(registry)
    )  # fmt: skip
    assert await asking.actor_of(TOKEN) == NODE
    assert registry.asked == 0
    for _ in range(3):
        assert await asking.actor_of(SESSION) == Actor("a", (Grant("auditor"),), "s")
        assert await asking.actor_of(NO_SESSION) is None
    assert registry.asked == 2
    registry.sessions.clear()
    assert await asking.actor_of(SESSION) is not None
    now[0] += REMEMBERED_SECONDS
    assert await asking.actor_of(SESSION) is None
    registry.away = True
    assert await asking.actor_of(TOKEN) == NODE
    with pytest.raises(Problem) as refused:
        await asking.actor_of(ANOTHER)
    assert refused.value.status == 503
    await asking.close()
