"""A programme's life over a real database: states, places and the line, attendance, and what is mended later."""

import asyncio
from typing import Any

import httpx

from services.scoring.domain.state import CityYear, add_counters
from services.scoring.handlers import steps_of
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

Record = dict[str, Any]


async def change(api: Api, path: str, body: Record, version: str = "*") -> httpx.Response:
    return await api.client.patch(path, json=body, headers={"If-Match": version})


async def people(api: Api, count: int) -> list[str]:
    return [(await api.made("/v1/participants", bodies.participant(number)))["id"] for number in range(1, count + 1)]


def place(person: str, programme: Record, **changes: Any) -> Record:
    return {"participant_id": person, "programme_id": programme["id"], "on": "2023-03-08"} | changes


async def show(api: Api, path: str) -> Record:
    record: Record = (await api.client.get(path)).json()
    return record


async def said(api: Api, last: int) -> list[str]:
    return [event.type.split(".", 3)[3].removesuffix(".v1") for event in (await api.events())[-last:]]


async def counted(api: Api) -> dict[int, dict[str, int]]:
    """What scoring counts, by year, when it hears everything the registry has said."""
    years: dict[int, CityYear] = {}
    for event in await api.events():
        try:
            steps = steps_of(event)
        except KeyError:
            continue
        for step in steps:
            year = years.setdefault(step.evidence.year, CityYear("32.76", step.evidence.year, "kotan-2022"))
            add_counters(year, step.evidence)
    found = {key: {name: n for name, n in year.counters.items() if n} for key, year in years.items()}
    return {year: counters for year, counters in found.items() if counters}


async def test_a_programme_goes_from_a_draft_to_its_end(api: Api) -> None:
    made = await api.made("/v1/programmes", bodies.programme(state="draft", budget_rupiah=45_000_000_000))
    path = f"/v1/programmes/{made['id']}"
    (person,) = await people(api, 1)
    held = {"programme_id": made["id"], "village": RATU_JAYA, "attended": 9, "families": 4, "on": "2023-03-09"}
    for refused in (await api.post("/v1/enrolments", place(person, made)), await api.post("/v1/sessions", held)):
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:bersinar:problem:programme-not-open")
    mended = await change(api, path, {"kind": "magang", "starts_on": "2023-03-09", "ends_on": "2023-03-20"}, '"1"')
    assert (mended.status_code, mended.json()["kind"], mended.headers["ETag"]) == (200, "magang", '"2"')
    assert (await change(api, path, {"quota": 30}, '"1"')).status_code == 412
    planned = await api.post(f"{path}/state", {"state": "planned", "on": "2023-02-20"})
    assert (planned.status_code, planned.json()["state"]) == (200, "planned")
    await api.made("/v1/sessions", held)
    assert await said(api, 2) == ["session.held", "programme.state-changed"]
    assert (await show(api, path))["state"] == "running"
    done = await api.post(f"{path}/state", {"state": "completed", "on": "2023-03-20"})
    assert (done.json()["state"], done.json()["ended_on"]) == ("completed", "2023-03-20")
    back = await api.post(f"{path}/state", {"state": "running", "on": "2023-03-21"})
    assert (back.status_code, back.json()["errors"][0]["field"]) == (409, "state")
    late = await api.post("/v1/sessions", held | {"on": "2023-03-20"})
    too_late = await api.post("/v1/sessions", held | {"on": "2023-03-21"})
    assert (late.status_code, too_late.status_code) == (201, 422)
    kind = await change(api, path, {"kind": "bimtek"})
    assert (kind.status_code, kind.json()["errors"][0]["field"]) == (409, "kind")
    village = await change(api, path, {"villages": [PONDOK_JAYA]})
    assert (village.status_code, village.json()["errors"][0]["field"]) == (409, "villages")
    assert (await show(api, path))["budget_rupiah"] == 45_000_000_000


async def test_kinds_are_the_office_s_list_and_sectors_are_one_word(api: Api) -> None:
    words = await show(api, "/v1/vocabulary")
    assert "kelompok_dampingan" in [kind["word"] for kind in words["kinds"]]
    unknown = await api.post("/v1/programmes", bodies.programme(kind="lomba_mancing"))
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "kind")
    assert "kewirausahaan" in unknown.json()["errors"][0]["remedy"]
    sewing = await api.made("/v1/programmes", bodies.programme(kind="bimtek_life_skill", sector="menjahit"))
    assert sewing["sector"] == "jahit"


