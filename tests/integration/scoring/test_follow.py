"""What the follower makes of the registry's events: counts, scores, movements and ``score.changed``, once each."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.scoring.app import Scoring, build
from services.scoring.domain.state import canonical
from services.scoring.instrument import load_catalogue
from services.scoring.settings import ScoringSettings
from services.scoring.storage import retelling, states
from shared.contracts.catalogue import decode
from shared.contracts.envelope import wire
from shared.contracts.scoring import EventParked, ScoreChanged
from shared.journal import tables
from tests.integration.scoring.registry_stream import (
    GROUPS,
    RATU_JAYA,
    RegistryStream,
    answers,
    business,
    chosen,
    published,
    regulation,
)


@pytest.fixture
def stream() -> RegistryStream:
    return RegistryStream()


@pytest.fixture
async def items(api: httpx.AsyncClient) -> list[str]:
    instrument = (await api.get("/v1/instruments/kotan-2022")).json()
    return [i["key"] for v in instrument["variables"] for s in v["survey"] for i in s["items"]]


async def told(scoring: Scoring) -> list[Any]:
    """The payloads in scoring's journal, in order."""
    query = sa.select(tables.journal.c.body).order_by(tables.journal.c.ordinal)
    async with scoring.database.read() as connection:
        bodies = (await connection.execute(query)).scalars().all()
    return [decode(wire(body, n, "")).data for n, body in enumerate(bodies, 1)]


