"""How sure an index is, over the API."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from services.scoring.app import Scoring
from tests.integration.scoring.registry_stream import GROUPS, RegistryStream, answers, business, published


@pytest.fixture
def stream() -> RegistryStream:
    return RegistryStream()


async def test_a_survey_has_an_interval_and_a_hair_is_no_difference(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    kotan = (await api.get("/v1/instruments/kotan-2022")).json()
    items = [i["key"] for v in kotan["variables"] for s in v["survey"] for i in s["items"]]
    for group in GROUPS:
        for score in (3, 4):
            stream.add(answers(group, items, score))
    stream.add(published("near", "3.502"))
    stream.add(published("far", "2.900"))
    stream.add(business(1, on=date(2020, 5, 1)))
    await scoring.follower.process(stream.entries)

    index = (await api.get("/v1/indices/32.76", params={"year": 2023})).json()
    interval = {"standard_error": "0.166667", "lower": "3.173", "upper": "3.827"}
    assert (index["survey"]["value"], index["survey_interval"]) == ("3.500", interval)

    found = (await api.get("/v1/indices/32.76/statistics", params={"year": 2023})).json()
    assert (found["interval"], found["respondents"]) == (interval, 18)
    assert [v["interval"] for v in found["variables"]] == [interval] * 5
    assert {c["other"]: (c["difference"], c["significant"]) for c in found["comparisons"]} == {
        "published:near": ("-0.002", False),
        "published:far": ("0.600", True),
    }

    years = (await api.get("/v1/indices/32.76/years")).json()["items"]
    assert [(y["year"], y["edition"], y["break"]) for y in years] == [
        (2020, "kotan-2019", False), (2023, "kotan-2022", True)
    ]  # fmt: skip


async def test_what_the_weights_decide(scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient) -> None:
    stream.add(business(1))
    for n in range(3):
        stream.add(business(n, village="32.75.01.1001"), region="32.75")
    await scoring.follower.process(stream.entries)
    path, asked = "/v1/indices/32.76/sensitivity", {"year": 2023, "reading": "running"}
    found = (await api.get(path, params=asked)).json()
    assert set(found["named"]) == {"own", "equal", "kotan-2019"}
    assert (found["cities"], found["named"]["own"]["rank"], found["rank_best"], found["rank_worst"]) == (2, 2, 1, 2)
    assert Decimal(found["lowest"]["value"]) <= Decimal(found["named"]["kotan-2019"]["score"]["value"])
    assert Decimal(found["named"]["own"]["score"]["value"]) <= Decimal(found["highest"]["value"])
    tight = (await api.get(path, params=asked | {"lowest": "0.2", "highest": "0.2"})).json()
    assert tight["lowest"] == tight["highest"] == found["named"]["equal"]["score"]
    wrong = await api.get(path, params=asked | {"lowest": "0.3"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "lowest")
    none = await api.get(path, params={"year": 2023})
    assert (none.status_code, none.json()["errors"][0]["field"]) == (404, "reading")
