"""A locked result is the official value, whatever comes after it."""

from datetime import date
from typing import Any

import httpx

from services.scoring.app import Scoring
from services.scoring.instrument import load_catalogue
from shared.contracts.registry import SurveyAnswerExcluded, SurveyMoved
from tests.integration.scoring.registry_stream import GROUPS, ON, RegistryStream, answers

ITEMS = sorted(load_catalogue().get("kotan-2022").plain.items)


def moved(
    before: str,
    state: str,
    revision: int = 1,
    name: str | None = None,
    year: int = 2023,
    instrument: str = "kotan-2022",
) -> SurveyMoved:
    return SurveyMoved.model_validate(
        {
            "campaign_id": "c1",
            "instrument": instrument,
            "year": year,
            "before": before,
            "state": state,
            "revision": revision,
            "revision_name": name,
            "on": date(2023, 12, 20),
        }
    )


def excluded(group: str, score: int) -> SurveyAnswerExcluded:
    sheet = answers(group, ITEMS, score).model_dump(exclude={"on", "synthetic"})
    return SurveyAnswerExcluded.model_validate(sheet | {"reason": "duplicate", "on": ON})


async def take(scoring: Scoring, stream: RegistryStream) -> None:
    await scoring.follower.process(stream.entries)


async def index(api: httpx.AsyncClient) -> Any:
    return (await api.get("/v1/indices/32.76?year=2023")).json()


async def test_the_official_value_is_what_was_locked(scoring: Scoring, api: httpx.AsyncClient) -> None:
    stream = RegistryStream()
    for group in GROUPS:
        stream.add(answers(group, ITEMS, 3))
    stream.add(answers("polres", ITEMS, 4))
    await take(scoring, stream)
    assert (await index(api))["official"] is None
    computed = (await index(api))["survey"]["value"]

    stream.add(moved("approved", "locked"))
    stream.add(moved("locked", "closed", 2, "Koreksi Polres"))
    stream.add(excluded("polres", 4))
    await take(scoring, stream)
    now = await index(api)
    assert (now["official"]["value"], now["official"]["revision"]) == (computed, 1)
    assert now["survey"]["value"] == "3.000"
    assert now["official"]["digest"] != now["digest"]
    exported = (await api.get("/v1/exchange/sdmx/data?year=2023")).text.splitlines()
    indices = {tuple(line.split(",")[5:9]) for line in exported if ",index," in line}
    assert {("official", "index", "2023", computed), ("survey", "index", "2023", "3.000")} <= indices
    table = (await api.get("/v1/exchange/tables/official?year=2023")).text.splitlines()
    assert table[1].startswith(f"Kota Depok,32.76,2023,1,,kotan-2022,{computed},")

    stream.add(moved("approved", "locked", 2, "Koreksi Polres"))
    await take(scoring, stream)
    official = (await api.get("/v1/indices/32.76/official")).json()["items"]
    assert [(row["revision"], row["revision_name"], row["value"]) for row in official] == [
        (2, "Koreksi Polres", "3.000"),
        (1, None, computed),
    ]


async def test_a_group_whose_last_answer_is_taken_out_takes_the_index_with_it(
    scoring: Scoring, api: httpx.AsyncClient
) -> None:
    stream = RegistryStream()
    for group in GROUPS:
        stream.add(answers(group, ITEMS, 3))
    await take(scoring, stream)
    assert (await index(api))["survey"]["value"] == "3.000"
    stream.add(excluded("polres", 3))
    await take(scoring, stream)
    now = await index(api)
    assert now["survey"] is None
    assert next(g for g in now["completeness"] if g["group"] == "polres")["answers"] == 0


async def test_a_campaign_that_opens_begins_no_year(scoring: Scoring, api: httpx.AsyncClient) -> None:
    stream = RegistryStream()
    stream.add(moved("draft", "open", year=2024))
    stream.add(moved("approved", "locked", year=2024))
    await take(scoring, stream)
    assert (await api.get("/v1/indices/32.76?year=2024")).status_code == 404
