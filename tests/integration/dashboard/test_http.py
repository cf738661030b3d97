"""Who may see what, and what is said to who may not."""

import httpx
import pytest

from services.dashboard.http.session import COOKIE
from tests.integration.dashboard import streams as s
from tests.integration.dashboard.conftest import Fed


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on both databases."""
    return "sqlite"


@pytest.mark.parametrize("path", ["/v1/cities/32.76", "/live?region=32.76", "/streams", "/parked"])
async def test_programs_need_the_token(fed: Fed, browser: httpx.AsyncClient, path: str):
    answer = await browser.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/kota/32.76", "/cara-menghitung"])
async def test_a_page_leads_to_the_sign_in_page_and_shows_nothing(fed: Fed, browser: httpx.AsyncClient, path: str):
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/masuk")
    assert answer.text == ""


async def test_signing_in_with_the_token_gives_a_session(fed: Fed, browser: httpx.AsyncClient, node_token: str):
    answer = await browser.post("/masuk", data={"token": f" {node_token}\n", "next": "/kota/32.76?year=2022"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/kota/32.76?year=2022")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert node_token not in answer.headers["set-cookie"]
    assert (await browser.get("/kota/32.76")).status_code == 200
    assert (await browser.get("/v1/cities/32.76")).status_code == 200


async def test_signing_out_takes_the_session_back(fed: Fed, browser: httpx.AsyncClient, node_token: str):
    await browser.post("/masuk", data={"token": node_token})
    await browser.post("/keluar")
    assert COOKIE not in browser.cookies
    assert (await browser.get("/kota/32.76")).status_code == 303


async def test_a_wrong_token_is_refused_and_guessing_slowed_down(fed: Fed, browser: httpx.AsyncClient):
    answers = [await browser.post("/masuk", data={"token": f"guess-{n}"}) for n in range(11)]
    assert [a.status_code for a in answers] == [403] * 10 + [429]
    assert "guess-0" not in answers[0].text
    assert COOKIE not in browser.cookies


async def test_a_page_says_its_language_and_remembers_it(fed: Fed, api: httpx.AsyncClient):
    assert (await api.get("/kota/32.76")).headers["content-language"] == "id"
    assert (await api.get("/kota/32.76?lang=en")).headers["content-language"] == "en"
    assert (await api.get("/kota/32.76")).headers["content-language"] == "en"


async def test_pages_may_load_nothing_from_elsewhere(fed: Fed, api: httpx.AsyncClient):
    policy = (await api.get("/kota/32.76")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


async def test_a_city_that_is_not_served_is_named(fed: Fed, api: httpx.AsyncClient):
    page = await api.get("/kota/53.71")
    assert page.status_code == 404
    assert "Kota Depok" in page.text
    for path in ("/v1/cities/53.71", "/live?region=53.71"):
        problem = await api.get(path)
        assert problem.status_code == 404
        assert problem.json()["errors"][0]["field"] == "region"


@pytest.mark.parametrize(
    ("path", "field"),
    [("/v1/cities/depok", "region"), ("/v1/cities/32.76?year=1066", "year"), ("/live?region=x", "region"),
     ("/live", "region"), ("/live?region=32.76&after=-1", "after"), ("/kota/32.76?year=next", "year")],
)  # fmt: skip
async def test_bad_input_is_named(fed: Fed, api: httpx.AsyncClient, path: str, field: str):
    answer = await api.get(path)
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


async def test_static_files_need_no_session(fed: Fed, browser: httpx.AsyncClient):
    for name in ("page.css", "find.js", "live.js", "morph.js", "signin.js", "icon.svg"):
        assert (await browser.get(f"/statis/{name}")).status_code == 200
    assert (await browser.get("/statis/../app.py")).status_code in (401, 404)


async def test_the_page_shows_the_read_model(fed: Fed, api: httpx.AsyncClient):
    fed.scoring.add(s.score_changed("2.140", "2.146", "e1"))
    await fed.feed()
    html = (await api.get("/kota/32.76")).text
    for part in ("3,418", "2,146", "+0,006", "Usaha dimulai: lele, Ratu Jaya", "39 / 60"):
        assert part in html


async def test_scoring_away_is_said_and_the_page_still_opens(fed: Fed, api: httpx.AsyncClient):
    assert "Belum dapat dipastikan" in (await api.get("/kota/32.76")).text
    assert "Instrumen belum dapat dibaca" in (await api.get("/cara-menghitung")).text
