"""A village's index and status come from its answers; a status recorded by a person stands where there are none."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.scoring.app import Scoring
from services.scoring.domain.rescoring import SurveyUnder
from services.scoring.instrument import INSTRUMENTS_DIR, load_catalogue
from services.scoring.replay import replay
from services.scoring.settings import ScoringSettings
from services.scoring.storage import tables as storage
from services.scoring.storage import villages
from shared.contracts import registry
from shared.contracts.catalogue import decode
from shared.contracts.envelope import wire
from shared.contracts.scoring import VillageScored
from shared.journal import tables
from tests.integration.scoring.registry_stream import AT, ON, RATU_JAYA, RegistryStream
from tests.integration.scoring.test_official import moved

PONDOK_JAYA = "32.76.07.1005"


@pytest.fixture
def stream() -> RegistryStream:
    return RegistryStream()


@pytest.fixture
async def items(api: httpx.AsyncClient) -> dict[str, list[str]]:
    """Item -> the groups it's put to."""
    ikrn = (await api.get("/v1/instruments/ikrn-2024")).json()
    return {i["key"]: i["groups"] for v in ikrn["variables"] for s in v["survey"] for i in s["items"]}


def answered(village: str, group: str, items: dict[str, list[str]], score: int, **changes: Any) -> Any:
    data = {
        "answer_id": f"a-{village}-{group}",
        "instrument": "ikrn-2024",
        "year": 2024,
        "group": group,
        "answers": {item: score for item, groups in items.items() if group in groups},
        "on": ON.replace(year=2024),
        "synthetic": True,
        "village": village,
    }
    return registry.SurveyAnswered.model_validate(data | changes)


def recorded(village: str, year: int, status: str, **changes: Any) -> registry.AreaStatusRecorded:
    data = {"village": village, "year": year, "status": status, "method": "8+5", "on": ON, "synthetic": True}
    return registry.AreaStatusRecorded.model_validate(data | changes)


async def told(scoring: Scoring) -> list[VillageScored]:
    query = sa.select(tables.journal.c.body).order_by(tables.journal.c.ordinal)
    async with scoring.database.read() as connection:
        bodies = (await connection.execute(query)).scalars().all()
    payloads = [decode(wire(body, n, "")).data for n, body in enumerate(bodies, 1)]
    return [p for p in payloads if isinstance(p, VillageScored)]


