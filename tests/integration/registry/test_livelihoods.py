"""Groups, businesses, what they were given, and visits that are made, mended and taken back."""

import asyncio
from typing import Any

from tests.integration.registry.conftest import RATU_JAYA, Api
from tests.integration.registry.test_programmes import change, counted, people, said, show

Record = dict[str, Any]


async def started(api: Api, person: str, **changes: Any) -> Record:
    return await api.made("/v1/businesses", {"participant_id": person, "sector": "lele", "on": "2023-01-09"} | changes)


async def visits(api: Api, business: Record, state: str = "open") -> list[Record]:
    found: list[Record] = (await show(api, f"/v1/follow-ups?business_id={business['id']}&state={state}"))["items"]
    return found


async def test_a_group_has_members_over_time_and_a_business_of_its_own(api: Api) -> None:
    first, second, third = await people(api, 3)
    group = await api.made(
        "/v1/groups",
        {
            "name": "Kelompok Lele Contoh",
            "sector": "ikan lele",
            "village": RATU_JAYA,
            "members": [first, second],
            "on": "2023-02-01",
        },
    )
    assert (group["sector"], group["state"]) == ("lele", "active")
    assert "Kelompok" not in "".join(event.model_dump_json() for event in await api.events())
    path = f"/v1/groups/{group['id']}"
    joined = await api.made("/v1/memberships", {"group_id": group["id"], "participant_id": third, "on": "2023-03-01"})
    again = await api.post("/v1/memberships", {"group_id": group["id"], "participant_id": third, "on": "2023-03-02"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "participant_id")
    assert (await show(api, path))["members"] == 3
    left = await api.post(f"/v1/memberships/{joined['id']}/end", {"on": "2023-04-01", "reason": "working"})
    assert (left.status_code, left.json()["ended_on"]) == (200, "2023-04-01")
    twice = await api.post(f"/v1/memberships/{joined['id']}/end", {"on": "2023-04-01", "reason": "working"})
    assert twice.status_code == 409
    back = await api.made("/v1/memberships", {"group_id": group["id"], "participant_id": third, "on": "2023-05-01"})
    assert back["id"] != joined["id"]
    business = await api.made("/v1/businesses", {"group_id": group["id"], "sector": "lele", "on": "2023-05-03"})
    assert (business["participant_id"], business["village"]) == (None, RATU_JAYA)
    assert (await said(api, 5))[0] == "business.started-by-group"
    assert (await counted(api))[2023]["businesses.started"] == 1
    dissolved = await api.post(f"{path}/dissolution", {"on": "2023-12-01", "reason": "goal_reached"})
    assert (dissolved.json()["members"], dissolved.json()["state"]) == (0, "dissolved")
    assert len((await show(api, f"/v1/memberships?group_id={group['id']}"))["items"]) == 4
    late = await api.post("/v1/businesses", {"group_id": group["id"], "sector": "lele", "on": "2023-12-03"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (409, "group_id")


async def test_an_owner_is_one_or_the_other(api: Api) -> None:
    for owner, field in (({}, "participant_id"), ({"participant_id": "a", "group_id": "b"}, "group_id")):
        refused = await api.post("/v1/businesses", {"sector": "lele", "on": "2023-05-03"} | owner)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


async def test_what_a_business_was_given_is_listed_and_mended(api: Api) -> None:
    (person,) = await people(api, 1)
    tools = {"giver": "DKUM Kota Depok", "kind": "tools", "value_rupiah": 25_000_000_000, "on": "2023-01-09"}
    business = await started(api, person, supports=[tools], mentor="Asosiasi UMKM Contoh")
    assert await said(api, 1) == ["support.given"]
    wrong = tools | {"business_id": business["id"], "giver": "Bapak, 0812-3456-7890"}
    refused = await api.post("/v1/supports", wrong)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "giver")
    (given,) = (await show(api, f"/v1/supports?business_id={business['id']}"))["items"]
    mended = await change(api, f"/v1/supports/{given['id']}", {"value_rupiah": 2_500_000})
    assert (mended.status_code, mended.json()["value_rupiah"]) == (200, 2_500_000)
    event = (await api.events())[-1].data.model_dump()
    assert (event["previous"]["value_rupiah"], event["support"]["value_rupiah"]) == (25_000_000_000, 2_500_000)


async def test_a_visit_s_counts_stay_exact_whatever_is_mended(api: Api) -> None:
    (person,) = await people(api, 1)
    business = await started(api, person, on="2022-11-07")
    base = await counted(api)
    first, second, *_ = await visits(api, business)
    path = f"/v1/follow-ups/{first['id']}"
    not_yet = await change(api, path, {"workers": 1})
    assert (not_yet.status_code, not_yet.json()["type"]) == (409, "urn:bersinar:problem:not-visited")
    found = {"status": "closed", "workers": 0, "income_band": "none", "on": "2023-01-07"}
    assert (await api.post(f"{path}/visit", found)).status_code == 200
    assert len(await visits(api, business, "cancelled")) == 3
    mended = await change(api, path, {"status": "active", "workers": 2, "on": "2022-12-07"})
    assert (mended.status_code, mended.json()["income_band"]) == (200, "none")
    assert await said(api, 4) == ["business.visit-corrected", *["follow-up.reopened"] * 3]
    assert (await show(api, f"/v1/businesses/{business['id']}"))["status"] == "active"
    years = await counted(api)
    assert (years[2022]["businesses.visited_active.1"], 2023 in years) == (1, 2023 in base)
    gone = await api.post(f"{path}/withdrawal", {"reason": "wrong_business"})
    assert (gone.status_code, gone.json()["state"], gone.json()["on"]) == (200, "open", None)
    assert await said(api, 2) == ["business.visit-withdrawn", "follow-up.reopened"]
    assert await counted(api) == base
    assert [visit["id"] for visit in await visits(api, business)][:2] == [first["id"], second["id"]]
    assert "income" not in "".join(event.model_dump_json() for event in await api.events())


async def test_a_closing_between_two_visits_is_taken_back(api: Api) -> None:
    (person,) = await people(api, 1)
    business = await started(api, person)
    path = f"/v1/businesses/{business['id']}"
    first, *_ = await visits(api, business)
    await api.post(f"/v1/follow-ups/{first['id']}/visit", {"status": "paused", "workers": 1, "on": "2023-02-09"})
    early = await api.post(f"{path}/closing", {"on": "2023-02-08", "reason": "loss"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "on")
    closed = await api.post(f"{path}/closing", {"on": "2023-03-08", "reason": "loss"})
    assert (closed.json()["status"], closed.json()["closed_on"]) == ("closed", "2023-03-08")
    assert await said(api, 4) == ["business.closed", *["follow-up.cancelled"] * 3]
    assert await visits(api, business) == []
    opened = await api.post(f"{path}/reopening", {"on": "2023-03-10"})
    assert (opened.json()["status"], opened.json()["closed_on"], opened.json()["reason"]) == ("paused", None, None)
    assert len(await visits(api, business)) == 3
    again = await api.post(f"{path}/reopening", {"on": "2023-03-10"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:bersinar:problem:business-open")


async def test_a_mended_start_moves_the_visits_and_the_year(api: Api) -> None:
    (person,) = await people(api, 1)
    business = await started(api, person)
    path = f"/v1/businesses/{business['id']}"
    first, *_ = await visits(api, business)
    await api.post(f"/v1/follow-ups/{first['id']}/visit", {"status": "active", "workers": 1, "on": "2023-02-09"})
    late = await change(api, path, {"on": "2023-02-10"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "on")
    assert (await change(api, path, {"on": "2022-12-30"})).status_code == 200
    assert await said(api, 4) == ["business.changed", *["follow-up.scheduled"] * 3]
    assert [visit["due_on"] for visit in await visits(api, business)] == ["2023-03-30", "2023-06-30", "2023-12-30"]
    years = await counted(api)
    assert (years[2022]["businesses.started"], "businesses.started" in years[2023]) == (1, False)


async def test_late_visits_can_be_seen(api: Api) -> None:
    (person,) = await people(api, 1)
    business = await started(api, person)
    today = api.registry.office.today("32.76")
    fresh = await started(api, person, on=today.isoformat())
    late = (await show(api, "/v1/follow-ups?late=true"))["items"]
    assert {visit["business_id"] for visit in late} == {business["id"]}
    ahead = (await show(api, "/v1/follow-ups?late=false"))["items"]
    assert {visit["business_id"] for visit in ahead} == {fresh["id"]}


async def test_two_hands_on_one_business_lose_nothing(api: Api) -> None:
    (person,) = await people(api, 1)
    business = await started(api, person)
    first, second, *_ = await visits(api, business)
    path = f"/v1/businesses/{business['id']}"
    found = {"status": "active", "workers": 1, "on": "2023-05-09"}
    answers = await asyncio.gather(
        api.post(f"/v1/follow-ups/{first['id']}/visit", found),
        api.post(f"/v1/follow-ups/{second['id']}/visit", found),
        api.post(f"{path}/closing", {"on": "2023-06-01", "reason": "moved"}),
        change(api, path, {"mentor": "Asosiasi UMKM Contoh"}),
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    shown = await show(api, path)
    assert (shown["status"], shown["mentor"]) == ("closed", "Asosiasi UMKM Contoh")
    assert await visits(api, business) == []


async def test_bodies_are_bad_in_every_way(api: Api) -> None:
    """Nothing of a refused request is kept."""
    (person,) = await people(api, 1)
    before = await api.counts()
    bad = {"giver": "DKUM", "kind": "tools", "on": "2999-01-01"}
    refused = await api.post(
        "/v1/businesses", {"participant_id": person, "sector": "lele", "on": "2023-01-09", "supports": [bad]}
    )
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "supports.0.on")
    member = await api.post(
        "/v1/groups",
        {"name": "Contoh", "sector": "lele", "village": RATU_JAYA, "members": [person, "none"], "on": "2023-02-01"},
    )
    assert (member.status_code, member.json()["errors"][0]["field"]) == (422, "members.1")
    assert await api.counts() == before
