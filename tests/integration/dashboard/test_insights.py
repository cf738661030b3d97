"""The pages around an index, asked of a real scoring and opened by real accounts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from services.dashboard.http.accounts import ACCOUNT_COOKIE
from services.dashboard.settings import DashboardSettings
from services.registry import app as registry_app
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from services.scoring.app import MIGRATIONS, Scoring, build
from services.scoring.instrument import load_catalogue
from services.scoring.settings import ScoringSettings
from shared.contracts.registry import AreaStatusRecorded
from shared.runtime.identity import load_or_create_token
from tests.integration.dashboard.conftest import Fed
from tests.integration.dashboard.streams import alert, area_status, scheduled, score_changed
from tests.integration.registry import test_campaigns as campaigns
from tests.integration.scoring.registry_stream import GROUPS, ON, RegistryStream, answers, business, chosen, published
from tests.integration.scoring.test_official import moved
from tests.support import schema

ITEMS = sorted(load_catalogue().get("kotan-2022").plain.items)
PASSWORD = "ikan lele kolam bundar"
REGIONS = [
    ("32", "Jawa Barat", "province", None),
    ("32.75", "Kota Bekasi", "city", "32"),
    ("32.76", "Kota Depok", "city", "32"),
    ("32.76.07.1003", "Ratu Jaya", "village", "32.76.07"),
]
RATU_JAYA, PONDOK_JAYA = "32.76.07.1003", "32.76.07.1005"


@pytest.fixture
async def scoring(fed: Fed, settings: DashboardSettings, tmp_path: Path) -> AsyncIterator[Scoring]:
    """A scoring of the same node with a year of Depok, which the dashboard asks without a network in between."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'scoring.db'}"
    await schema.migrate(url, MIGRATIONS)
    scoring = build(ScoringSettings(data_dir=settings.data_dir, database_url=url, redis_url="redis://127.0.0.1:1/0"))
    stream = RegistryStream()
    stream.add(published("a", "3.620"))
    stream.add(published("c", "3.602"))
    stream.add(chosen("c", "3.602"))
    stream.add(business())
    for village, year, status in (
        (RATU_JAYA, 2023, "waspada"),
        (RATU_JAYA, 2024, "siaga"),
        (PONDOK_JAYA, 2024, "aman"),
    ):
        method = "8+5" if year < 2024 else "IKRN"
        data = {"village": village, "year": year, "status": status, "method": method, "on": ON, "synthetic": True}
        stream.add(AreaStatusRecorded.model_validate(data))
    for group in GROUPS:
        stream.add(answers(group, ITEMS, 3))
        stream.add(answers(group, ITEMS, 4))
    stream.add(moved("approved", "locked"))
    await scoring.follower.process(stream.entries)
    fed.dashboard.scoring._transport = httpx.ASGITransport(scoring.app)
    by_node = {"Authorization": f"Bearer {load_or_create_token(settings.data_dir)}"}
    document = await fed.dashboard.scoring.get("/v1/instruments/kotan-2022", headers=by_node)
    fed.dashboard.instruments._take(document.text)
    yield scoring
    await scoring.follower.close()
    await scoring.database.dispose()