async def test_answers_give_an_index_and_a_status_once_every_group_has_answered(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    stream.add(recorded(RATU_JAYA, 2023, "waspada"))
    for n in range(30):
        stream.add(answered(RATU_JAYA, "warga", items, 3 + n % 2))
    stream.add(answered(RATU_JAYA, "lurah", items, 4))
    await scoring.follower.process(stream.entries)
    waiting = (await api.get("/v1/indices/32.76/villages", params={"year": 2024})).json()
    assert (waiting["items"][0]["survey"], waiting["items"][0]["status"]) == (None, None)
    for _ in range(2):
        stream.add(answered(RATU_JAYA, "petugas", items, 3))
    await scoring.follower.process(stream.entries)

    latest, earlier = (await api.get(f"/v1/villages/{RATU_JAYA}")).json()["items"]
    assert (latest["year"], latest["status"], latest["source"]) == (2024, "aman", "survey")
    assert latest["survey"]["value"] == "3.46"
    assert latest["survey_interval"]["lower"] < "3.46" < latest["survey_interval"]["upper"]
    assert latest["recovery"] == {
        "earlier_year": 2023, "earlier_status": "waspada", "earlier_source": "recorded", "earlier_edition": "8+5",
        "steps": 2, "recovered": True, "is_break": True,
    }  # fmt: skip
    assert [c["answers"] for c in latest["completeness"]] == [30, 1, 2]
    assert (earlier["status"], earlier["source"], earlier["recovery"]) == ("waspada", "recorded", None)

    first, last = await told(scoring)
    assert first.survey.after is None
    assert last.survey.after is not None
    assert (last.village, last.year, last.survey.after.band) == (RATU_JAYA, 2024, "aman")
    assert (last.earlier_status, last.recovered, last.is_break) == ("waspada", True, True)
    # The city's own index doesn't take them in.
    assert (await api.get("/v1/indices/32.76", params={"year": 2024})).status_code == 404


async def test_a_year_of_villages_is_counted_by_status(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    for village, before, score in ((RATU_JAYA, "siaga", 2), (PONDOK_JAYA, "bahaya", 3)):
        stream.add(recorded(village, 2023, before))
        for group in ("warga", "lurah", "petugas"):
            stream.add(answered(village, group, items, score))
    stream.add(recorded("32.76.01.1001", 2024, "aman"))
    await scoring.follower.process(stream.entries)
    found = (await api.get("/v1/indices/32.76/villages", params={"year": 2024})).json()
    assert found["counts"] == {"bahaya": 0, "waspada": 1, "siaga": 1, "aman": 1, "none": 0}
    assert (found["compared"], found["recovered"]) == (2, 1)
    assert [(i["village"], i["status"]) for i in found["items"]] == [
        ("32.76.01.1001", "aman"), (RATU_JAYA, "waspada"), (PONDOK_JAYA, "siaga")
    ]  # fmt: skip


async def test_the_years_of_all_villages_say_how_each_status_was_found(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    for year, status in ((2022, "waspada"), (2023, "siaga")):
        stream.add(recorded(RATU_JAYA, year, status))
    stream.add(recorded(PONDOK_JAYA, 2023, "siaga", synthetic=False))
    stream.add(recorded(PONDOK_JAYA, 2024, "waspada", method="IKRN", synthetic=False))
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 4))
    await scoring.follower.process(stream.entries)
    found = (await api.get("/v1/indices/32.76/village-years")).json()
    ratu_jaya, pondok_jaya = found["items"]
    assert [(s["year"], s["status"], s["edition"]) for s in ratu_jaya["statuses"]] == [
        (2022, "waspada", "8+5"), (2023, "siaga", "8+5"), (2024, "aman", "ikrn-2024")
    ]  # fmt: skip
    changes = [s["recovery"] and (s["recovery"]["steps"], s["recovery"]["is_break"]) for s in ratu_jaya["statuses"]]
    assert changes == [None, (1, False), (1, True)]
    fell = pondok_jaya["statuses"][1]
    assert (fell["recovery"]["steps"], fell["recovery"]["is_break"], fell["synthetic"]) == (-1, True, False)
    assert ratu_jaya["statuses"][0]["synthetic"]
    assert [(y["year"], y["compared"], y["recovered"], y["fell"], y["breaks"]) for y in found["years"]] == [
        (2022, 0, 0, 0, 0), (2023, 1, 1, 0, 0), (2024, 2, 1, 1, 2)
    ]  # fmt: skip
    assert found["years"][2]["counts"] == {"bahaya": 0, "waspada": 1, "siaga": 0, "aman": 1}


async def test_an_excluded_answer_goes_and_comes_back_and_batches_do_not_matter(
    scoring: Scoring, undisturbed: Scoring, stream: RegistryStream, items: dict[str, list[str]]
) -> None:
    for n, group in enumerate(("warga", "lurah", "petugas", "warga", "warga")):
        stream.add(answered(RATU_JAYA, group, items, 1 + n % 4))
    before = answered(RATU_JAYA, "warga", items, 4).model_dump()
    for kind in (registry.SurveyAnswerExcluded, registry.SurveyAnswerReadmitted):
        stream.add(kind.model_validate(before | {"reason": "duplicate"}))
    stream.add(recorded(RATU_JAYA, 2024, "siaga"))
    await undisturbed.follower.process(stream.entries)
    for n in range(1, 9):
        await scoring.follower.process(stream.entries[:n])
    assert await _rows(scoring) == await _rows(undisturbed)


async def _rows(scoring: Scoring) -> list[Any]:
    async with scoring.database.read() as connection:
        return [tuple(row) for row in await connection.execute(sa.select(storage.village_year))]


async def test_what_does_not_fit_is_parked_alone(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    stream.add(answered(RATU_JAYA, "polres", items, 3, answers={"bandar": 3}))
    stream.add(answered("32.75.01.1001", "warga", items, 3))
    stream.add(answered(RATU_JAYA, "warga", items, 3, instrument="kotan-2022"))
    stream.add(answered(RATU_JAYA, "warga", items, 3))
    await scoring.follower.process(stream.entries)
    assert [p["seq"] for p in (await api.get("/parked")).json()["items"]] == [1, 2, 3]
    (village,) = (await api.get(f"/v1/villages/{RATU_JAYA}")).json()["items"]
    assert [c["answers"] for c in village["completeness"]] == [1, 0, 0]


async def test_the_villages_of_the_country_are_read_for_another_edition(
    scoring: Scoring, stream: RegistryStream, items: dict[str, list[str]]
) -> None:
    """Only those that were asked; what their answers give is what the village's own page says."""
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 4))
    stream.add(answered(PONDOK_JAYA, "warga", items, 2))
    stream.add(recorded("32.76.07.1001", 2024, "aman"))
    await scoring.follower.process(stream.entries)
    ikrn = load_catalogue().get("ikrn-2024").plain
    weighed = replace(ikrn, variables=tuple(replace(v, weight=Fraction(1, 2)) for v in ikrn.variables))
    async with scoring.database.read() as connection:
        found = [surveyed async for part in villages.surveyed(connection) for surveyed in part]
    now, other = SurveyUnder(ikrn), SurveyUnder(weighed)
    assert {s.region: (s.year, s.asked.instrument, now.band(s), other.band(s)) for s in found} == {
        RATU_JAYA: (2024, "ikrn-2024", "aman", "aman"),
        PONDOK_JAYA: (2024, "ikrn-2024", None, None),
    }


