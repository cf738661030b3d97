"""A participant's life over the API: states, moves with their history, and who may be worked with."""

from typing import Any

from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

PEOPLE = "/v1/participants"


async def _business_of(api: Api, person: dict[str, Any], on: str = "2023-07-01") -> Any:
    return await api.post("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": on})


async def test_the_first_work_makes_a_participant_active(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(referred_by="family"))
    assert (person["state"], person["state_on"], person["referred_by"]) == ("registered", "2023-03-06", "family")
    assert (await _business_of(api, person)).status_code == 201
    shown = (await api.client.get(f"{PEOPLE}/{person['id']}")).json()
    assert (shown["state"], shown["state_on"]) == ("active", "2023-07-01")
    assert (await _business_of(api, person)).status_code == 201
    assert len([event for event in await api.events() if "state-changed" in event.type]) == 1


async def test_states_follow_on_each_other_and_stop_work(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    path = f"{PEOPLE}/{person['id']}/state"
    early = await api.post(path, {"state": "graduated", "on": "2023-04-01"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (409, "state")
    before = await api.post(path, {"state": "active", "on": "2023-03-05"})
    assert (before.status_code, before.json()["errors"][0]["field"]) == (422, "on")
    for state, on in (("active", "2023-04-01"), ("left", "2023-05-01")):
        answer = await api.post(path, {"state": state, "on": on, "reason": "working"})
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    refused = await _business_of(api, person)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:bersinar:problem:participant-left"
    assert (await api.post(path, {"state": "active", "on": "2023-06-01"})).status_code == 200
    assert (await _business_of(api, person)).status_code == 201
    told = [e.data for e in await api.events() if "state-changed" in e.type]
    assert [(one.previous, one.state) for one in told] == [  # type: ignore[attr-defined]
        ("registered", "active"), ("active", "left"), ("left", "active")
    ]  # fmt: skip
    listed = await api.client.get(PEOPLE, params={"state": "active"})
    assert [one["id"] for one in listed.json()["items"]] == [person["id"]]


async def test_a_stale_state_change_is_refused(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    path = f"{PEOPLE}/{person['id']}/state"
    assert (await api.post(path, {"state": "active", "on": "2023-04-01"}, if_match='"1"')).status_code == 200
    stale = await api.post(path, {"state": "left", "on": "2023-04-02"}, if_match='"1"')
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')


async def test_moves_keep_the_history(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    path = f"{PEOPLE}/{person['id']}"
    nowhere = await api.post(f"{path}/move", {"village": RATU_JAYA, "on": "2023-05-01"})
    assert nowhere.json()["type"] == "urn:bersinar:problem:move-nowhere"
    moved = await api.post(f"{path}/move", {"village": PONDOK_JAYA, "on": "2023-05-01"})
    assert (moved.status_code, moved.json()["village"], moved.json()["since"]) == (200, PONDOK_JAYA, "2023-05-01")
    early = await api.post(f"{path}/move", {"village": RATU_JAYA, "on": "2023-04-01"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "on")
    assert (await api.post(f"{path}/move", {"village": RATU_JAYA, "on": "2024-01-02"})).status_code == 200
    stays = (await api.client.get("/v1/stays", params={"participant_id": person["id"]})).json()["items"]
    assert [(s["village"], s["since"], s["until"]) for s in stays] == [
        (RATU_JAYA, "2023-03-06", "2023-05-01"),
        (PONDOK_JAYA, "2023-05-01", "2024-01-02"),
    ]
    told = [e for e in await api.events() if e.type.endswith("participant.moved.v1")]
    assert [(e.region, e.data.previous, e.data.village) for e in told] == [  # type: ignore[attr-defined]
        ("32.76", RATU_JAYA, PONDOK_JAYA),
        ("32.76", PONDOK_JAYA, RATU_JAYA),
    ]


async def test_a_real_person_without_consent_is_not_worked_with(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(synthetic=False))
    refused = await _business_of(api, person)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "participant_id")
    assert refused.json()["type"] == "urn:bersinar:problem:consent-missing"
    sent = await api.post(
        "/v1/referrals",
        {
            "participant_id": person["id"],
            "to_organisation": "DKUM Kota Depok",
            "on": "2023-05-01",
            "due_on": "2023-05-09",
        },
    )
    assert sent.json()["type"] == "urn:bersinar:problem:consent-missing"
