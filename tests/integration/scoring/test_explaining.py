"""Explanations over HTTP: exact sums, and every number as it was known at any moment and under any edition."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.scoring.app import Scoring
from tests.integration.scoring.registry_stream import AT, GROUPS, RegistryStream, answers, business, regulation

ITEMS_OF_LAW = ["regulasi_1", "regulasi_2"]


@pytest.fixture
async def year(scoring: Scoring, api: httpx.AsyncClient) -> list[dict[str, Any]]:
    """A year with more than one snapshot, in batches; the index after each entry that moved it."""
    stream = RegistryStream()
    items = await _items(api)
    stream.add(regulation())
    for n in range(300):
        at = AT + timedelta(minutes=n)
        stream.add(business(n), at=at)
        stream.add(answers(GROUPS[n % 9], items[n % 7 :], 1 + n % 4), at=at)
    for first in range(0, len(stream.entries), 170):
        await scoring.follower.process(stream.entries[first : first + 170])
    points: list[dict[str, Any]] = []
    cursor: int | None = 0
    while cursor is not None:
        page = (
            await api.get("/v1/indices/32.76/history", params={"year": 2023, "cursor": cursor, "limit": 250})
        ).json()
        points += page["items"]
        cursor = page["next_cursor"]
    return points


async def _items(api: httpx.AsyncClient) -> list[str]:
    instrument = (await api.get("/v1/instruments/kotan-2022")).json()
    return [i["key"] for v in instrument["variables"] for s in v["survey"] for i in s["items"]]


async def test_a_change_between_two_moments_is_explained_without_a_rest(
    api: httpx.AsyncClient, year: list[dict[str, Any]]
) -> None:
    begin, end = AT + timedelta(minutes=40), AT + timedelta(minutes=290)
    asked = {"year": 2023, "from": begin.isoformat(), "to": end.isoformat(), "events": 5}
    found = (await api.get("/v1/indices/32.76/explanation", params=asked)).json()
    then = [await _index(api, as_of=moment.isoformat()) for moment in (begin, end)]
    for reading in found["readings"]:
        name = reading["reading"]
        assert reading["before"] == then[0][name]["exact"]
        assert reading["after"] == then[1][name]["exact"]
        change = Decimal(reading["change"])
        assert change == Decimal(reading["after"]) - Decimal(reading["before"])
        assert sum(Decimal(v["index_share"]) for v in reading["variables"]) == change
        told = sum(Decimal(e["index_share"]) for e in reading["events"])
        for event in reading["events"]:
            assert sum(Decimal(w["index_share"]) for w in event["ways"]) == Decimal(event["index_share"])
        assert told + Decimal(reading["share_left_out"]) == change
        for variable in reading["variables"]:
            parts = [Decimal(i["index_share"]) for i in variable["indicators"]]
            assert sum(parts) == Decimal(variable["index_share"])
            for indicator in variable["indicators"]:
                own = sum(Decimal(e["index_share"]) for e in indicator["evidence"])
                assert own == Decimal(indicator["index_share"])
    survey = next(r for r in found["readings"] if r["reading"] == "survey")
    assert len(survey["events"]) == 5
    assert survey["events_left_out"] > 100
    assert survey["sentence"]["id"].startswith("Indeks survei ")


async def test_every_moment_of_the_past_is_as_it_was_told_then(
    api: httpx.AsyncClient, year: list[dict[str, Any]]
) -> None:
    by_moment = {point["at"]: point for point in year}
    for at in list(by_moment)[:: len(by_moment) // 12]:
        known = await _index(api, as_of=at)
        for name in ("survey", "running"):
            assert (known[name] and known[name]["value"]) == by_moment[at][f"{name}_value"]
        assert known["as_of"] == at
    before = await api.get("/v1/indices/32.76", params={"year": 2023, "as_of": (AT - timedelta(days=1)).isoformat()})
    assert (before.status_code, before.json()["errors"][0]["field"]) == (404, "as_of")


async def test_another_edition_is_a_visible_break(api: httpx.AsyncClient, year: list[dict[str, Any]]) -> None:
    own, other = await _index(api), await _index(api, instrument="kotan-2019")
    assert (own["is_break"], other["is_break"]) == (False, True)
    assert (other["edition"], other["answered_with"]) == ("kotan-2019", "kotan-2022")
    assert Decimal(other["survey"]["value"]) > 4
    assert other["target"] is None
    refused = await api.get("/v1/indices/32.76", params={"instrument": "kotan-1999"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (404, "instrument")


@pytest.mark.parametrize("reading", ["survey", "running"])
async def test_a_variable_is_taken_apart(api: httpx.AsyncClient, year: list[dict[str, Any]], reading: str) -> None:
    index = await _index(api)
    in_index = Decimal(0)
    for variable in index["variables"]:
        address = f"/v1/indices/32.76/variables/{variable['variable']}/explanation"
        found = (await api.get(address, params={"reading": reading, "year": 2023})).json()
        assert found["value"] == variable[reading]["exact"]
        assert sum(Decimal(i["variable_part"] or 0) for i in found["indicators"]) == Decimal(found["value"])
        in_index += Decimal(found["index_part"])
    assert in_index == Decimal(index[reading]["exact"])
    refused = await api.get("/v1/indices/32.76/variables/cuaca/explanation")
    assert "keluarga" in refused.json()["errors"][0]["remedy"]


async def _index(api: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get("/v1/indices/32.76", params={"year": "2023", **params})).json()
    return found


async def test_without_a_year_the_moments_say_which(api: httpx.AsyncClient, year: list[dict[str, Any]]) -> None:
    address = "/v1/indices/32.76/explanation"
    spans = (
        {},
        {"from": "2023-01-01T00:00:00+07:00", "to": "2023-12-31T23:59:59+07:00"},
        {"to": "2031-01-01T00:00:00Z"},
    )
    assert [(await api.get(address, params=span)).json()["year"] for span in spans] == [2023, 2023, 2023]
    unclear = await api.get(address, params={"from": "2023-01-01T00:00:00"})
    assert (unclear.status_code, unclear.json()["errors"][0]["field"]) == (422, "from")
    nowhere = await api.get("/v1/indices/53.71/explanation", headers={"Accept-Language": "id"})
    assert (nowhere.status_code, nowhere.json()["title"]) == (404, "Tidak ditemukan")