async def test_a_village_nobody_knows_is_said_to_be(scoring: Scoring, api: httpx.AsyncClient) -> None:
    answer = await api.get(f"/v1/villages/{PONDOK_JAYA}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "village")


async def test_villages_as_they_were_known_and_in_the_digest(
    scoring: Scoring,
    settings: ScoringSettings,
    stream: RegistryStream,
    api: httpx.AsyncClient,
    items: dict[str, list[str]],
) -> None:
    empty = (await api.get("/v1/digest")).json()
    stream.add(recorded(RATU_JAYA, 2024, "bahaya"))
    stream.add(recorded(PONDOK_JAYA, 2024, "siaga"), at=AT + timedelta(days=2))
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 4), at=AT + timedelta(days=1))
    stream.add(recorded(RATU_JAYA, 2024, "waspada"), at=AT + timedelta(days=3))
    await scoring.follower.process(stream.entries)

    async def statuses(days: float) -> dict[str, str]:
        at = (AT + timedelta(days=days)).isoformat()
        found = (await api.get("/v1/indices/32.76/villages", params={"year": 2024, "as_of": at})).json()
        assert sum(found["counts"].values()) == len(found["items"])
        years = (await api.get("/v1/indices/32.76/village-years", params={"as_of": at})).json()["items"]
        assert {y["village"]: y["statuses"][-1]["status"] for y in years} == {
            i["village"]: i["status"] for i in found["items"]
        }
        return {i["village"]: i["status"] for i in found["items"]}

    assert await statuses(-1) == {}
    assert await statuses(0.5) == {RATU_JAYA: "bahaya"}
    assert await statuses(1.5) == {RATU_JAYA: "aman"}
    assert await statuses(9) == {RATU_JAYA: "aman", PONDOK_JAYA: "siaga"}
    past = await api.get(f"/v1/villages/{RATU_JAYA}", params={"as_of": (AT + timedelta(days=0.5)).isoformat()})
    assert past.json()["items"][0]["source"] == "recorded"
    assert (await api.get(f"/v1/villages/{PONDOK_JAYA}", params={"as_of": AT.isoformat()})).status_code == 404

    (line,) = (await api.get("/v1/digest")).json()["villages"]
    assert (empty["villages"], line["region"], line["year"], line["villages"]) == ([], "32.76", 2024, 2)
    await replay(settings, stream)
    assert (await api.get("/v1/digest")).json()["villages"] == [line]
    assert await statuses(1.5) == {RATU_JAYA: "aman"}
    stream.add(recorded(PONDOK_JAYA, 2024, "aman"))
    await scoring.follower.process(stream.entries)
    assert (await api.get("/v1/digest")).json()["villages"][0]["sha256"] != line["sha256"]


