"""What is under way for a person ends with them: erased, left, moved away, consent withdrawn; in one transaction."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.registry.commands import consents
from services.registry.storage import rows, tables
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api

PEOPLE, CONSENTS = "/v1/participants", "/v1/consents"
PURPOSES = ("programme", "referral", "livelihood")
ALL = [{"purpose": purpose, "given_by": "self", "on": "2023-03-06"} for purpose in PURPOSES]


class Work:
    """Somebody with a place, an application, a membership, a referral and a business; and somebody who waits."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def begin(self) -> "Work":
        api = self.api
        self.person = await self._person(1)
        self.next = await self._person(2)
        self.programme = await api.made("/v1/programmes", bodies.programme(quota=1, synthetic=False))
        self.other = await api.made("/v1/programmes", bodies.programme(quota=1, synthetic=False))
        self.place = await self._enrol(self.person, self.programme)
        self.behind = await self._enrol(self.next, self.programme)
        self.taken = await self._enrol(self.next, self.other)
        self.waiting = await self._enrol(self.person, self.other)
        form = {"name": "Kelompok Contoh", "sector": "lele", "village": bodies.RATU_JAYA, "on": "2023-03-10"}
        people = [self.person["id"], self.next["id"]]
        self.group = await api.made("/v1/groups", form | {"members": people})
        refer = {"to_organisation": "DKUM Kota Depok", "on": "2023-03-10"}
        self.referral = await api.made("/v1/referrals", refer | {"participant_id": self.person["id"]})
        start = {"sector": "lele", "on": "2023-03-20", "participant_id": self.person["id"]}
        self.business = await api.made("/v1/businesses", start)
        return self

    async def _person(self, number: int) -> dict[str, Any]:
        return await self.api.made(PEOPLE, bodies.participant(number, synthetic=False, consents=ALL))

    async def _enrol(self, person: Mapping[str, Any], programme: Mapping[str, Any]) -> dict[str, Any]:
        place = {"participant_id": person["id"], "programme_id": programme["id"], "on": "2023-03-08"}
        return await self.api.made("/v1/enrolments", place)

    async def shown(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.client.get(path)).json()
        return found

    async def state(self, kind: str, record: Mapping[str, Any]) -> tuple[str, str | None]:
        found = await self.shown(f"/v1/{kind}/{record['id']}")
        return found["state"], found.get("reason")

    async def visits(self) -> list[str]:
        path = f"/v1/follow-ups?business_id={self.business['id']}&state="
        return [one["state"] for state in ("open", "cancelled") for one in (await self.shown(path + state))["items"]]

    async def consent(self, purpose: str) -> str:
        path = f"{CONSENTS}?participant_id={self.person['id']}&purpose={purpose}&sort=-id"
        return f"{CONSENTS}/{(await self.shown(path))['items'][0]['id']}"


async def check_ended(work: Work, why: str) -> None:
    assert await work.state("enrolments", work.place) == ("dropped", why)
    assert await work.state("enrolments", work.waiting) == ("refused", why)
    assert await work.state("enrolments", work.behind) == ("accepted", None), "the place goes to who waited"
    counts = [await work.shown(f"/v1/programmes/{one['id']}") for one in (work.programme, work.other)]
    assert [(one["places_taken"], one["waiting"]) for one in counts] == [(1, 0), (1, 0)]
    assert (await work.shown(f"/v1/groups/{work.group['id']}"))["members"] == 1
    members = (await work.shown(f"/v1/memberships?participant_id={work.person['id']}"))["items"]
    assert [one["reason"] for one in members] == [why]


@pytest.mark.parametrize("why", ["erased", "left", "moved"])
async def test_who_goes_leaves_no_open_work(api: Api, why: str) -> None:
    work = await Work(api).begin()
    before = len(await api.events())
    path = f"{PEOPLE}/{work.person['id']}"
    if why == "erased":
        answer = await api.post(f"{path}/erasure", {"on": "2023-03-09", "reason": "request"})
    else:
        answer = await api.post(f"{path}/state", {"state": why, "on": "2023-03-20"})
    assert answer.status_code == 200, answer.text
    await check_ended(work, why)
    assert await work.state("referrals", work.referral) == ("closed", why)
    assert set(await work.visits()) == {"open" if why == "left" else "cancelled"}
    events = (await api.events())[before:]
    first, *rest = [event for event in events if ".export." not in event.type]
    assert first.type.split(".")[-2] == ("erased" if why == "erased" else "state-changed")
    reasons = [event.data.model_dump().get("ended_with") for event in rest]
    assert reasons.count(why) == (7 if why != "left" else 3)
    assert {event.causationid for event in rest} >= {first.id}
    if why == "moved":
        await api.post(f"{path}/state", {"state": "active", "on": "2023-04-20"})
        assert set(await work.visits()) == {"open"}, "who comes back is visited again"


