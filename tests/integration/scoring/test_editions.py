"""An edition is published once, in force from then on, wherever and in whatever order things are heard."""

import hashlib
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.scoring.app import Scoring, build
from services.scoring.domain.state import canonical
from services.scoring.instrument import INSTRUMENTS_DIR
from services.scoring.settings import ScoringSettings
from services.scoring.storage import states
from shared.contracts.catalogue import decode
from shared.contracts.envelope import wire
from shared.contracts.scoring import InstrumentPublished, ScoreChanged
from shared.journal import tables
from shared.runtime.identity import load_or_create_token
from tests.integration.scoring.registry_stream import RegistryStream, answers, business

KOTAN_2022 = (INSTRUMENTS_DIR / "kotan-2022.yaml").read_text(encoding="utf-8")
LATER = date(2026, 3, 1)


def edition(year: int = 2026, *changes: tuple[str, str]) -> dict[str, str]:
    """kotan-2022 as an edition of another year, with the law weighing twice as much."""
    text = KOTAN_2022.replace("key: kotan-2022\nedition: kotan-2022", f"key: kotan-{year}\nedition: kotan-{year}")
    text = text.replace("valid: {from: 2021", f"valid: {{from: {year}")
    head, law = text.split("  - key: hukum\n")
    law = law.replace("value: 0.20", "value: 0.40", 1)
    text = head.replace("value: 0.20", "value: 0.15") + "  - key: hukum\n" + law
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {"file": f"kotan-{year}.yaml", "text": text}


@pytest.fixture
def stream() -> RegistryStream:
    return RegistryStream()


async def told(scoring: Scoring) -> list[Any]:
    query = sa.select(tables.journal.c.body).order_by(tables.journal.c.ordinal)
    async with scoring.database.read() as connection:
        bodies = (await connection.execute(query)).scalars().all()
    return [decode(wire(body, n, "")).data for n, body in enumerate(bodies, 1)]


async def states_of(scoring: Scoring) -> list[str]:
    async with scoring.database.read() as connection:
        return [canonical(state) for state in await states.every(connection)]


def client_of(service: Scoring) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {load_or_create_token(service.settings.data_dir)}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=service.app), base_url="http://scoring", headers=headers)


@pytest.fixture
async def other(undisturbed: Scoring) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(undisturbed) as client:
        yield client


async def test_an_edition_is_published_once_with_its_text_and_hash(scoring: Scoring, api: httpx.AsyncClient) -> None:
    new = edition()
    answer = await api.post("/v1/instruments", json=new)
    assert answer.status_code == 201
    sha256 = hashlib.sha256(new["text"].encode()).hexdigest()
    assert answer.json() == {
        "key": "kotan-2026", "edition": "kotan-2026", "level": "kabkota", "from_year": 2026, "until_year": None,
        "sha256": sha256, "is_new": True, "switched": 0,
    }  # fmt: skip
    again = await api.post("/v1/instruments", json=new)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    (event,) = await told(scoring)
    assert isinstance(event, InstrumentPublished)
    assert (event.key, event.sha256, event.text) == ("kotan-2026", sha256, new["text"])
    listed = (await api.get("/v1/instruments")).json()["items"]
    assert [i["key"] for i in listed] == ["kotan-2019", "kotan-2022", "ikrn-2024", "kotan-2026"]


@pytest.mark.parametrize(
    ("new", "status", "field", "detail"),
    [
        (edition(2026, ("en: Responsive}", "en: Ready}")), 409, "key", "never edited"),
        (edition(2022, ("key: kotan-2022", "key: kotan-2022")), 409, "key", "never edited"),
        (edition(2027, ("from: 2027", "from: 2026")), 409, "valid", "while kotan-2026 is valid from 2026"),
        (edition(2020), 409, "valid", "while kotan-2019 is valid from 2019 until 2020"),
        (edition(2028, ("value: 0.40", "value: 0.50")), 422, "text", "weights"),
        ({"file": "x.yaml", "text": "["}, 422, "text", "x.yaml:1: yaml"),
        ({"file": "../x.yaml", "text": "a"}, 422, "file", "match"),
    ],
    ids=["edited", "shipped", "same start", "overlap", "broken rule", "no yaml", "file name"],
)
async def test_what_cannot_be_in_force_is_refused_and_nothing_stays(
    scoring: Scoring, api: httpx.AsyncClient, new: dict[str, str], status: int, field: str, detail: str
) -> None:
    await api.post("/v1/instruments", json=edition())
    answer = await api.post("/v1/instruments", json=new)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field
    assert detail in answer.json()["errors"][0]["detail"]
    assert answer.json()["errors"][0]["remedy"]
    assert len(await told(scoring)) == 1