async def test_another_edition_says_how_many_villages_bands_would_change(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 3))
        stream.add(answered(PONDOK_JAYA, group, items, 4))
    stream.add(answered("32.76.07.1001", "warga", items, 4))
    await scoring.follower.process(stream.entries)
    text = (INSTRUMENTS_DIR / "ikrn-2024.yaml").read_text(encoding="utf-8")
    changed = text.replace("ikrn-2024", "ikrn-2025").replace("3.25", "2.99").replace("3.26", "3.00")
    other = {"file": "ikrn-2025.yaml", "text": changed}
    found = (await api.post("/v1/instruments/diff", json={"before": "ikrn-2024", "after": other})).json()
    assert (found["compared"], found["changed"], found["effects"]) == (2, 1, [])
    assert found["areas"] == [
        {"region": "32.76", "year": 2024, "compared": 2, "changed": 1,
         "moves": [{"before": "siaga", "after": "aman", "villages": 1}]}
    ]  # fmt: skip
    assert found["whys"] == [{"variable": None, "cause": "bands", "villages": 1}]
    assert any(one["path"] == "bands.aman.from" for one in found["differences"])
    mixed = await api.post("/v1/instruments/diff", json={"before": "ikrn-2024", "after": "kotan-2022"})
    assert (mixed.status_code, mixed.json()["errors"][0]["field"]) == (422, "after")


def locked(revision: int = 1, name: str | None = None, **changes: Any) -> registry.SurveyMoved:
    return moved("approved", "locked", revision, name, **{"year": 2024, "instrument": "ikrn-2024"} | changes)


def left_out(village: str, group: str, items: dict[str, list[str]], score: int) -> registry.SurveyAnswerExcluded:
    sheet = answered(village, group, items, score).model_dump()
    return registry.SurveyAnswerExcluded.model_validate(sheet | {"reason": "duplicate"})


def corrected(stream: RegistryStream, items: dict[str, list[str]]) -> None:
    """Two villages locked, one of them without its head's answer; then answers go and come, to a named revision."""
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 4))
    stream.add(answered(PONDOK_JAYA, "warga", items, 2))
    stream.add(recorded("32.76.07.1001", 2024, "siaga"))
    stream.add(answered("32.75.01.1001", "warga", items, 2), region="32.75")
    stream.add(moved("open", "closed", year=2024, instrument="ikrn-2024"))
    stream.add(locked(), at=AT + timedelta(days=1))
    stream.add(moved("locked", "closed", 2, "Koreksi lurah", year=2024, instrument="ikrn-2024"))
    stream.add(left_out(RATU_JAYA, "lurah", items, 4), at=AT + timedelta(days=2))
    for group in ("lurah", "petugas"):
        stream.add(answered(PONDOK_JAYA, group, items, 2), at=AT + timedelta(days=2))


