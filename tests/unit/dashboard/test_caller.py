"""What a page asks of another service, it asks in its visitor's name and language."""

import httpx
import pytest

from services.dashboard.http.caller import AsCaller, ask_as, ask_in


@pytest.mark.parametrize(("language", "token"), [("id", "abc"), ("en", None)])
async def test_the_visitors_token_and_language_are_passed_on(language: str, token: str | None) -> None:
    seen: list[httpx.Request] = []

    def listen(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    transport = httpx.MockTransport(listen)
    ask_as(token)
    ask_in(language)
    async with httpx.AsyncClient(transport=transport, auth=AsCaller(), base_url="http://scoring") as client:
        await client.get("/v1/actions")
    assert seen[0].headers["Accept-Language"] == language
    assert seen[0].headers.get("Authorization") == (token and f"Bearer {token}")