async def test_a_year_is_the_same_whether_the_edition_came_before_it_or_after(
    scoring: Scoring, undisturbed: Scoring, stream: RegistryStream, api: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    for n in range(3):
        stream.add(business(n, on=LATER))
    await scoring.follower.process(stream.entries)
    assert (await api.get("/v1/indices/32.76")).json()["instrument"] == "kotan-2022"
    answer = await api.post("/v1/instruments", json=edition())
    assert answer.json()["switched"] == 1
    stream.add(business(4, on=LATER))
    await scoring.follower.process(stream.entries)

    await other.post("/v1/instruments", json=edition())
    await undisturbed.follower.process(stream.entries)

    assert await states_of(scoring) == await states_of(undisturbed)
    index = (await api.get("/v1/indices/32.76")).json()
    assert index["instrument"] == index["edition"] == "kotan-2026"
    switched = next(p for p in await told(scoring) if isinstance(p, ScoreChanged) and p.instrument == "kotan-2026")
    assert (switched.running.before, switched.movements) == (None, ())
    assert switched.running.after is not None


async def test_no_edition_reaches_back_over_answers(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    stream.add(answers("polres", ["regulasi_1"]))
    await scoring.follower.process(stream.entries)
    answer = await api.post("/v1/instruments", json=edition(2023))
    assert answer.status_code == 409
    assert "32.76 2023 (kotan-2022)" in answer.json()["detail"]
    assert (await api.post("/v1/instruments", json=edition(2024))).status_code == 201


async def test_another_replica_and_a_restarted_service_know_it(
    scoring: Scoring, settings: ScoringSettings, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    replica = build(settings)
    stream.add(business(1, on=LATER))
    await scoring.follower.process(stream.entries)
    await api.post("/v1/instruments", json=edition())
    async with client_of(replica) as client:
        assert (await client.get("/v1/indices/32.76")).json()["instrument"] == "kotan-2026"
        assert (await client.get("/v1/instruments/kotan-2026")).json()["from_year"] == 2026
    stream.add(business(2, on=LATER))
    await replica.follower.process(stream.entries)
    assert (await api.get("/v1/indices/32.76")).json()["includes"] == {"3276.registry": 2}
    await replica.follower.close()
    await replica.database.dispose()


async def test_a_comparison_names_the_cities_whose_band_would_change_and_why(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    kotan = (await api.get("/v1/instruments/kotan-2022")).json()
    sheet = {
        i["key"]: 4 if v["key"] in ("hukum", "masyarakat") else 3
        for v in kotan["variables"]
        for s in v["survey"]
        for i in s["items"]
    }
    for group in [g["key"] for g in kotan["groups"]]:
        stream.add(answers(group, [], answers=sheet))
    await scoring.follower.process(stream.entries)
    before = await states_of(scoring)
    async with scoring.database.read() as connection:
        without = await states.every(connection, with_moments=False)
    assert [canonical(state) for state in without] == before
    diff = (await api.post("/v1/instruments/diff", json={"before": "kotan-2022", "after": edition(2023)})).json()
    weights = {d["path"]: (d["before"], d["after"]) for d in diff["differences"] if "weight" in d["path"]}
    assert weights["variables.hukum.weight.value"] == ("0.20", "0.40")
    assert len(weights) == 5
    (effect,) = diff["effects"]
    assert (diff["compared"], diff["changed"]) == (2, 1)
    assert (effect["region"], effect["year"], effect["reading"]) == ("32.76", 2023, "survey")
    assert (effect["before"]["value"], effect["before"]["band"]) == ("3.400", "tanggap")
    assert (effect["after"]["value"], effect["after"]["band"]) == ("3.550", "sangat_tanggap")
    assert effect["why"] == "shifts"
    assert effect["shifts"][0]["variable"] == "hukum"
    assert sum(Decimal(s["share"]) for s in effect["shifts"]) == Decimal("0.15")
    assert await states_of(scoring) == before
    assert len(await told(scoring)) == 1
