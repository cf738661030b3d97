"""After a merge a person's work is found and goes on under either registration; undoing it gives each its own back."""

from typing import Any

from services.registry.commands import waiting
from shared.access import Actor, Grant
from shared.access.actor import acting_as
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

PEOPLE = "/v1/participants"
YES = [
    {"purpose": purpose, "given_by": "self", "on": "2023-03-06"} for purpose in ("programme", "referral", "livelihood")
]
KINDS = ("enrolments", "memberships", "referrals", "businesses", "consents", "attendances")


async def _work(api: Api, number: int, programme: dict[str, Any], group: dict[str, Any]) -> str:
    """Somebody with one record of every kind."""
    body = bodies.participant(number, synthetic=False, consents=YES)
    person = str((await api.made(PEOPLE, body))["id"])
    about = {"participant_id": person}
    await api.made("/v1/enrolments", about | {"programme_id": programme["id"], "on": "2023-03-08"})
    await api.made("/v1/memberships", about | {"group_id": group["id"], "on": "2023-03-10"})
    await api.made("/v1/referrals", about | {"to_organisation": "DKUM Kota Depok", "on": "2023-03-10"})
    await api.made("/v1/businesses", about | {"sector": "lele", "on": "2023-03-20"})
    session = {"programme_id": programme["id"], "village": RATU_JAYA, "families": 0, "on": "2023-03-21"}
    await api.made("/v1/sessions", session | {"participants": [about | {"present": True}]})
    return person


async def _found(api: Api, person: str) -> dict[str, int]:
    query = {"participant_id": person}
    return {kind: len((await api.client.get(f"/v1/{kind}", params=query)).json()["items"]) for kind in KINDS}


async def _copied(api: Api, person: str) -> dict[str, int]:
    answer = await api.post(f"{PEOPLE}/{person}/export", {"reason": "The person asked for a copy"})
    return {kind: len(found) for kind, found in answer.json()["records"].items() if kind in KINDS}


async def test_what_a_person_has_follows_a_merge_and_comes_back(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(synthetic=False))
    form = {"name": "Kelompok Contoh", "sector": "lele", "village": RATU_JAYA, "on": "2023-03-06", "members": []}
    group, other = [await api.made("/v1/groups", form | {"name": f"Kelompok Contoh {n}"}) for n in (1, 2)]
    kept, gone = await _work(api, 1, programme, group), await _work(api, 2, programme, other)
    own = {kind: 3 if kind == "consents" else 1 for kind in KINDS}
    both = {kind: 2 * count for kind, count in own.items()}
    assert await _found(api, kept) == await _found(api, gone) == await _copied(api, gone) == own
    merged = await api.post(f"{PEOPLE}/{kept}/merge", {"duplicate_id": gone, "reason": "seen"})
    assert merged.status_code == 200, merged.text
    assert await _found(api, kept) == await _found(api, gone) == await _copied(api, kept) == both
    undone = await api.post(f"{PEOPLE}/{gone}/unmerge", {"reason": "seen"})
    assert undone.status_code == 200, undone.text
    assert await _found(api, kept) == await _found(api, gone) == own
    assert await _copied(api, kept) == await _copied(api, gone) == own


async def test_work_goes_on_under_either_registration_and_once(api: Api) -> None:
    programme = await api.made("/v1/programmes", bodies.programme(synthetic=False))
    form = {"name": "Kelompok Contoh", "sector": "lele", "village": RATU_JAYA, "on": "2023-03-06", "members": []}
    group = await api.made("/v1/groups", form)
    gone = await _work(api, 1, programme, group)
    kept = str((await api.made(PEOPLE, bodies.participant(2, synthetic=False)))["id"])
    await api.post(f"{PEOPLE}/{kept}/merge", {"duplicate_id": gone, "reason": "seen"})
    (place,) = (await api.client.get("/v1/enrolments", params={"participant_id": kept})).json()["items"]
    for about in ({"participant_id": kept}, {"participant_id": gone}):
        again = await api.post("/v1/enrolments", about | {"programme_id": programme["id"], "on": "2023-03-22"})
        assert again.json()["type"] == "urn:bersinar:problem:already-enrolled"
        member = await api.post("/v1/memberships", about | {"group_id": group["id"], "on": "2023-03-22"})
        assert member.json()["type"] == "urn:bersinar:problem:already-member"
        started = about | {"enrolment_id": place["id"], "sector": "sayur", "on": "2023-03-22"}
        assert (await api.post("/v1/businesses", started)).status_code == 201
    session = {"programme_id": programme["id"], "village": RATU_JAYA, "families": 0, "on": "2023-03-22"}
    marks = [{"participant_id": kept, "present": True}]
    assert (await api.post("/v1/sessions", session | {"participants": marks})).status_code == 201
    both = [*marks, {"participant_id": gone, "present": True}]
    twice = await api.post("/v1/sessions", session | {"participants": both})
    assert (twice.json()["type"], twice.json()["errors"][0]["field"]) == (
        "urn:bersinar:problem:listed-twice", "participants.1.participant_id"
    )  # fmt: skip
    (given,) = (await api.client.get("/v1/consents", params={"participant_id": kept, "purpose": "programme"})).json()[
        "items"
    ]
    assert given["participant_id"] == gone
    withdrawn = await api.post(f"/v1/consents/{given['id']}/withdrawal", {"on": "2023-03-23"})
    assert withdrawn.json()["state"] == "withdrawn"
    stopped = await api.post("/v1/sessions", session | {"participants": marks, "on": "2023-03-24"})
    assert stopped.json()["type"] == "urn:bersinar:problem:consent-withdrawn"


async def test_the_turn_is_the_lines_whoever_gives_a_place_back(api: Api) -> None:
    """An agent of one village frees a place; who waits lives in another."""
    programme = await api.made("/v1/programmes", bodies.programme(quota=1))
    first = await api.made(PEOPLE, bodies.participant(1))
    second = await api.made(PEOPLE, bodies.participant(2, village=PONDOK_JAYA))
    about = {"programme_id": programme["id"], "on": "2023-03-08"}
    await api.made("/v1/enrolments", about | {"participant_id": first["id"]})
    waits = await api.made("/v1/enrolments", about | {"participant_id": second["id"]})
    assert waits["state"] == "waiting"
    agent = Actor("agent", (Grant("recovery_agent", RATU_JAYA),))
    async with api.registry.office.journal.writing() as unit:
        with acting_as(agent):
            assert await waiting._may_come(unit, second["id"])
