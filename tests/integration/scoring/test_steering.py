"""Targets, what-if and goal-seek over HTTP."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.scoring.app import Scoring
from shared.contracts.catalogue import decode
from shared.contracts.envelope import wire
from shared.contracts.scoring import ActionCostsSet, ScoreChanged, TargetSet
from shared.journal import tables
from shared.runtime import clock
from tests.integration.scoring.registry_stream import RegistryStream, business, chosen, published, regulation

RICH = {
    "events": [
        {"type": "session.held", "count": 3, "data": {"kind": "sosialisasi", "attended": 20, "families": 12}},
        {"type": "regulation.recorded", "data": {"kind": "rad", "number": "1", "in_force": True}},
    ],
    "evidence": {"businesses.started": 4},
}


@pytest.fixture
async def begun(scoring: Scoring) -> RegistryStream:
    stream = RegistryStream()
    stream.add(regulation(), at=clock.now() - timedelta(days=40))
    stream.add(business(1), at=clock.now() - timedelta(days=35))
    stream.add(published("c", "3.602"))
    stream.add(chosen("c", "3.602"))
    for n in range(2, 6):
        stream.add(business(n), at=clock.now() - timedelta(days=1))
    await scoring.follower.process(stream.entries)
    return stream


async def told(scoring: Scoring) -> list[Any]:
    query = sa.select(tables.journal.c.body).order_by(tables.journal.c.ordinal)
    async with scoring.database.read() as connection:
        bodies = (await connection.execute(query)).scalars().all()
    return [decode(wire(body, n, "")).data for n, body in enumerate(bodies, 1)]


async def test_a_target_set_by_hand_stands_before_the_reference_and_is_told(
    scoring: Scoring, api: httpx.AsyncClient, begun: RegistryStream
) -> None:
    address = "/v1/indices/32.76/targets/2023"
    first = await api.get(address)
    assert first.json() | {"value": "3.602", "source": "reference", "from_year": 2022, "days_left": 0} == first.json()
    body = {"value": "3.1", "reason": "Perjanjian Kinerja"}
    answer = await api.put(address, json=body, headers={"If-Match": first.headers["etag"]})
    assert answer.status_code == 200
    assert answer.json() | {"value": "3.1", "source": "set", "set_by": "node", "version": 1} == answer.json()
    running = next(p for p in answer.json()["paces"] if p["reading"] == "running")
    assert Decimal(running["gap"]) == Decimal(running["value"]) - Decimal("3.1")
    assert Decimal(running["risen_a_week"]) > 0
    stale = await api.put(address, json=body, headers={"If-Match": first.headers["etag"]})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')

    said, changed = (await told(scoring))[-2:]
    assert isinstance(said, TargetSet)
    assert (said.value, said.set_by) == (Decimal("3.1"), "node")
    assert isinstance(changed, ScoreChanged)
    assert (changed.target.value, changed.target.set_by_hand) == (Decimal("3.1"), True)
    begun.add(business(9))
    await scoring.follower.process(begun.entries[-1:])
    assert (await told(scoring))[-1].target.set_by_hand
    assert (await api.get("/v1/indices/32.76")).json()["target"]["value"] == "3.1"

    back = await api.put(address, json={"value": None, "reason": "salah tahun"})
    assert back.json() | {"value": "3.602", "source": "reference", "version": 2} == back.json()
    refused = await api.put(address, json={"value": "7", "reason": "terlalu tinggi"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "value")


async def test_a_pace_for_a_year_that_runs(scoring: Scoring, api: httpx.AsyncClient, begun: RegistryStream) -> None:
    year = clock.now().year
    begun.add(business(20, on=f"{year}-01-15"), at=clock.now())
    await scoring.follower.process(begun.entries[-1:])
    found = (await api.get(f"/v1/indices/32.76/targets/{year}")).json()
    running = next(p for p in found["paces"] if p["reading"] == "running")
    expected = -Decimal(running["gap"]) * 7 / found["days_left"]
    assert abs(Decimal(running["needed_a_week"]) - expected) < Decimal("0.000001")
    assert running["risen_a_week"] is None


async def test_what_if_says_what_would_be_and_changes_nothing(
    scoring: Scoring, api: httpx.AsyncClient, begun: RegistryStream
) -> None:
    before, digest = (await api.get("/v1/indices/32.76")).json(), (await api.get("/v1/digest")).json()
    began = time.perf_counter()
    answer = await api.post("/v1/indices/32.76/what-if", json=RICH)
    assert time.perf_counter() - began < 2
    found = answer.json()
    assert answer.status_code == 200, found
    assert found["before"]["running"] == before["running"]
    change = Decimal(found["after"]["running"]["exact"]) - Decimal(before["running"]["exact"])
    assert change > 0
    assert sum(Decimal(step["running_share"]) for step in found["steps"]) == change
    means = {"survey": {"variables": {v["variable"]: "3.6" for v in before["variables"]}}}
    supposed = (await api.post("/v1/indices/32.76/what-if", json=means)).json()
    assert supposed["after"]["survey"]["band"] == "sangat_tanggap"
    assert supposed["survey_assumed_complete"]
    assert (await api.get("/v1/digest")).json() == digest
    assert (await api.get("/v1/indices/32.76")).json() == before


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("what-if", {"events": [{"type": "moon.landed"}]}, "events.0.type"),
        ("what-if", {"events": [{"type": "session.held", "data": {"attended": -1}}]}, "events.0.data.kind"),
        ("what-if", {"evidence": {"moons": 1}}, "evidence.moons"),
        ("what-if", {"survey": {"variables": {"hukum": "9"}}}, "survey.variables.hukum"),
        ("goal-seek", {"band": "sempurna"}, "band"),
        ("goal-seek", {"target": "9"}, "target"),
        ("goal-seek", {"band": "tanggap", "costs": {"terbang": "1"}}, "costs.terbang"),
        ("goal-seek", {"year": 2031}, "year"),
    ],
)
async def test_a_supposition_that_makes_no_sense_names_the_field(
    api: httpx.AsyncClient, begun: RegistryStream, path: str, body: dict[str, Any], field: str
) -> None:
    answer = await api.post(f"/v1/indices/32.76/{path}", json=body)
    assert answer.status_code in (404, 422)
    error = answer.json()["errors"][0]
    assert error["field"] == field
    assert error["remedy"]


async def test_goal_seek_ranks_by_the_costs_of_the_office_or_the_request(
    scoring: Scoring, api: httpx.AsyncClient, begun: RegistryStream
) -> None:
    wanted = {"target": "1.6", "plans": 3}
    filled = await api.post("/v1/indices/32.76/goal-seek", json=wanted)
    found = filled.json()
    assert filled.status_code == 200, found
    assert len(found["plans"]) == 3
    assert set(found["costs_are"].values()) == {"P"}
    dear = {a["action"]: "1000" for a in found["plans"][0]["actions"]}
    set_ = await api.put("/v1/action-costs", json={"costs": dear})
    assert {a["action"] for a in set_.json()["items"] if a["cost_set_by_office"]} == set(dear)
    assert isinstance((await told(scoring))[-1], ActionCostsSet)
    second = (await api.post("/v1/indices/32.76/goal-seek", json=wanted)).json()
    assert Decimal(second["plans"][0]["cost"]) > Decimal(found["plans"][0]["cost"])
    free = (await api.post("/v1/indices/32.76/goal-seek", json=wanted | {"costs": dict.fromkeys(dear, "0")})).json()
    assert Decimal(free["plans"][0]["cost"]) == 0
    assert {free["costs_are"][key] for key in dear} == {"request"}
