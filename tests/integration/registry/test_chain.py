"""An office's work, from the registration of a participant to the visits of the business."""

import asyncio

from tests.integration.registry import bodies
from tests.integration.registry.conftest import RATU_JAYA, Api


async def test_a_participant_s_way_is_told_in_events(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    programme = await api.made("/v1/programmes", bodies.programme())
    await api.made(
        "/v1/sessions",
        {"programme_id": programme["id"], "village": RATU_JAYA, "attended": 9, "families": 4, "on": "2023-03-09"},
    )
    enrolled = await api.made(
        "/v1/enrolments", {"participant_id": person["id"], "programme_id": programme["id"], "on": "2023-03-08"}
    )
    done = await api.post(f"/v1/enrolments/{enrolled['id']}/completion", {"on": "2023-03-10"})
    assert (done.status_code, done.json()["state"]) == (200, "completed")
    business = await api.made(
        "/v1/businesses",
        {"participant_id": person["id"], "enrolment_id": enrolled["id"], "sector": "lele", "on": "2023-08-31"},
    )
    due = (await api.client.get("/v1/follow-ups", params={"business_id": business["id"]})).json()["items"]
    assert [visit["due_on"] for visit in due] == ["2023-09-30", "2023-11-30", "2024-02-29", "2024-08-31"]
    visit = await api.post(
        f"/v1/follow-ups/{due[0]['id']}/visit", {"status": "paused", "workers": 2, "on": "2023-10-02"}
    )
    assert visit.status_code == 200
    shown = await api.client.get(f"/v1/businesses/{business['id']}")
    assert shown.json()["status"] == "paused"

    events = await api.events()
    assert [event.type.split(".", 3)[3] for event in events] == [
        "participant.registered.v1",
        "programme.created.v1",
        "session.held.v1",
        "participant.state-changed.v1",
        "enrolment.accepted.v1",
        "enrolment.completed.v1",
        "business.started.v1",
        *["follow-up.scheduled.v1"] * 4,
        "business.followed-up.v1",
    ]
    assert {event.region for event in events} == {"32.76"}
    assert {event.causationid for event in events[7:11]} == {events[6].id}
    assert all(event.data.model_dump()["synthetic"] for event in events)


async def _visits(api: Api, **filters: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = (await api.client.get("/v1/follow-ups", params=filters)).json()["items"]
    return items


async def test_a_business_that_closed_is_visited_no_more(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    started = {"participant_id": person["id"], "sector": "lele", "on": "2023-01-09"}
    business, other = [await api.made("/v1/businesses", started) for _ in range(2)]
    first, second, third, last = await _visits(api, business_id=business["id"])
    found = {"status": "paused", "workers": 1, "on": "2023-04-10"}
    assert (await api.post(f"/v1/follow-ups/{second['id']}/visit", found)).status_code == 200
    closed = {"status": "closed", "workers": 0, "on": "2023-07-10"}
    answer = await api.post(f"/v1/follow-ups/{third['id']}/visit", closed)
    assert (answer.status_code, answer.json()["state"]) == (200, "visited")

    told = (await api.events())[-3:]
    assert answer.headers["Bersinar-Event-Id"].split(",") == [event.id for event in told]
    assert [event.type.split(".", 3)[3] for event in told] == [
        "business.followed-up.v1",
        *["follow-up.cancelled.v1"] * 2,
    ]
    assert [event.subject for event in told[1:]] == [first["id"], last["id"]]
    assert {event.causationid for event in told[1:]} == {told[0].id}
    assert [event.data.model_dump()["months"] for event in told[1:]] == [1, 12]
    assert all(event.data.model_dump()["synthetic"] and event.region == "32.76" for event in told)
    assert await _visits(api, business_id=business["id"]) == []
    cancelled = await _visits(api, business_id=business["id"], state="cancelled")
    assert [visit["id"] for visit in cancelled] == [first["id"], last["id"]]
    assert len(await _visits(api, business_id=other["id"])) == 4
    late = await api.post(f"/v1/follow-ups/{last['id']}/visit", found)
    assert (late.status_code, late.json()["type"]) == (409, "urn:bersinar:problem:visit-cancelled")
    assert (await api.events())[-1] == told[-1]


async def test_visits_at_once_that_close_a_business_do_not_wait_for_each_other(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    business = await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-01-09"})
    due = await _visits(api, business_id=business["id"])
    closed = {"status": "closed", "workers": 0, "on": "2024-02-10"}
    answers = await asyncio.gather(*(api.post(f"/v1/follow-ups/{visit['id']}/visit", closed) for visit in due))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len([event for event in await api.events() if "cancelled" in event.type]) == 3


async def test_the_answer_names_the_events(api: Api) -> None:
    person = await api.post("/v1/participants", bodies.participant())
    business = await api.post(
        "/v1/businesses", {"participant_id": person.json()["id"], "sector": "sayur", "on": "2023-04-03"}
    )
    named = [person.headers["Bersinar-Event-Id"], *business.headers["Bersinar-Event-Id"].split(",")]
    assert named == [event.id for event in await api.events()]


async def test_a_referral_is_answered_step_by_step(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    referral = await api.made(
        "/v1/referrals",
        {
            "participant_id": person["id"],
            "to_organisation": "DKUM Kota Depok",
            "on": "2023-03-06",
            "due_on": "2023-03-20",
        },
    )
    path = f"/v1/referrals/{referral['id']}/answer"
    for outcome in ("accepted", "placed", "closed"):
        answer = await api.post(path, {"outcome": outcome, "on": "2023-03-15"})
        assert (answer.status_code, answer.json()["state"]) == (200, outcome)
    again = await api.post(path, {"outcome": "accepted", "on": "2023-03-16"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "outcome")
    open_ones = await api.client.get("/v1/referrals", params={"state": "sent", "due_by": "2023-12-31"})
    assert open_ones.json() == {"items": [], "next_cursor": None}


async def test_statements_that_replace_carry_what_they_replace(api: Api) -> None:
    school = await api.post("/v1/institutions", bodies.institution())
    rule = await api.post("/v1/regulations", bodies.regulation())
    agent = await api.post("/v1/agents", bodies.agent())
    new_states = (
        (school, {"has_policy": True, "penggiat": 3, "urine_tests": 20, "on": "2023-06-12"}),
        (rule, {"in_force": False, "on": "2023-12-29"}),
        (agent, {"active": False, "on": "2023-11-30"}),
    )
    for made, state in new_states:
        replaced = await api.client.put(
            made.headers["Location"], json=state, headers={"If-Match": made.headers["ETag"]}
        )
        assert (replaced.status_code, replaced.headers["ETag"]) == (200, '"2"')
    said = [event.data.model_dump(mode="json") for event in (await api.events())[3:]]
    assert said[0]["previous"] == {"has_policy": False, "penggiat": 2, "urine_tests": 10}
    assert said[0]["state"] == {"has_policy": True, "penggiat": 3, "urine_tests": 20}
    assert (said[1]["previously_in_force"], said[1]["in_force"]) == (True, False)
    assert (said[2]["previously_active"], said[2]["active"]) == (True, False)


async def test_an_area_status_knows_what_it_replaces_and_what_it_follows(api: Api) -> None:
    async def put(year: int, status: str, **headers: str) -> int:
        body = {"status": status, "method": "IKRN", "on": f"{year}-11-18", "synthetic": True}
        answer = await api.client.put(f"/v1/area-statuses/{RATU_JAYA}/{year}", json=body, headers=headers)
        return answer.status_code

    assert await put(2022, "bahaya") == 201
    assert await put(2024, "waspada") == 201
    assert await put(2024, "siaga") == 428
    assert await put(2024, "siaga", **{"If-Match": '"1"'}) == 200
    assert await put(2024, "aman", **{"If-Match": '"1"'}) == 412
    assert await put(2023, "siaga") == 201
    assert await put(2023, "waspada", **{"If-Match": '"1"'}) == 200
    assert await put(2021, "bahaya") == 201
    events = await api.events()
    said = [event.data.model_dump(mode="json") for event in events]
    told = ("year", "status", "before", "previous", "previous_before")
    assert [tuple(one[name] for name in told) for one in said] == [
        (2022, "bahaya", None, None, None),
        (2024, "waspada", "bahaya", None, None),
        (2024, "siaga", "bahaya", "waspada", "bahaya"),
        (2023, "siaga", "bahaya", None, None),
        (2024, "siaga", "siaga", "siaga", "bahaya"),
        (2023, "waspada", "bahaya", "siaga", "bahaya"),
        (2024, "siaga", "waspada", "siaga", "siaga"),
        (2021, "bahaya", None, None, None),
        (2022, "bahaya", "bahaya", "bahaya", None),
    ]
    assert [event.causationid for event in events] == [
        *[None] * 4, events[3].id, None, events[5].id, None, events[7].id
    ]  # fmt: skip
    assert said[4]["on"] == "2024-11-18"
    assert {event.subject for event in events if event.causationid} == {f"{RATU_JAYA}/2024", f"{RATU_JAYA}/2022"}


async def test_survey_answers_come_singly_and_in_batches(api: Api) -> None:
    await api.made("/v1/survey-answers", bodies.survey_answer())
    batch = await api.post("/v1/survey-answers/batch", {"items": [bodies.survey_answer() for _ in range(500)]})
    assert batch.status_code == 201
    assert len(batch.json()["ids"]) == len(batch.json()["event_ids"]) == 500
    events = await api.events()
    assert [event.id for event in events[1:]] == batch.json()["event_ids"]
    assert events[0].data.model_dump()["answers"] == {"keharmonisan_1": 4, "regulasi_1": 3}


async def test_of_two_who_choose_from_the_same_reading_one_is_told(api: Api) -> None:
    await api.made("/v1/published-indices", bodies.published())
    path = "/v1/published-indices/32.76-2022-x"
    why = [{"reason": f"The target for {year} rests on it."} for year in (2023, 2024)]
    tag = (await api.client.get(path)).headers["ETag"]
    answers = await asyncio.gather(*(api.post(f"{path}/reference", body, if_match=tag) for body in why))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    kept = await api.client.get(path)
    assert kept.headers["ETag"] == won.headers["ETag"] == lost.headers["ETag"] != tag
    assert kept.json()["reason"] == won.json()["reason"]


async def test_the_reference_is_chosen_among_what_was_published(api: Api) -> None:
    await api.made("/v1/published-indices", bodies.published())
    await api.made("/v1/published-indices", bodies.published(id="32.76-2022-y", index="3.620"))
    await api.made("/v1/published-indices", bodies.published(id="51.03-2019-x", area="51.03", index=None))
    for chosen in ("y", "x"):
        path = f"/v1/published-indices/32.76-2022-{chosen}/reference"
        answer = await api.post(path, {"reason": "The target for 2023 rests on it."})
        assert (answer.status_code, answer.json()["reference"]) == (200, True)
    listed = (await api.client.get("/v1/published-indices", params={"area": "32.76"})).json()["items"]
    assert [(one["id"], one["index"], one["reference"]) for one in listed] == [
        ("32.76-2022-x", "3.602", True),
        ("32.76-2022-y", "3.620", False),
    ]
    without = await api.post("/v1/published-indices/51.03-2019-x/reference", {"reason": "There is no figure."})
    assert without.status_code == 409
    last = (await api.events())[-1]
    assert (last.type.split(".", 3)[3], str(last.data.model_dump()["index"])) == ("index.reference-chosen.v1", "3.602")