async def test_without_consent_no_work_goes_on_but_it_can_be_ended(api: Api) -> None:
    work = await Work(api).begin()
    applied = await api.made(
        "/v1/enrolments",
        {
            "participant_id": work.person["id"],
            "programme_id": (await api.made("/v1/programmes", bodies.programme(synthetic=False)))["id"],
            "on": "2023-03-08",
            "state": "applied",
        },
    )
    on = {"on": "2023-03-20"}
    session = {"programme_id": work.programme["id"], "village": bodies.RATU_JAYA, "families": 0} | on
    listed = [{"participant_id": work.person["id"], "present": True}]
    held = await api.post("/v1/sessions", session | {"participants": listed})
    assert held.status_code == 201, held.text
    for purpose in PURPOSES:
        withdrawn = await api.post(f"{await work.consent(purpose)}/withdrawal", {"on": "2023-03-21"})
        assert withdrawn.json()["state"] == "withdrawn"
    (visit, *_) = (await work.shown(f"/v1/follow-ups?business_id={work.business['id']}"))["items"]
    later = {"on": "2023-03-22"}
    help_ = {"business_id": work.business["id"], "giver": "DKUM Kota Depok", "kind": "tools", "value_rupiah": 1}
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "acceptance": (f"/v1/enrolments/{applied['id']}/acceptance", later),
        "attendance": (f"/v1/enrolments/{work.place['id']}/attendance", later),
        "completion": (f"/v1/enrolments/{work.place['id']}/completion", later),
        "a list": ("/v1/sessions", session | later | {"participants": listed}),
        "receipt": (f"/v1/referrals/{work.referral['id']}/receive", later),
        "an answer": (f"/v1/referrals/{work.referral['id']}/answer", {"outcome": "accepted"} | later),
        "a visit": (f"/v1/follow-ups/{visit['id']}/visit", {"status": "active", "workers": 1} | later),
        "help": ("/v1/supports", help_ | later),
    }  # fmt: skip
    before = await api.counts()
    for step, (path, body) in steps.items():
        answer = await api.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:bersinar:problem:consent-withdrawn"), step
        assert answer.json()["errors"][0]["field"], step
    assert await api.counts() == before
    mended = await api.client.patch(held.headers["Location"], json={"families": 1}, headers={"If-Match": "*"})
    assert mended.status_code == 200, "what was recorded before can be mended"
    for path, body in (
        (f"/v1/enrolments/{applied['id']}/refusal", {"reason": "withdrawn"}),
        (f"/v1/enrolments/{work.place['id']}/drop", {"reason": "other"}),
        (f"/v1/referrals/{work.referral['id']}/answer", {"outcome": "closed", "reason": "person_withdrew"}),
        (f"/v1/follow-ups/{visit['id']}/visit", {"status": "closed", "workers": 0}),
    ):
        ended = await api.post(path, body | later)
        assert ended.status_code == 200, (path, ended.text)
    back = await api.post(f"/v1/enrolments/{work.place['id']}/reinstatement", later)
    assert back.json()["type"] == "urn:bersinar:problem:consent-withdrawn"
    undone = await api.post(f"/v1/referrals/{work.referral['id']}/undo", later)
    assert undone.json()["type"] == "urn:bersinar:problem:consent-withdrawn"


