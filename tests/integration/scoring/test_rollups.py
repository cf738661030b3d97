"""Cities, provinces and the nation through the API, as they are and as they were."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.scoring.app import Scoring
from services.scoring.instrument import load_catalogue
from tests.integration.scoring.registry_stream import AT, GROUPS, RegistryStream, answers, business
from tests.integration.scoring.test_editions import edition

KOTAN = load_catalogue().get("kotan-2022").plain
LATER = AT + timedelta(days=30)
DEPOK, BOGOR, KUPANG, BANDUNG = "32.76", "32.71", "53.71", "32.73"


def sheet(score: int, better: tuple[str, ...] = ()) -> dict[str, int]:
    """Every item answered alike, those of some variables one higher."""
    return {
        item: score + (variable.key in better)
        for variable in KOTAN.variables
        for indicator in variable.survey
        for item in indicator.items
    }


@pytest.fixture
async def stream(scoring: Scoring) -> RegistryStream:
    """Three surveyed cities, one of them a month later, and one with a business and no survey."""
    stream = RegistryStream()
    for region, filled, at in (
        (DEPOK, sheet(3), AT),
        (KUPANG, sheet(3, ("hukum", "masyarakat")), AT),
        (BOGOR, sheet(4), LATER),
    ):
        for group in GROUPS:
            stream.add(answers(group, [], answers=filled, synthetic=region == DEPOK), region=region, at=at)
    stream.add(business(1, village=f"{BANDUNG}.07.1003"), region=BANDUNG)
    await scoring.follower.process(stream.entries)
    return stream


async def rollup(api: httpx.AsyncClient, area: str, **asked: Any) -> dict[str, Any]:
    answer = await api.get(f"/v1/rollups/{area}", params={"year": 2023, **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_province_and_the_nation_by_hand(api: httpx.AsyncClient, stream: RegistryStream) -> None:
    """3.000, 3.400 and 4.000: mean 3.466..., median 3.400."""
    nation = await rollup(api, "ID")
    (found,) = nation["editions"]
    assert (found["instrument"], found["cities"], found["scored"], found["synthetic"]) == ("kotan-2022", 4, 3, 1)
    assert (found["mean"], found["median"], found["lowest"], found["highest"]) == ("3.467", "3.400", "3.000", "4.000")
    assert found["bands"] == {"kurang_tanggap": 0, "cukup_tanggap": 1, "tanggap": 1, "sangat_tanggap": 1}
    assert found["at_least"]["tanggap"] == 2
    assert (found["is_break"], found["provisional"], found["weighted"]) == (False, True, False)
    assert [(p["province"], p["scored"], p["mean"]) for p in found["provinces"]] == [
        ("32", 2, "3.500"), ("53", 1, "3.400")
    ]  # fmt: skip
    assert (nation["cities"], len(nation["missing"]), BANDUNG in nation["missing"]) == (514, 511, True)

    province = await rollup(api, "32", cities=False)
    (found,) = province["editions"]
    assert (province["name"], found["mean"], found["at_least"]["tanggap"], found["items"]) == (
        "Jawa Barat", "3.500", 1, []
    )  # fmt: skip
    assert DEPOK not in province["missing"]
    assert all(code.startswith("32.") for code in province["missing"])


async def test_as_it_was_known_and_as_the_registry_shows_it(api: httpx.AsyncClient, stream: RegistryStream) -> None:
    (before,) = (await rollup(api, "ID", as_of=(LATER - timedelta(days=1)).isoformat()))["editions"]
    assert (before["scored"], before["mean"]) == (2, "3.200")
    assert {i["region"]: i["value"] for i in before["items"]} == {DEPOK: "3.000", KUPANG: "3.400", BANDUNG: None}
    (running,) = (await rollup(api, "32", reading="running"))["editions"]
    assert [i["value"] for i in running["items"] if i["region"] == BANDUNG] != [None]


async def test_editions_never_stand_in_one_mean(api: httpx.AsyncClient, stream: RegistryStream) -> None:
    assert (await api.post("/v1/instruments", json=edition(2024))).status_code == 201
    (under,) = (await rollup(api, "ID", instrument="kotan-2024"))["editions"]
    assert (under["instrument"], under["is_break"]) == ("kotan-2024", True)
    assert {i["region"]: i["value"] for i in under["items"]}[KUPANG] == "3.550"  # the law weighs twice as much
    (own,) = (await rollup(api, "ID"))["editions"]
    assert (own["instrument"], own["is_break"], own["mean"]) == ("kotan-2022", False, "3.467")


@pytest.mark.parametrize(("area", "status"), [("99", 200), ("32.76", 422), ("X", 422)])
async def test_an_area_is_a_province_or_the_nation(api: httpx.AsyncClient, area: str, status: int) -> None:
    assert (await api.get(f"/v1/rollups/{area}", params={"year": 2023})).status_code == status


async def test_an_unknown_edition_is_named(api: httpx.AsyncClient, stream: RegistryStream) -> None:
    answer = await api.get("/v1/rollups/ID", params={"year": 2023, "instrument": "kotan-1999"})
    assert answer.status_code in (404, 422)
    assert answer.json()["errors"][0]["field"] == "instrument"
