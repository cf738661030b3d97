"""Organisations, referrals step by step, forums and commitments, over the API."""

import asyncio
import itertools
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from services.registry.commands import referrals
from services.registry.domain.refusal import Refusal
from services.registry.storage import scope, tables
from services.scoring.commands.fold import Observed
from services.scoring.handlers import STEPS
from shared.access import Actor, Grant, acting_as
from shared.runtime import clock
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api

ACTIONS = ("hold", "undo", "make", "make", "make", "settle", "settle", "reopen", "withdraw")
NUMBERS = itertools.count(1)
FORUM = {"region": "32.76", "title": "Rapat kerja", "on": "2023-02-14", "agenda": ["Komitmen"], "synthetic": True}


async def organisation(api: Api, name: str = "DKUM Kota Depok", **changes: Any) -> dict[str, Any]:
    body = {"region": "32.76", "name": name, "kind": "dkum", "on": "2023-01-09", "synthetic": True} | changes
    return await api.made("/v1/organisations", body)


async def referral(api: Api, **changes: Any) -> dict[str, Any]:
    person = await api.made("/v1/participants", bodies.participant(next(NUMBERS)))
    return await api.made("/v1/referrals", {"participant_id": person["id"], "on": "2023-03-06"} | changes)


async def listed(api: Api, path: str, **params: Any) -> list[str]:
    answer = await api.client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def step(api: Api, record: dict[str, Any], path: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(f"{path}", body)
    assert answer.status_code == 200, answer.text
    return record | answer.json()


async def test_an_organisation_is_one_however_it_is_spelled(api: Api) -> None:
    office = await organisation(api)
    assert (office["time_zone"], office["language"], office["active"]) == ("Asia/Jakarta", "id", True)
    again = await api.post(
        "/v1/organisations", {"region": "32.76", "name": "dkum, kota depok", "kind": "dkum", "on": "2023-01-09"}
    )
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "name")
    unknown = await api.post("/v1/organisations", {"region": "32.76", "name": "X Y", "kind": "x", "on": "2023-01-09"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "kind")
    by_name = await referral(api, to_organisation="DKUM Kota Depok.", synthetic=True)
    assert by_name["organisation_id"] == office["id"]
    new = await referral(api, to_organisation="BLK Kota Depok", synthetic=True)
    made = (await api.client.get(f"/v1/organisations/{new['organisation_id']}")).json()
    assert (made["name"], made["kind"]) == ("BLK Kota Depok", "lainnya")
    assert await listed(api, "/v1/organisations", kind="dkum") == [office["id"]]
    assert "dkum" in (await api.client.get("/v1/organisation-kinds")).json()

    path = f"/v1/organisations/{office['id']}"
    stop = {key: office[key] for key in ("name", "kind", "language", "time_zone")} | {
        "active": False,
        "on": "2023-06-12",
    }
    stale = await api.client.put(path, json=stop, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    taken = await api.client.put(path, json=stop | {"name": "BLK Kota Depok"}, headers={"If-Match": '"1"'})
    assert taken.status_code == 409
    assert (await api.client.put(path, json=stop, headers={"If-Match": '"1"'})).json()["active"] is False
    refused = await api.post(
        "/v1/referrals", {"participant_id": new["participant_id"], "on": "2023-06-13", "organisation_id": office["id"]}
    )
    assert refused.json()["type"].endswith("organisation-inactive")


async def test_a_contact_is_sealed_and_seen_by_nobody(api: Api) -> None:
    office = await organisation(api)
    body = {
        "organisation_id": office["id"],
        "role": "Kepala Bidang",
        "name": "Peserta Contoh 71",
        "phone": "021 0000 7171",
        "email": "contoh71@example.test",
        "channels": ["email"],
        "synthetic": True,
    }
    made = await api.made("/v1/contacts", body)
    assert (made["has_phone"], made["has_email"], made["time_zone"]) == (True, True, "Asia/Jakarta")
    path = f"/v1/contacts/{made['id']}"
    changed = await api.client.patch(path, json={"phone": None, "active": False}, headers={"If-Match": '"1"'})
    assert (changed.json()["has_phone"], changed.json()["active"], changed.json()["has_email"]) == (False, False, True)
    nothing = await api.client.patch(path, json={}, headers={"If-Match": '"2"'})
    assert nothing.status_code == 422
    assert await listed(api, "/v1/contacts", organisation_id=office["id"], active=False) == [made["id"]]
    why = {"reason": "Undangan rapat kerja"}
    shown = await api.post(f"{path}/reveal", why, idempotency_key="look-1")
    assert shown.json() == {
        "id": made["id"],
        "name": "Peserta Contoh 71",
        "phone": None,
        "email": "contoh71@example.test",
    }
    async with api.registry.office.database.read() as connection:
        log = (await connection.execute(select(tables.audit_log.c.action, tables.audit_log.c.reason))).all()
        kept = (await connection.execute(select(tables.answers.c.body))).scalars().all()
    assert log == [("contact.revealed", "Undangan rapat kerja")]
    assert "Contoh 71" not in "".join(map(str, kept))
    said = changed.text + str(await api.events()) + str(made)
    assert not [word for word in ("Contoh 71", "0000 7171", "00007171", "contoh71") if word in said]
    for field, wrong in (("phone", "ask me"), ("email", "nobody"), ("role", "Telp 0812 3456 7890")):
        assert (await api.post("/v1/contacts", body | {field: wrong})).json()["errors"][0]["field"] == field


async def test_a_referral_goes_step_by_step_and_every_step_has_its_date(api: Api) -> None:
    office = await organisation(api)
    sent = await referral(api, organisation_id=office["id"])
    path = f"/v1/referrals/{sent['id']}"
    assert (sent["next_step"], sent["next_due_on"], sent["due_on"]) == ("received", "2023-03-09", "2023-03-20")
    had = await step(api, sent, f"{path}/receive", on="2023-03-08")
    assert (had["state"], had["next_step"], had["next_due_on"]) == ("received", "answered", "2023-03-20")
    early = await api.post(f"{path}/answer", {"outcome": "accepted", "on": "2023-03-07"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "on")
    yes = await step(api, had, f"{path}/answer", outcome="accepted", on="2023-03-10")
    assert (yes["answered_on"], yes["next_step"], yes["next_due_on"]) == ("2023-03-10", "placed", "2023-04-09")
    placed = await step(api, yes, f"{path}/answer", outcome="placed", on="2023-03-20", due_on="2023-12-31")
    assert (placed["next_step"], placed["next_due_on"]) == ("closed", "2023-12-31")
    over = await step(api, placed, f"{path}/answer", outcome="closed", on="2023-06-01", reason="finished")
    assert (over["next_step"], over["next_due_on"], over["closed_on"]) == (None, None, "2023-06-01")
    kinds = [event.type.rsplit(".", 2)[1] for event in await api.events() if ".referral." in event.type]
    assert kinds == ["sent", "received", "answered", "answered", "answered"]


async def test_declining_wants_a_reason(api: Api) -> None:
    sent = await referral(api, to_organisation="BLK Kota Depok")
    path = f"/v1/referrals/{sent['id']}/answer"
    bare = await api.post(path, {"outcome": "declined", "on": "2023-03-08"})
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "reason")
    assert "full" in bare.json()["errors"][0]["remedy"]
    wrong = await api.post(path, {"outcome": "declined", "on": "2023-03-08", "reason": "finished"})
    assert wrong.json()["type"].endswith("referral-reason-unknown")
    done = await api.post(path, {"outcome": "declined", "on": "2023-03-08", "reason": "full"})
    assert (done.json()["state"], done.json()["reason"]) == ("declined", "full")
    reasons = (await api.client.get("/v1/referral-reasons")).json()
    assert reasons["declined"]["full"]["id"] == "Tempat penuh"


async def test_a_wrong_step_is_taken_back(api: Api) -> None:
    sent = await referral(api, to_organisation="BLK Kota Depok")
    path = f"/v1/referrals/{sent['id']}"
    nothing = await api.post(f"{path}/undo", {"on": "2023-03-07"})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "urn:bersinar:problem:nothing-to-undo")
    await step(api, sent, f"{path}/answer", outcome="accepted", on="2023-03-08")
    await step(api, sent, f"{path}/answer", outcome="declined", on="2023-03-09", reason="full")
    back = await step(api, sent, f"{path}/undo", on="2023-03-09")
    assert (back["state"], back["reason"], back["next_due_on"]) == ("accepted", None, "2023-04-07")
    first = await step(api, sent, f"{path}/undo", on="2023-03-09")
    assert {**first, "version": 0} == {**sent, "version": 0}
    await step(api, sent, f"{path}/receive", on="2023-03-09")
    undone = [event.data for event in await api.events() if event.type.endswith("step-undone.v1")]
    assert [(u.undone, u.state, str(u.due_on)) for u in undone] == [  # type: ignore[attr-defined]
        ("declined", "accepted", "2023-04-07"),
        ("accepted", "sent", "2023-03-09"),
    ]


async def test_what_is_overdue_is_found(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, waiting, over = [await referral(api, to_organisation="BLK Kota Depok") for _ in range(3)]
    await step(api, waiting, f"/v1/referrals/{waiting['id']}/receive", on="2023-03-07")
    await step(api, over, f"/v1/referrals/{over['id']}/answer", outcome="closed", on="2023-03-07", reason="lainnya")
    monkeypatch.setattr(clock, "today", lambda _zone: date(2023, 3, 10))
    assert await listed(api, "/v1/referrals", overdue=True) == [sent["id"]]
    assert await listed(api, "/v1/referrals", overdue=False) == [waiting["id"], over["id"]]
    assert await listed(api, "/v1/referrals", due_by="2023-03-20") == [sent["id"], waiting["id"]]
    assert await listed(api, "/v1/referrals", organisation_id=sent["organisation_id"], state="sent") == [sent["id"]]


async def forum(api: Api, on: str = "2023-02-14", **hold: Any) -> dict[str, Any]:
    planned = await api.made("/v1/forums", FORUM | {"on": on})
    assert planned["state"] == "planned"
    return await step(api, planned, f"/v1/forums/{planned['id']}/hold", on=on, **hold)


async def commitment(api: Api, forum_id: str, organisation_id: str, **changes: Any) -> dict[str, Any]:
    body = {"forum_id": forum_id, "organisation_id": organisation_id, "what": "20 tempat", "due_on": "2023-05-31"}
    return await api.made("/v1/commitments", body | changes)


async def test_open_commitments_carry_over_to_the_next_forum(api: Api) -> None:
    office = await organisation(api)
    first = await forum(api, attendance=[{"organisation_id": office["id"], "people": 2}], notes="Baik.")
    assert first["attendance"] == [{"organisation_id": office["id"], "people": 2}]
    kept, missed, later = [await commitment(api, first["id"], office["id"]) for _ in range(3)]
    await step(api, kept, f"/v1/commitments/{kept['id']}/settle", outcome="kept", on="2023-04-01")
    bare = await api.post(f"/v1/commitments/{missed['id']}/settle", {"outcome": "not_kept", "on": "2023-06-01"})
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "reason")
    planned = await api.made("/v1/forums", FORUM | {"on": "2023-06-14"})
    assert await listed(api, "/v1/commitments", carried_to=planned["id"]) == [missed["id"], later["id"]]
    await step(api, planned, f"/v1/forums/{planned['id']}/hold", on="2023-06-14")
    settled = await step(
        api,
        missed,
        f"/v1/commitments/{missed['id']}/settle",
        outcome="not_kept",
        on="2023-06-14",
        reason="Tanpa anggaran",
    )
    assert (settled["state"], settled["reason"]) == ("not_kept", "Tanpa anggaran")
    assert await listed(api, "/v1/commitments", carried_to=planned["id"]) == [missed["id"], later["id"]]
    late = await commitment(api, first["id"], office["id"], due_on="2023-12-31")
    assert await listed(api, "/v1/commitments", carried_to=planned["id"]) == [missed["id"], later["id"], late["id"]]
    third = await forum(api, "2023-12-14")
    assert await listed(api, "/v1/commitments", carried_to=third["id"]) == [later["id"], late["id"]]
    assert await listed(api, "/v1/commitments", forum_id=first["id"], state="open", overdue=True) == [
        later["id"],
        late["id"],
    ]
    held = [event.data for event in await api.events() if event.type.endswith("forum.held.v1")]
    assert [data.carried for data in held] == [(), (missed["id"], later["id"]), (later["id"], late["id"])]  # type: ignore[attr-defined]


async def test_a_commitment_is_postponed_reopened_and_withdrawn(api: Api) -> None:
    office = await organisation(api)
    first = await forum(api)
    made = await commitment(api, first["id"], office["id"])
    path = f"/v1/commitments/{made['id']}"
    moved = await step(api, made, f"{path}/postpone", due_on="2023-07-31", reason="Anggaran perubahan")
    assert moved["due_on"] == "2023-07-31"
    await step(api, made, f"{path}/settle", outcome="kept", on="2023-07-01")
    assert (await api.post(f"{path}/withdraw", {})).status_code == 409
    again = await step(api, made, f"{path}/reopen")
    assert (again["state"], again["settled_on"]) == ("open", None)
    blocked = await api.post(f"/v1/forums/{first['id']}/undo", {})
    assert blocked.json()["type"].endswith("forum-has-commitments")
    assert (await step(api, made, f"{path}/withdraw"))["state"] == "withdrawn"
    assert (await step(api, first, f"/v1/forums/{first['id']}/undo"))["state"] == "planned"
    kinds = [event.type.split(".", 3)[3] for event in await api.events()]
    assert kinds == [
        "organisation.recorded.v1",
        "forum.planned.v1",
        "forum.held.v1",
        "commitment.made.v1",
        "commitment.postponed.v1",
        "commitment.settled.v1",
        "commitment.reopened.v1",
        "commitment.withdrawn.v1",
        "forum.holding-undone.v1",
    ]


async def test_a_forum_is_planned_moved_corrected_and_cancelled(api: Api) -> None:
    office = await organisation(api)
    planned = await api.made("/v1/forums", FORUM | {"on": "2023-02-14"})
    path = f"/v1/forums/{planned['id']}"
    too_early = {
        "forum_id": planned["id"],
        "organisation_id": office["id"],
        "what": "20 tempat",
        "due_on": "2023-05-31",
    }
    assert (await api.post("/v1/commitments", too_early)).json()["type"].endswith("forum-state")
    plan = {"title": "Rapat kerja", "on": "2023-03-01", "agenda": []}
    assert (await api.client.put(path, json=plan)).status_code == 428
    assert (await api.client.put(path, json=plan, headers={"If-Match": '"1"'})).json()["on"] == "2023-03-01"
    guests = [{"organisation_id": office["id"]}]
    assert (await api.post(f"{path}/hold", {"on": "2023-03-01", "attendance": guests * 2})).status_code == 422
    stranger = await api.post(f"{path}/hold", {"on": "2023-03-01", "attendance": [{"organisation_id": "nobody"}]})
    assert (stranger.status_code, stranger.json()["errors"][0]["field"]) == (422, "attendance")
    number = await api.post(f"{path}/hold", {"on": "2023-03-01", "notes": "Hubungi 0812 3456 7890"})
    assert (number.status_code, number.json()["errors"][0]["field"]) == (422, "notes")
    await step(api, planned, f"{path}/hold", on="2023-03-01")
    await step(api, planned, f"{path}/hold", on="2022-12-31", attendance=guests)
    assert (await api.client.put(path, json=plan, headers={"If-Match": "*"})).status_code == 409
    away = await api.made("/v1/forums", FORUM)
    assert (await step(api, away, f"/v1/forums/{away['id']}/cancel"))["state"] == "cancelled"
    assert await listed(api, "/v1/forums", state="held", on_from="2022-01-01") == [planned["id"]]
    counted = [(e.type.split(".")[4], str(e.data.on)) for e in await api.events() if ".forum.h" in e.type]  # type: ignore[attr-defined]
    assert counted == [("held", "2023-03-01"), ("holding-undone", "2023-03-01"), ("held", "2022-12-31")]
    too_far = await api.post("/v1/forums", FORUM | {"on": "2099-01-01"})
    assert (too_far.status_code, too_far.json()["errors"][0]["field"]) == (422, "on")


async def test_the_kab_kota_of_an_organisation_and_of_a_person_are_one(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    unknown = await api.post(
        "/v1/referrals", {"participant_id": person["id"], "on": "2023-03-06", "organisation_id": "x"}
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "organisation_id")
    unnamed = await api.post("/v1/referrals", {"participant_id": person["id"], "on": "2023-03-06"})
    assert unnamed.json()["type"].endswith("organisation-not-named")


async def test_the_counts_follow_every_correction(api: Api) -> None:
    """Whatever is recorded, corrected and taken back: scoring counts what stands in the end."""
    await _walk(api, Random(11), (await organisation(api))["id"])
    counted: Counter[tuple[int, str]] = Counter()
    for event in await api.events():
        for observed in STEPS[event.type](event) if event.type in STEPS else ():
            assert isinstance(observed, Observed)
            counted.update({(observed.evidence.year, name): n for name, n in observed.evidence.counters})
    assert {key: n for key, n in counted.items() if n} == {key: n for key, n in (await _standing(api)).items() if n}


async def _walk(api: Api, random: Random, organisation_id: str) -> None:
    """A hundred things an office might do, in any order; what isn't possible is refused."""
    forum_ids = [(await api.made("/v1/forums", FORUM | {"on": "2022-12-01"}))["id"] for _ in range(3)]
    commitment_ids: list[str] = []
    for _ in range(100):
        day = random.choice(["2022-12-15", "2022-12-31", "2023-01-01", "2023-02-14"])
        forum_id, action = random.choice(forum_ids), random.choice(ACTIONS)
        if action in ("hold", "undo"):
            await api.post(f"/v1/forums/{forum_id}/{action}", {"on": day} if action == "hold" else {})
        elif action == "make":
            promise = {"what": "20 tempat", "due_on": "2023-05-31", "organisation_id": organisation_id}
            answer = await api.post("/v1/commitments", promise | {"forum_id": forum_id})
            commitment_ids += [answer.json()["id"]] if answer.is_success else []
        elif commitment_ids:
            body = {"outcome": random.choice(["kept", "not_kept"]), "on": day, "reason": "Lain"}
            path = f"/v1/commitments/{random.choice(commitment_ids)}/{action}"
            await api.post(path, body if action == "settle" else {})


async def _standing(api: Api) -> Counter[tuple[int, str]]:
    """The counters as they are defined, from what stands."""
    found: Counter[tuple[int, str]] = Counter()
    for one in (await api.client.get("/v1/forums", params={"state": "held"})).json()["items"]:
        found[int(one["on"][:4]), "forums.held"] += 1
    for one in (await api.client.get("/v1/commitments", params={"limit": 200})).json()["items"]:
        if one["state"] != "withdrawn":
            found[int(one["on"][:4]), "commitments.made"] += 1
        if one["settled_on"]:
            found[int(one["settled_on"][:4]), "commitments.settled"] += 1
            found[int(one["settled_on"][:4]), "commitments.kept"] += one["state"] == "kept"
    assert len(found) >= 6, "the walk went to both years"
    return found


async def test_an_organisation_reaches_its_own_referrals_and_commitments_only(api: Api) -> None:
    mine, other = await organisation(api), await organisation(api, "BLK Kota Depok", kind="blk")
    sent = [await referral(api, organisation_id=one["id"]) for one in (mine, other)]
    held = await forum(api)
    promised = [await commitment(api, held["id"], one["id"]) for one in (mine, other)]
    office = api.registry.office
    answer = referrals.AnswerReferral(outcome="accepted", on=date(2023, 3, 7))
    stakeholder = Actor("account-1", (Grant("stakeholder", "32.76", mine["id"]),))
    with acting_as(stakeholder):
        async with office.journal.writing() as unit:
            await referrals.answer(unit, office, sent[0]["id"], answer, None)
        with pytest.raises(Refusal, match="outside_scope"):
            async with office.journal.writing() as unit:
                await referrals.answer(unit, office, sent[1]["id"], answer, None)
        async with office.database.read() as connection:
            for table, records in ((tables.referrals, sent), (tables.commitments, promised)):
                seen = await connection.execute(scope.within(stakeholder, select(table.c.id), table))
                assert list(seen.scalars()) == [records[0]["id"]]


async def test_two_answers_at_once_are_one_after_the_other(api: Api) -> None:
    sent = await referral(api, to_organisation="BLK Kota Depok")
    path, body = f"/v1/referrals/{sent['id']}/answer", {"outcome": "accepted", "on": "2023-03-08"}
    answers = await asyncio.gather(*(api.post(path, body, if_match='"1"') for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    names = await asyncio.gather(*(referral(api, to_organisation="Disperindag Kota Depok") for _ in range(5)))
    assert len({name["organisation_id"] for name in names}) == 1, "an organisation named by five at once is one"