async def test_a_business_moves_the_index_and_the_change_names_it(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    stream.add(business(1))
    await scoring.follower.process(stream.entries)
    event_id = stream.add(business(2, synthetic=True))
    await scoring.follower.process(stream.entries[1:])
    first, second = await told(scoring)
    assert isinstance(second, ScoreChanged)
    assert first.running.before is None
    assert first.movements[0].index_share is None
    (movement,) = second.movements
    assert (movement.event_id, movement.village, movement.detail) == (event_id, RATU_JAYA, "lele")
    assert (movement.variable, movement.indicator) == ("masyarakat", "usaha_berdiri")
    assert second.running.before
    assert second.running.after
    assert movement.index_share == second.running.after.exact - second.running.before.exact > 0
    assert (first.synthetic, second.synthetic) == (False, True)
    assert second.provisional
    assert second.survey.after is None

    answer = (await api.get("/v1/indices/32.76", params={"year": 2023})).json()
    assert answer["running"] == second.running.after.model_dump(mode="json")
    assert [m["event_id"] for m in answer["movements"]] == [event_id, "event-1"]
    assert answer["includes"] == {"3276.registry": 2}
    history = (await api.get("/v1/indices/32.76/history", params={"year": 2023})).json()["items"]
    assert [p["running_value"] for p in history] == [str(first.running.after.value), str(second.running.after.value)]


async def test_a_batch_tells_once_and_shares_sum_to_the_change(
    scoring: Scoring, stream: RegistryStream, items: list[str]
) -> None:
    for group in GROUPS:
        stream.add(answers(group, items))
    await scoring.follower.process(stream.entries)
    for n in range(200):
        stream.add(business(n))
        stream.add(answers("polres", items[n % 40 :], 1 + n % 4))
    await scoring.follower.process(stream.entries[9:])
    begun, moved = await told(scoring)
    assert (begun.survey.before, begun.survey.after.value, begun.survey.after.band) == (
        None,
        Decimal("3.000"),
        "cukup_tanggap",
    )
    assert len(moved.movements) == scoring.settings.movements_max_per_event
    assert moved.movements_left_out > 100
    for reading in ("survey", "running"):
        change = getattr(moved, reading)
        shares = sum(m.index_share for m in moved.movements if m.reading == reading)
        assert shares + moved.index_share_left_out.get(reading, 0) == change.after.exact - change.before.exact
    assert {c.group: c.answers for c in moved.completeness}["polres"] == 201


async def test_delivering_again_and_in_other_batches_changes_nothing(
    scoring: Scoring,
    undisturbed: Scoring,
    stream: RegistryStream,
    api: httpx.AsyncClient,
    items: list[str],
) -> None:
    for n in range(30):
        stream.add(business(n))
        stream.add(answers(GROUPS[n % 9], items, 1 + n % 4))
        stream.add(regulation(regulation_id=f"r{n}", kind="rad" if n % 2 else "perda"))
    await undisturbed.follower.process(stream.entries)
    for entries in (stream.entries[:7], stream.entries[3:50], stream.entries[:50], stream.entries):
        await scoring.follower.process(entries)
    assert await states_of(scoring) == await states_of(undisturbed)
    assert await movements_of(scoring) == await movements_of(undisturbed)
    assert [d["year"] for d in (await api.get("/v1/digest")).json()["items"]] == [2022, 2023]
    paged = await _all_movements(api)
    assert len({m["ordinal"] for m in paged}) == len(paged) > 40


async def states_of(scoring: Scoring) -> list[str]:
    async with scoring.database.read() as connection:
        return [canonical(state) for state in await states.every(connection)]


async def movements_of(scoring: Scoring) -> list[Any]:
    catalogue = load_catalogue()
    async with scoring.database.read() as connection:
        return [
            await retelling.movements(connection, catalogue, "32.76", year, before=None, limit=1_000)
            for year in (2022, 2023)
        ]


async def _all_movements(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"year": 2023, "limit": 40} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/v1/indices/32.76/movements", params=params)).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_a_gap_is_fetched_from_the_journal(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    for n in range(10):
        stream.add(business(n))
    scoring.follower._history = stream
    await scoring.follower.process(stream.entries[:2])
    await scoring.follower.process(stream.entries[8:])
    answer = (await api.get("/v1/indices/32.76")).json()
    assert answer["includes"] == {"3276.registry": 10}
    assert len(answer["movements"]) == 10


async def test_two_replicas_apply_each_event_once(
    scoring: Scoring, settings: ScoringSettings, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    other = build(settings)
    for n in range(20):
        stream.add(business(n))
    await other.follower.process(stream.entries[:5])
    await scoring.follower.process(stream.entries[:12])
    await other.follower.process(stream.entries)
    await scoring.follower.process(stream.entries)
    assert len((await api.get("/v1/indices/32.76")).json()["movements"]) == 20
    assert len(await told(scoring)) == 3
    await other.follower.close()
    await other.database.dispose()


async def test_what_does_not_fit_is_parked_alone_and_the_rest_flows(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient, items: list[str]
) -> None:
    stream.add(business(1))
    stream.add(answers("polres", ["no_such_item"]))
    stream.add_raw('{"specversion":"1.0","id":"x"}')
    stream.add(business(2))
    await scoring.follower.process(stream.entries)
    parked = (await api.get("/parked")).json()["items"]
    assert [(p["seq"]) for p in parked] == [2, 3]
    assert "no_such_item" in parked[0]["error"]
    assert len((await api.get("/v1/indices/32.76")).json()["movements"]) == 2
    assert [p.seq for p in await told(scoring) if isinstance(p, EventParked)] == [2, 3]


async def test_the_chosen_reference_is_the_target_and_choosing_again_is_told(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    stream.add(published("a", "3.620"))
    stream.add(published("c", "3.602"))
    stream.add(chosen("c", "3.602"))
    stream.add(business(1))
    await scoring.follower.process(stream.entries)
    stream.add(chosen("a", "3.620"))
    stream.add(chosen("b", "3.104", year=2021))
    await scoring.follower.process(stream.entries[4:])
    first, second = await told(scoring)
    assert (first.target.value, first.target.from_year) == (Decimal("3.602"), 2022)
    assert first.target.running_gap == first.running.after.value - Decimal("3.602")
    assert second.target.value == Decimal("3.620")
    assert second.running.before == second.running.after
    assert second.movements == ()

    listed = (await api.get("/v1/published/32.76")).json()["items"]
    assert [(p["published_id"], p["index"], p["is_reference"]) for p in listed] == [
        ("a", "3.620", True),
        ("c", "3.602", False),
    ]


async def test_a_standing_record_reaches_every_later_year(
    scoring: Scoring, stream: RegistryStream, api: httpx.AsyncClient
) -> None:
    stream.add(business(1))
    stream.add(regulation())
    await scoring.follower.process(stream.entries)
    changes = {c.year: c for c in await told(scoring)}
    assert set(changes) == {2022, 2023}
    law = changes[2023].variables[4].running.after
    assert law
    assert law.value == Decimal("1.333")  # one regulation is 2; no RAD and no Tim Terpadu are 1 each: 4/3


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/v1/indices/32.76", 404, "region"),
        ("/v1/indices/32.7", 422, "region"),
        ("/v1/indices/32.76?year=1900", 422, "year"),
        ("/v1/indices/32.76/movements", 422, "year"),
        ("/v1/instruments/kotan-1999", 404, "key"),
    ],
)
async def test_a_refusal_names_the_field(api: httpx.AsyncClient, path: str, status: int, field: str) -> None:
    answer = await api.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


async def test_no_token_no_answer(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/digest", headers={"Authorization": ""})).status_code == 401
