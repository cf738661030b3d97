"""Signing in to the dashboard with an account of a real registry."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.dashboard.http.accounts import ACCOUNT_COOKIE
from services.dashboard.settings import DashboardSettings
from services.registry.app import MIGRATIONS, Registry, build
from services.registry.settings import RegistrySettings
from tests.integration.dashboard.conftest import Fed
from tests.support import schema

PASSWORD = "ikan lele kolam bundar"
FORM = {"login": "petugas", "password": PASSWORD, "next": "/cara-menghitung"}


@pytest.fixture
async def registry(fed: Fed, settings: DashboardSettings, tmp_path: Path) -> AsyncIterator[Registry]:
    """A registry of the same node, which the dashboard asks without a network in between."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}"
    await schema.migrate(url, MIGRATIONS)
    registry = build(RegistrySettings(data_dir=settings.data_dir, database_url=url))
    transport = httpx.ASGITransport(registry.app)
    fed.dashboard.node._transport = transport
    fed.dashboard.introspection._client._transport = transport
    account = {"login": "petugas", "password": PASSWORD, "grants": [{"role": "administrator", "scope": "ID"}]}
    assert (await fed.dashboard.node.post("/v1/accounts", json=account)).status_code == 201
    yield registry
    assert registry.streams.publisher is not None
    await registry.streams.publisher.close()
    await registry.office.database.dispose()


async def test_an_account_signs_in_is_named_and_signs_out(registry: Registry, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/masuk", data=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cara-menghitung")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    token = browser.cookies[ACCOUNT_COOKIE]
    page = await browser.get("/cara-menghitung")
    assert page.status_code == 200
    assert "Masuk sebagai petugas" in page.text
    assert token not in page.text
    assert (await browser.get("/streams")).status_code == 200
    assert (await browser.post("/keluar")).status_code == 303
    assert ACCOUNT_COOKIE not in browser.cookies
    browser.cookies.set(ACCOUNT_COOKIE, token)
    assert (await browser.get("/cara-menghitung")).status_code == 303


async def test_behind_https_the_cookie_is_secure(registry: Registry, fed: Fed) -> None:
    transport = httpx.ASGITransport(app=fed.dashboard.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://dashboard") as client:
        answer = await client.post("/masuk", data=FORM)
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_wrong_password_says_so_and_locks(registry: Registry, browser: httpx.AsyncClient) -> None:
    answers = [await browser.post("/masuk", data=FORM | {"password": "salah salah salah"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "kata sandi tidak benar" in answers[0].text
    assert "detik" in answers[5].text
    english = await browser.post("/masuk?lang=en", data=FORM)
    assert "seconds" in english.text
    assert ACCOUNT_COOKIE not in browser.cookies


async def test_an_account_s_role_bounds_what_programs_may_ask(registry: Registry, browser: httpx.AsyncClient) -> None:
    await browser.post("/masuk", data=FORM)
    refused = await browser.get("/v1/cities/32.76")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bersinar:problem:not-permitted")


async def test_without_the_registry_the_page_says_so(fed: Fed, browser: httpx.AsyncClient) -> None:
    def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    fed.dashboard.node._transport = httpx.MockTransport(away)
    answer = await browser.post("/masuk", data=FORM)
    assert answer.status_code == 503
    assert "Registry belum menjawab" in answer.text


async def test_coming_back_from_elsewhere_without_having_left_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/masuk/sso/kembali", params={"code": "x", "state": "y"})
    assert answer.status_code == 403
    assert "tidak selesai" in answer.text