@pytest.fixture
async def accounts(
    fed: Fed, scoring: Scoring, settings: DashboardSettings, tmp_path: Path
) -> AsyncIterator[registry_app.Registry]:
    """A registry of the same node that knows a recovery agent, a stakeholder and an officer of another city."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}"
    await schema.migrate(url, registry_app.MIGRATIONS)
    registry = registry_app.build(RegistrySettings(data_dir=settings.data_dir, database_url=url))
    async with registry.office.database.transaction() as connection:
        for code, name, level, parent in REGIONS:
            row = {"code": code, "name": name, "search_name": name.lower(), "level": level, "parent": parent}
            await rows.add(connection, tables.regions, row)
    transport = httpx.ASGITransport(registry.app)
    fed.dashboard.node._transport = fed.dashboard.registry._transport = transport
    scoring.introspection._client._transport = transport
    fed.dashboard.introspection._client._transport = transport
    for login, role, scope in (
        ("agen", "recovery_agent", RATU_JAYA),
        ("petugas", "p2m_officer", "32.76"),
        ("bekasi", "p2m_officer", "32.75"),
        ("provinsi", "province_head", "32"),
        ("pengelola", "administrator", "ID"),
    ):
        account = {"login": login, "password": PASSWORD, "grants": [{"role": role, "scope": scope}]}
        made = await fed.dashboard.node.post("/v1/accounts", json=account)
        assert made.status_code == 201, made.text
    yield registry
    assert registry.streams.publisher is not None
    await registry.streams.publisher.close()
    await registry.office.database.dispose()


async def page(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def sign_in(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    answer = await client.post("/masuk", data={"login": login, "password": PASSWORD, "next": "/"})
    assert answer.status_code == 303, answer.text


async def test_every_page_shows_what_scoring_says(scoring: Scoring, api: httpx.AsyncClient) -> None:
    overview = await page(api, "/kota/32.76?year=2023")
    assert "Nilai resmi 2023" in overview
    assert "Target 2023: 3,602" in overview
    assert "Bila bobot variabel lain" in overview
    values = await page(api, "/kota/32.76/nilai")
    for part in ("3,620", "3,602", "3,500", "Sumber berbeda, selisih 0,018"):
        assert part in values
    found = await page(api, "/kota/32.76/desa?lang=en")
    for part in ("Ratu Jaya", "Pondok Jaya", "8+5 criteria", "The way of judging changed"):
        assert part in found
    assert "Ratu Jaya" not in await page(api, "/kota/32.76/desa?status=aman&lang=id")
    reasons = await page(api, "/kota/32.76/sebab?year=2023&reading=survey")
    assert "jawaban survei" in reasons.lower()
    assert "Tidak ada yang menggerakkan" in await page(
        api, "/kota/32.76/sebab?year=2023&reading=survey&from=2030-01-01"
    )
    area = await page(api, "/wilayah/32?year=2023")
    assert "Jawa Barat" in area
    assert "dari 1 yang dihitung di sini" in area
    assert "Rata-rata yang dihitung di sini" in await page(api, "/wilayah/32/nilai")


async def test_a_plan_is_worked_out_from_its_address(scoring: Scoring, api: httpx.AsyncClient) -> None:
    plan = await page(api, "/kota/32.76/rencana?year=2023&u.usaha=10&v.hukum=4")
    assert 'name="u.usaha" type="number" inputmode="numeric" min="0" max="60" step="1" value="10"' in plan
    assert "+0,100" in plan.partition('id="hasil"')[2], "hukum from 3,5 to 4 at a weight of 0,2"
    assert "Isi bilangan bulat" in await page(api, "/kota/32.76/rencana?year=2023&u.usaha=dua")
    sought = await page(api, "/kota/32.76/rencana?year=2023&cari=1&target=1.2&c.usaha=0.1")
    assert "Coba susunan ini" in sought
    assert "rencana?year=2023&amp;u." in sought
    assert "tidak terjangkau" in await page(api, "/kota/32.76/rencana?year=2023&cari=1&target=4")


async def test_scoring_away_or_without_the_year_leaves_pages_that_say_so(api: httpx.AsyncClient) -> None:
    for path in ("nilai", "desa", "sebab?year=2023", "rencana?year=2023"):
        assert "Layanan penilaian belum menjawab" in await page(api, f"/kota/32.76/{path}", status=503)
    assert "Layanan penilaian belum menjawab" in await page(api, "/kota/32.76")
    assert "tidak melayani" in await page(api, "/kota/11.01/nilai", status=404)


async def test_a_year_scoring_knows_nothing_of_is_no_error(scoring: Scoring, api: httpx.AsyncClient) -> None:
    assert "2019" in await page(api, "/kota/32.76/sebab?year=2019")
    assert "Belum ada kab/kota" in await page(api, "/wilayah/ID?year=2019")


async def test_a_label_is_shown_to_whom_it_is_for(scoring: Scoring, accounts: None, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/kota/32.76/desa")).headers["location"].startswith("/masuk?next=")
    await sign_in(browser, "agen")
    seen = await page(browser, "/kota/32.76/desa")
    assert "Ratu Jaya" in seen
    assert "Pondok Jaya" not in seen
    await sign_in(browser, "bekasi")
    assert "Peran Anda tidak melihat" in await page(browser, "/kota/32.76/desa", status=403)
    await sign_in(browser, "pengelola")
    for path in ("/kota/32.76/desa", "/kota/32.76/nilai", "/wilayah/ID"):
        assert "Peran Anda tidak melihat" in await page(browser, path, status=403)


async def test_a_city_is_shown_to_whom_it_is_for(
    fed: Fed, scoring: Scoring, accounts: None, browser: httpx.AsyncClient
) -> None:
    fed.registry.add(scheduled(1, ON))
    fed.registry.add(area_status(RATU_JAYA, "waspada"))
    fed.scoring.add(score_changed("1.2", "1.302", "e1"))
    fed.notifications.add(alert())
    await fed.feed()
    parts = ("feed", "work", "areas", "alerts")
    for login, seen in (("petugas", set(parts)), ("agen", set()), ("provinsi", {"feed", "areas"})):
        await sign_in(browser, login)
        shown = await page(browser, "/kota/32.76?year=2023&lang=id")
        assert "1,302" in shown
        assert {part for part in parts if f'id="h-{part}"' in shown} == seen, login
        view = (await browser.get("/v1/cities/32.76?year=2023")).json()
        assert view["running"]["score"]["value"] == "1.302"
        assert set(view["hidden"]) == set(parts) - seen
        assert bool(view["feed"]) == ("feed" in seen)
        assert bool(view["alerts"]) == ("alerts" in seen)


async def test_whose_city_it_is_not_is_told_so_and_what_to_do(
    accounts: None, scoring: Scoring, browser: httpx.AsyncClient
) -> None:
    for login, words in (
        ("bekasi", ("di luar wilayah akun Anda", "outside the area of your account")),
        ("pengelola", ("Peran Anda tidak melihat", "Your role doesn&#39;t see")),
    ):
        await sign_in(browser, login)
        for language, sentence in zip(("id", "en"), words, strict=True):
            refused = await page(browser, f"/kota/32.76?lang={language}", status=403)
            assert sentence in refused
            assert "pengelola" in refused or "administrator" in refused
        assert (await browser.get("/")).status_code == 403
        for address in ("/v1/cities/32.76", "/live?region=32.76"):
            answer = await browser.get(address)
            assert (answer.status_code, "dministrator" in answer.json()["remedy"]) == (403, True)
    await sign_in(browser, "petugas")
    assert (await browser.get("/")).headers["location"] == "/kota/32.76"


async def test_what_a_page_asks_it_asks_in_the_name_of_whoever_looks(
    fed: Fed, scoring: Scoring, accounts: registry_app.Registry, browser: httpx.AsyncClient, node_token: str
) -> None:
    asked: list[tuple[str, str | None]] = []

    async def heard(request: httpx.Request) -> None:
        asked.append((request.url.path, request.headers.get("Authorization")))

    for client in (fed.dashboard.registry, fed.dashboard.scoring):
        client.event_hooks = {"request": [heard]}
    for login in ("petugas", "agen"):
        await sign_in(browser, login)
        asked.clear()
        for path in ("/kota/32.76?year=2023", "/kota/32.76/nilai", "/kota/32.76/desa"):
            await page(browser, path)
        assert len(asked) >= 6
        assert {token for _, token in asked} == {f"Bearer {browser.cookies[ACCOUNT_COOKIE]}"}
    browser.cookies.clear()
    asked.clear()
    browser.headers["Authorization"] = f"Bearer {node_token}"
    await page(browser, "/kota/32.76/nilai")
    assert {token for _, token in asked} == {f"Bearer {node_token}"}
    assert (await fed.dashboard.node.get("/v1/accounts")).status_code == 200, (
        "what the node asks by itself stays its own"
    )


async def test_the_audit_log_names_the_person_behind_a_page_s_call(
    fed: Fed, scoring: Scoring, accounts: registry_app.Registry, browser: httpx.AsyncClient, node_token: str
) -> None:
    """Over the real registry: who took a campaign's invitations out of it, through the page that offers them."""
    office = accounts.app.state.office
    accounts.app.state.office = replace(
        office, questionnaires=campaigns.published, today_in=lambda _zone: campaigns.TODAY
    )
    node = fed.dashboard.node
    campaign = (await node.post("/v1/campaigns", json=campaigns.PLAN)).json()["id"]
    for path, body in (("open", {}), ("links", {"group": "keluarga"})):
        assert (await node.post(f"/v1/campaigns/{campaign}/{path}", json=body)).is_success
    people = {one["login"]: one["id"] for one in (await node.get("/v1/accounts")).json()["items"]}
    await sign_in(browser, "petugas")
    assert "/isi#" in await page(browser, f"/survei/32.76/{campaign}/undangan.csv")
    await page(browser, f"/survei/32.76/{campaign}/undangan.html")
    await sign_in(browser, "bekasi")
    await page(browser, f"/survei/32.76/{campaign}/undangan.csv", status=404)
    browser.cookies.clear()
    browser.headers["Authorization"] = f"Bearer {node_token}"
    await page(browser, f"/survei/32.76/{campaign}/undangan.csv")
    query = {"action": "invitations.handed-out", "subject": campaign}
    rows = (await node.get("/v1/audit", params=query)).json()["items"]
    told = [(one["actor"], one["facts"]) for one in reversed(rows)]
    assert told == [
        (people["petugas"], {"form": "csv", "links": 1}),
        (people["petugas"], {"form": "html", "links": 1}),
        ("node", {"form": "csv", "links": 1}),
    ]


async def test_whom_a_service_refuses_gets_a_page_that_says_so(
    fed: Fed, scoring: Scoring, accounts: registry_app.Registry, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, "petugas")
    assert "Survei" in await page(browser, "/survei/32.76")
    await sign_in(browser, "pengelola")
    assert "Peran Anda tidak melihat" in await page(browser, "/survei/32.76", status=403)
    assert "Your role doesn&#39;t see" in await page(browser, "/survei/32.76?lang=en", status=403)
    file = "/survei/32.76/01890000-0000-7000-8000-000000000000/undangan.csv?lang=id"
    await sign_in(browser, "agen")
    assert (await browser.get(file)).status_code in (403, 404)