async def test_who_waits_is_accepted_in_turn(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=1))
    path = f"/v1/programmes/{programme['id']}"
    first, *others = await people(api, 5)
    taken = await api.made("/v1/enrolments", place(first, programme))
    line = [await api.made("/v1/enrolments", place(person, programme)) for person in others]
    assert [(one["state"], one["number"]) for one in line] == [("waiting", number) for number in (1, 2, 3, 4)]
    assert ((await show(api, path))["places_taken"], (await show(api, path))["waiting"]) == (1, 4)
    twice = await api.post("/v1/enrolments", place(others[0], programme))
    assert twice.status_code == 409
    overtaking = await api.post(f"/v1/enrolments/{line[2]['id']}/acceptance", {"on": "2023-03-09"})
    assert (overtaking.status_code, overtaking.json()["type"]) == (409, "urn:bersinar:problem:waits-already")
    gone = await api.post(f"/v1/enrolments/{line[0]['id']}/refusal", {"on": "2023-03-09", "reason": "withdrawn"})
    assert gone.json()["state"] == "refused"
    dropped = await api.post(f"/v1/enrolments/{taken['id']}/drop", {"on": "2023-03-09", "reason": "working"})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")
    events = (await api.events())[-2:]
    assert [event.type.split(".")[4] for event in events] == ["dropped", "accepted"]
    assert (events[1].subject, events[1].causationid) == (line[1]["id"], events[0].id)
    assert (events[1].data.model_dump()["waited"], str(events[1].data.model_dump()["on"])) == (True, "2023-03-09")
    mended = await change(api, path, {"quota": 3})
    assert (mended.json()["places_taken"], mended.json()["waiting"]) == (3, 0)
    assert await said(api, 3) == ["programme.changed", "enrolment.accepted", "enrolment.accepted"]
    below = await change(api, path, {"quota": 2})
    assert (below.status_code, below.json()["type"]) == (409, "urn:bersinar:problem:quota-below-taken")


async def test_who_left_meanwhile_is_passed_over(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=1))
    first, second, third = await people(api, 3)
    taken, gone, next_one = [await api.made("/v1/enrolments", place(one, programme)) for one in (first, second, third)]
    left = {"state": "left", "on": "2023-03-09", "reason": "other"}
    answer = await api.post(f"/v1/participants/{second}/state", left)
    assert answer.status_code == 200, answer.text
    await api.post(f"/v1/enrolments/{taken['id']}/drop", {"on": "2023-03-10", "reason": "working"})
    states = [(await show(api, f"/v1/enrolments/{one['id']}"))["state"] for one in (gone, next_one)]
    assert states == ["refused", "accepted"]
    shown = await show(api, f"/v1/programmes/{programme['id']}")
    assert (shown["places_taken"], shown["waiting"]) == (1, 0)