async def test_what_remains_ends_with_one_request(api: Api) -> None:
    work = await Work(api).begin()
    early = await api.post(f"{await work.consent('programme')}/ending", {"on": "2023-03-20"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:bersinar:problem:consent-settled")
    for purpose, kinds in (
        ("programme", {"enrolments": 2, "memberships": 1}),
        ("referral", {"referrals": 1}),
        ("livelihood", {"follow_ups": 4}),
    ):
        path = await work.consent(purpose)
        await api.post(f"{path}/withdrawal", {"on": "2023-03-21"})
        remains = (await work.shown(f"{path}/remaining"))["remaining"]
        assert {kind: len(ids) for kind, ids in remains.items()} == kinds
        wrong = await api.post(f"{path}/ending", {"on": "2023-03-20"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "on")
        ended = await api.post(f"{path}/ending", {"on": "2023-03-22"})
        assert (ended.status_code, ended.json()["state"]) == (200, "settled"), ended.text
        assert not any((await work.shown(f"{path}/remaining"))["remaining"].values())
    await check_ended(work, "consent_withdrawn")
    assert await work.state("referrals", work.referral) == ("closed", "consent_withdrawn")
    assert set(await work.visits()) == {"cancelled"}
    again = await api.post(f"{PEOPLE}/{work.person['id']}/consents", ALL[2] | {"on": "2023-03-23"})
    assert again.status_code == 201
    assert set(await work.visits()) == {"open"}, "with a new consent the visits are due again"


async def test_a_deadline_that_passed_is_said_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    work, office = await Work(api).begin(), api.registry.office
    path = await work.consent("livelihood")
    await api.post(f"{path}/withdrawal", {"on": "2023-03-21"})
    await api.post(f"{await work.consent('referral')}/withdrawal", {"on": "2023-03-21"})
    await api.post(f"{await work.consent('referral')}/ending", {"on": "2023-03-21"})
    assert await consents.say_late(office) == 0
    after = datetime.now(UTC) + timedelta(hours=72, minutes=1)
    monkeypatch.setattr("services.registry.commands.consents.clock.now", lambda: after)
    assert await consents.say_late(office) == 1
    assert await consents.say_late(office) == 0
    (late,) = [event.data for event in await api.events() if event.type.endswith("consent.deadline-passed.v1")]
    assert (late.purpose, late.remaining) == ("livelihood", 4)  # type: ignore[attr-defined]
    assert (await work.shown(path))["state"] == "late"
    await api.post(f"{PEOPLE}/{work.person['id']}/consents", ALL[2] | {"on": "2023-03-23"})
    assert (await work.shown(path))["state"] == "settled", "who agrees again isn't late any more"


async def test_what_ended_by_itself_is_settled_and_alarms_nobody(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    work, office = await Work(api).begin(), api.registry.office
    path = await work.consent("referral")
    await api.post(f"{path}/withdrawal", {"on": "2023-03-21"})
    await api.post(f"{PEOPLE}/{work.person['id']}/erasure", {"on": "2023-03-22", "reason": "request"})
    after = datetime.now(UTC) + timedelta(hours=72, minutes=1)
    monkeypatch.setattr("services.registry.commands.consents.clock.now", lambda: after)
    assert await consents.say_late(office) == 1
    assert (await work.shown(path))["state"] == "settled"
    assert not [event for event in await api.events() if "deadline-passed" in event.type]


async def test_erasures_and_new_work_at_once_leave_nothing_open(api: Api) -> None:
    people = [await api.made(PEOPLE, bodies.participant(number)) for number in range(6)]
    programmes = [await api.made("/v1/programmes", bodies.programme(quota=2)) for _ in range(2)]

    async def enrol(person: Mapping[str, Any], programme: Mapping[str, Any]) -> int:
        place = {"participant_id": person["id"], "programme_id": programme["id"], "on": "2023-03-08"}
        return (await api.post("/v1/enrolments", place)).status_code

    async def erase(person: Mapping[str, Any]) -> int:
        return (
            await api.post(f"{PEOPLE}/{person['id']}/erasure", {"on": "2023-03-09", "reason": "request"})
        ).status_code

    for person in people[:3]:
        await enrol(person, programmes[0])
    work = [enrol(person, programme) for person in people for programme in programmes]
    answers = await asyncio.gather(*work, *(erase(person) for person in people[:4]))
    assert set(answers) <= {200, 201, 409}
    assert answers[-4:] == [200] * 4
    for person in people[:4]:
        found = (await api.client.get("/v1/enrolments", params={"participant_id": person["id"]})).json()["items"]
        assert {one["state"] for one in found} <= {"dropped", "refused"}
    for programme in programmes:
        shown = (await api.client.get(f"/v1/programmes/{programme['id']}")).json()
        query = {"programme_id": programme["id"]}
        states = [one["state"] for one in (await api.client.get("/v1/enrolments", params=query)).json()["items"]]
        assert (shown["places_taken"], shown["waiting"]) == (states.count("accepted"), states.count("waiting"))
        assert states.count("accepted") == min(2, states.count("accepted") + states.count("waiting"))


async def test_an_erasure_that_waits_for_a_programme_holds_no_person(api: Api, database_kind: str) -> None:
    """Whoever enrols holds the programme and then wants the person; held the other way round, both wait for ever."""
    if database_kind == "sqlite":
        pytest.skip("on SQLite writers come one after the other")
    person = await api.made(PEOPLE, bodies.participant(1))
    programme = await api.made("/v1/programmes", bodies.programme())
    place = {"participant_id": person["id"], "programme_id": programme["id"], "on": "2023-03-08"}
    await api.made("/v1/enrolments", place)
    database = api.registry.office.database
    async with database.transaction() as connection:
        assert await rows.find(connection, tables.programmes, programme["id"], lock=True)
        path, erase = f"{PEOPLE}/{person['id']}/erasure", {"on": "2023-03-09", "reason": "request"}
        erasure = asyncio.create_task(api.post(path, erase))
        await asyncio.sleep(0.5)
        await connection.exec_driver_sql("SET LOCAL lock_timeout = '300ms'")
        assert await rows.find(connection, tables.participants, person["id"], lock=True)
        assert not erasure.done()
    assert (await erasure).status_code == 200