async def test_the_official_value_of_a_village_is_what_was_locked(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: dict[str, list[str]]
) -> None:
    corrected(stream, items)
    await scoring.follower.process(stream.entries)
    (now,) = (await api.get(f"/v1/villages/{RATU_JAYA}")).json()["items"]
    assert (now["survey"], now["status"]) == (None, None)
    (official,) = now["official"]
    assert (official["revision"], official["instrument"]) == (1, "ikrn-2024")
    assert (official["value"], official["band"]) == ("4.00", "aman")
    years = (await api.get("/v1/indices/32.76/village-years")).json()
    of_village = {item["village"]: item["statuses"] for item in years["items"]}
    assert [(s["year"], s["status"], s["official"][0]["band"]) for s in of_village[RATU_JAYA]] == [(2024, None, "aman")]
    assert years["years"][0]["counts"] == {"bahaya": 0, "waspada": 1, "siaga": 1, "aman": 0}

    stream.add(locked(2, "Koreksi lurah"), at=AT + timedelta(days=3))
    await scoring.follower.process(stream.entries)
    listed = (await api.get("/v1/indices/32.76/villages", params={"year": 2024})).json()["items"]
    said = {i["village"]: [(o["revision"], o["revision_name"], o["value"]) for o in i["official"]] for i in listed}
    assert said == {
        "32.76.07.1001": [],
        RATU_JAYA: [(2, "Koreksi lurah", None), (1, None, "4.00")],
        PONDOK_JAYA: [(2, "Koreksi lurah", "2.00"), (1, None, None)],
    }
    before = {"year": 2024, "as_of": (AT + timedelta(days=1.5)).isoformat()}
    then = (await api.get("/v1/indices/32.76/villages", params=before)).json()["items"]
    assert {i["village"]: [o["revision"] for o in i["official"]] for i in then}[RATU_JAYA] == [1]
    rows = (await api.get("/v1/exchange/tables/villages?year=2024&area=32.76")).text.splitlines()
    assert [row.split(",")[-3:] for row in rows[1:]] == [["", "", ""], ["2", "", ""], ["2", "2.00", "waspada"]]


async def test_locked_villages_are_the_same_in_any_batches_and_after_a_replay(
    scoring: Scoring,
    undisturbed: Scoring,
    settings: ScoringSettings,
    stream: RegistryStream,
    api: httpx.AsyncClient,
    items: dict[str, list[str]],
) -> None:
    corrected(stream, items)
    stream.add(locked(2, "Koreksi lurah"), at=AT + timedelta(days=3))
    stream.add(locked(instrument="kotan-2022"))
    stream.add(answered(RATU_JAYA, "lurah", items, 1))
    await undisturbed.follower.process(stream.entries)
    for n in range(1, len(stream.entries) + 1):
        await scoring.follower.process(stream.entries[:n])
    live = await _officials(scoring)
    assert len(live) == 4
    assert live == await _officials(undisturbed)
    digest = (await api.get("/v1/digest")).json()["villages"]
    await replay(settings, stream)
    assert await _officials(scoring) == live
    assert (await api.get("/v1/digest")).json()["villages"] == digest
    async with scoring.database.transaction() as connection:
        await connection.execute(sa.update(storage.village_locked).values(exact="1"))
    assert (await api.get("/v1/digest")).json()["villages"] != digest


async def test_a_village_locked_with_its_answers_keeps_its_earlier_years(
    scoring: Scoring, stream: RegistryStream, items: dict[str, list[str]]
) -> None:
    stream.add(recorded(RATU_JAYA, 2023, "waspada"))
    await scoring.follower.process(stream.entries)
    for group in ("warga", "lurah", "petugas"):
        stream.add(answered(RATU_JAYA, group, items, 4))
    stream.add(locked())
    await scoring.follower.process(stream.entries)
    last = (await told(scoring))[-1]
    assert (last.earlier_year, last.earlier_status, last.recovered) == (2023, "waspada", True)


async def _officials(scoring: Scoring) -> list[Any]:
    t = storage.village_locked
    query = sa.select(*t.c[1:]).where(storage.of_now(t)).order_by(t.c.village, t.c.revision)
    async with scoring.database.read() as connection:
        return [tuple(row) for row in await connection.execute(query)]