async def test_an_application_is_decided_and_an_end_can_be_taken_back(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=1))
    first, second = await people(api, 2)
    enrolled = await api.made("/v1/enrolments", place(first, programme, state="applied"))
    path = f"/v1/enrolments/{enrolled['id']}"
    assert (enrolled["state"], enrolled["accepted_on"]) == ("applied", None)
    early = await api.post(f"{path}/completion", {"on": "2023-03-10"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:bersinar:problem:enrolment-step")
    for step, state in (("acceptance", "accepted"), ("attendance", "attending"), ("completion", "completed")):
        answer = await api.post(f"{path}/{step}", {"on": "2023-03-10"})
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert (await counted(api))[2023]["enrolments.completed"] == 1
    back = await api.post(f"{path}/reinstatement", {"on": "2023-03-11"})
    assert (back.json()["state"], back.json()["ended_on"]) == ("attending", None)
    assert "enrolments.completed" not in (await counted(api))[2023]
    await api.post(f"{path}/drop", {"on": "2023-03-12", "reason": "no_show"})
    await api.made("/v1/enrolments", place(second, programme))
    full = await api.post(f"{path}/reinstatement", {"on": "2023-03-13"})
    assert (full.status_code, full.json()["type"]) == (409, "urn:bersinar:problem:quota-full")


async def test_dates_of_an_enrolment_move_its_counts_into_the_right_year(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(on="2022-02-01"))
    (person,) = await people(api, 1)
    enrolled = await api.made("/v1/enrolments", place(person, programme, on="2023-01-08"))
    path = f"/v1/enrolments/{enrolled['id']}"
    not_yet = await change(api, path, {"ended_on": "2023-01-09"})
    assert (not_yet.status_code, not_yet.json()["errors"][0]["field"]) == (422, "ended_on")
    await api.post(f"{path}/completion", {"on": "2023-01-10"})
    backwards = await change(api, path, {"accepted_on": "2023-01-11"})
    assert (backwards.status_code, backwards.json()["errors"][0]["field"]) == (422, "ended_on")
    dates = {"on": "2022-12-08", "accepted_on": "2022-12-08"}
    assert (await change(api, path, dates)).status_code == 200
    years = await counted(api)
    assert (years[2022]["enrolments.accepted"], years[2022]["synthetic.events"]) == (1, 1)
    assert ("enrolments.accepted" in years[2023], years[2023]["enrolments.completed"]) == (False, 1)


async def test_attendance_one_by_one(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=2))
    first, second, third = await people(api, 3)
    enrolled = [await api.made("/v1/enrolments", place(person, programme)) for person in (first, second, third)]
    marks = [{"participant_id": first}, {"participant_id": second, "present": False}]
    body = {"programme_id": programme["id"], "village": RATU_JAYA, "participants": marks, "on": "2023-03-09"}
    session = await api.made("/v1/sessions", body)
    assert session["attended"] == 1
    assert await said(api, 2) == ["session.held", "enrolment.attending"]
    states = [(await show(api, f"/v1/enrolments/{one['id']}"))["state"] for one in enrolled]
    assert states == ["attending", "accepted", "waiting"]
    path = f"/v1/sessions/{session['id']}"
    for wrong, field in (
        ([{"participant_id": third}], "participants.0.participant_id"),
        ([*marks, {"participant_id": first}], "participants.2.participant_id"),
    ):
        refused = await change(api, path, {"participants": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    few = await change(api, path, {"attended": 0})
    assert (few.status_code, few.json()["errors"][0]["field"]) == (422, "attended")
    mended = await change(api, path, {"participants": [{"participant_id": first}, {"participant_id": second}]})
    assert mended.json()["attended"] == 2
    listed = await show(api, f"/v1/attendances?participant_id={second}")
    assert [mark["present"] for mark in listed["items"]] == [True]
    nothing = await api.post("/v1/sessions", {**body, "participants": []})
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "attended")


async def test_a_session_s_counts_stay_exact_whatever_is_mended(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(on="2022-02-01"))
    base = await counted(api)
    body = {"programme_id": programme["id"], "village": RATU_JAYA, "attended": 9, "families": 4, "on": "2023-03-09"}
    path = f"/v1/sessions/{(await api.made('/v1/sessions', body))['id']}"
    assert (await change(api, path, {"attended": 12, "families": 5})).status_code == 200
    told = (await counted(api))[2023]
    assert (told["sessions.held"], told["sessions.attended"], told["families.reached"]) == (1, 12, 5)
    assert told["synthetic.events"] == 1
    assert (await change(api, path, {"on": "2022-12-09"})).status_code == 200
    years = await counted(api)
    assert 2023 not in years
    assert (years[2022]["sessions.attended"], years[2022]["synthetic.events"]) == (12, 1)
    gone = await api.post(f"{path}/withdrawal", {"reason": "duplicate"})
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert await counted(api) == base
    again = await change(api, path, {"attended": 1})
    assert (again.status_code, again.json()["type"]) == (409, "urn:bersinar:problem:session-withdrawn")


async def test_what_the_end_of_a_programme_means_for_those_in_it(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=2))
    path = f"/v1/programmes/{programme['id']}"
    everybody = await people(api, 4)
    made = [await api.made("/v1/enrolments", place(person, programme)) for person in everybody[:3]]
    made.append(await api.made("/v1/enrolments", place(everybody[3], programme, state="applied")))
    await api.post(f"/v1/enrolments/{made[0]['id']}/completion", {"on": "2023-03-10"})
    body = {"state": "cancelled", "on": "2023-03-12", "reason": "no_budget"}
    over = await api.post(f"{path}/state", body)
    assert (over.json()["places_taken"], over.json()["waiting"], over.json()["reason"]) == (1, 0, "no_budget")
    states = [(await show(api, f"/v1/enrolments/{one['id']}")) for one in made]
    assert [(one["state"], one["reason"]) for one in states] == [
        ("completed", None),
        ("dropped", "programme_cancelled"),
        ("refused", "programme_over"),
        ("refused", "programme_over"),
    ]
    events = (await api.events())[-4:]
    assert {event.causationid for event in events[1:]} == {events[0].id}


async def test_two_at_once_take_the_last_place_once_and_the_line_has_no_gap(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(quota=1))
    everybody = await people(api, 6)
    answers = await asyncio.gather(*(api.post("/v1/enrolments", place(one, programme)) for one in everybody))
    records = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [201] * 6
    holder = [record for record in records if record["state"] == "accepted"]
    line = sorted((record for record in records if record["state"] == "waiting"), key=lambda record: record["number"])
    assert (len(holder), [record["number"] for record in line]) == (1, [1, 2, 3, 4, 5])
    ends = [
        api.post(f"/v1/enrolments/{holder[0]['id']}/drop", {"on": "2023-03-09", "reason": "health"}),
        api.post(f"/v1/enrolments/{line[0]['id']}/refusal", {"on": "2023-03-09", "reason": "withdrawn"}),
        change(api, f"/v1/programmes/{programme['id']}", {"quota": 2}),
    ]
    await asyncio.gather(*ends)
    shown = await show(api, f"/v1/programmes/{programme['id']}")
    states = {one["id"]: one["state"] for one in (await show(api, "/v1/enrolments?limit=200"))["items"]}
    accepted = [record["number"] for record in line if states[record["id"]] == "accepted"]
    assert (shown["places_taken"], len(accepted)) == (2, 2)
    assert shown["waiting"] == list(states.values()).count("waiting")
    assert accepted in ([1, 2], [2, 3]), "the earliest of those who still waited"
