"""What was printed, chosen, computed and locked stands side by side, and none of it in the place of another."""

import httpx

from services.scoring.app import Scoring
from services.scoring.instrument import load_catalogue
from tests.integration.scoring.registry_stream import GROUPS, RegistryStream, answers, chosen, published
from tests.integration.scoring.test_official import moved

ITEMS = sorted(load_catalogue().get("kotan-2022").plain.items)


async def test_all_kinds_of_a_year_side_by_side(scoring: Scoring, api: httpx.AsyncClient) -> None:
    stream = RegistryStream()
    for published_id, index in (("a", "3.620"), ("b", "3.620"), ("c", "3.602")):
        stream.add(published(published_id, index))
    stream.add(chosen("c", "3.602"))
    for group in GROUPS:
        stream.add(answers(group, ITEMS, 3, year=2022))
        stream.add(answers(group, ITEMS, 4))
    stream.add(moved("approved", "locked", year=2022))
    await scoring.follower.process(stream.entries)

    found = (await api.get("/v1/values/32.76")).json()
    latest, year = found["items"]
    assert (found["name"], latest["year"], year["year"]) == ("Kota Depok", 2023, 2022)
    assert [p["index"] for p in year["published"]] == ["3.620", "3.620", "3.602"]
    assert (year["conflict"], year["spread"]) == (True, "0.018")
    assert (year["chosen"]["published_id"], year["chosen"]["reason"]) == ("c", "the target for 2023 rests on it")
    computed = year["computed"]
    assert (computed["survey"], computed["band"], computed["provisional"]) == ("3.000", "cukup_tanggap", True)
    assert computed["against_reference"] == "-0.602"
    assert (computed["answers"], computed["quota"]) == (9, 180)
    assert [(o["value"], o["revision"]) for o in year["official"]] == [("3.000", 1)]
    assert (latest["published"], latest["chosen"], latest["official"], latest["conflict"]) == ([], None, [], False)
    assert latest["computed"]["against_reference"] is None
    assert [item["break"] for item in found["items"]] == [False, False]
    assert (await api.get("/v1/values/32.76?year=2022")).json()["items"] == [year]


async def test_editions_are_apart_and_a_province_has_a_mean(scoring: Scoring, api: httpx.AsyncClient) -> None:
    stream = RegistryStream()
    stream.add(published("old", "63.38", year=2022).model_copy(update={"edition": "kotan-2019"}))
    for score, region in ((3, "32.76"), (4, "32.71")):
        for group in GROUPS:
            stream.add(answers(group, ITEMS, score, year=2022), region=region)
    await scoring.follower.process(stream.entries)
    city = (await api.get("/v1/values/32.76?year=2022")).json()["items"]
    assert [(i["edition"], i["break"]) for i in city] == [("kotan-2022", True), ("kotan-2019", False)]
    assert city[0]["computed"]["against_reference"] is None
    assert city[1]["computed"] is None
    (province,) = (await api.get("/v1/values/32")).json()["items"]
    mean = province["computed"]
    assert (mean["survey"], mean["band"], mean["cities"], mean["scored"]) == ("3.500", None, 2, 2)


async def test_an_area_nobody_said_anything_about_has_no_years(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/values/34")).json() == {"area": "34", "name": "DI Yogyakarta", "items": []}
