"""Of two who take the same step with a record at once one does, and the other is told; the step is said once."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from services.registry.commands import releases
from services.registry.commands.model import Match
from services.registry.domain.refusal import StaleVersion
from tests.integration.registry import bodies
from tests.integration.registry.conftest import RATU_JAYA, Api
from tests.integration.registry.test_campaigns import PLAN, answered, invited, opened, published, set_office
from tests.integration.registry.test_campaigns import TODAY as IN_A_CAMPAIGN
from tests.integration.registry.test_concurrent import FORUM, _organisation, _person
from tests.integration.registry.test_doubles import WHO
from tests.integration.registry.test_exports import request
from tests.integration.registry.test_releases import HEAD, WHY, status

NUMBERS = itertools.count(501)
SEEN = {"reason": "seen"}
BECAUSE = {"reason": "Dua kelompok belum memenuhi kuota."}


async def _referral(api: Api) -> str:
    body = {"participant_id": await _person(api), "to_organisation": "DKUM Kota Depok", "on": "2023-03-06"}
    return f"/v1/referrals/{(await api.made('/v1/referrals', body))['id']}"


async def _commitment(api: Api) -> str:
    forum = (await api.made("/v1/forums", FORUM | {"region": "32.76", "synthetic": True}))["id"]
    assert (await api.post(f"/v1/forums/{forum}/hold", {"on": "2023-02-14"})).status_code == 200
    body = {"forum_id": forum, "organisation_id": await _organisation(api), "what": "20 tempat", "due_on": "2023-05-31"}
    return f"/v1/commitments/{(await api.made('/v1/commitments', body))['id']}"


async def _consent(api: Api) -> str:
    given = {"purpose": "livelihood", "given_by": "self", "on": "2023-03-06"}
    person = await api.made("/v1/participants", bodies.participant(next(NUMBERS), synthetic=False, consents=[given]))
    await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-03"})
    listed = await api.client.get("/v1/consents", params={"participant_id": person["id"]})
    return f"/v1/consents/{listed.json()['items'][0]['id']}"


async def _ended(api: Api) -> str:
    """A consent that was withdrawn, and whose work ended after that."""
    consent = await _consent(api)
    person = (await api.client.get(consent)).json()["participant_id"]
    assert (await api.post(f"{consent}/withdrawal", {"on": "2023-06-01"})).status_code == 200
    (business,) = (await api.client.get("/v1/businesses", params={"participant_id": person})).json()["items"]
    closed = await api.post(f"/v1/businesses/{business['id']}/closing", {"on": "2023-06-02", "reason": "other"})
    assert closed.status_code == 200, closed.text
    return consent


async def _export(api: Api) -> str:
    return f"/v1/exports/{(await api.made('/v1/exports', request()))['id']}"


async def _membership(api: Api) -> str:
    form = {"name": "Kelompok Contoh", "sector": "lele", "village": RATU_JAYA, "on": "2023-03-06", "members": []}
    group = (await api.made("/v1/groups", form | {"synthetic": True}))["id"]
    body = {"participant_id": await _person(api), "group_id": group, "on": "2023-03-10"}
    return f"/v1/memberships/{(await api.made('/v1/memberships', body))['id']}"


async def _double(api: Api) -> str:
    for name in ("Joko Susilo", "Djoko Soesilo"):
        await api.made("/v1/participants", bodies.participant(name=name, **WHO))
    listed = await api.client.get("/v1/doubles", params={"state": "open"})
    return f"/v1/doubles/{listed.json()['items'][0]['id']}"


async def _merged(api: Api) -> str:
    kept, gone = await _person(api), await _person(api)
    merged = await api.post(f"/v1/participants/{kept}/merge", SEEN | {"duplicate_id": gone})
    assert merged.status_code == 200, merged.text
    return f"/v1/participants/{gone}"


async def _kept(api: Api) -> str:
    return f"/v1/participants/{await _person(api)}"


async def _campaign(api: Api) -> str:
    set_office(api, today_in=lambda _zone: date(2022, 11, 10))
    days = {"year": 2022, "opens_on": "2022-11-01", "closes_on": "2022-12-15"}
    return f"/v1/campaigns/{(await api.made('/v1/campaigns', PLAN | days))['id']}"


async def _open(api: Api) -> str:
    found = (await api.client.get("/v1/campaigns", params={"state": "open"})).json()["items"]
    return str(found[0]["id"]) if found else await opened(api)


async def _link(api: Api) -> str:
    campaign = await _open(api)
    await invited(api, campaign)
    listed = await api.client.get("/v1/survey-links", params={"campaign_id": campaign})
    return f"/v1/survey-links/{next(one['id'] for one in listed.json()['items'] if not one['withdrawn'])}"


async def _review(api: Api) -> str:
    campaign = await _open(api)
    assert (await answered(api, (await invited(api, campaign))[0])).status_code == 200
    listed = await api.client.get("/v1/survey-reviews", params={"campaign_id": campaign})
    return f"/v1/survey-reviews/{listed.json()['items'][-1]['id']}"


Walk = tuple[Callable[[Api], Awaitable[str]], list[tuple[str, dict[str, Any]]]]
WALKS: dict[str, Walk] = {
    "referral": (
        _referral,
        [
            ("receive", {"on": "2023-03-08"}),
            ("undo", {"on": "2023-03-09"}),
            ("answer", {"outcome": "accepted", "on": "2023-03-15"}),
            ("answer", {"outcome": "placed", "on": "2023-03-20"}),
            ("answer", {"outcome": "closed", "on": "2023-04-20"}),
        ],
    ),
    "commitment": (
        _commitment,
        [
            ("settle", {"outcome": "kept", "on": "2023-05-29"}),
            ("reopen", {}),
            ("postpone", {"due_on": "2023-07-31", "reason": "Anggaran perubahan"}),
            ("withdraw", {}),
        ],
    ),
    "consent": (_consent, [("withdrawal", {"on": "2023-06-01"}), ("ending", {"on": "2023-06-02"})]),
    "ended work": (_ended, [("settlement", {"on": "2023-06-03"})]),
    "membership": (_membership, [("end", {"on": "2023-06-05", "reason": "moved"})]),
    "export": (_export, [("destruction", {})]),
    "double": (_double, [("distinct", SEEN)]),
    "merge": (_kept, [("merge", SEEN)]),
    "merged": (_merged, [("unmerge", {"reason": "documents"})]),
    "survey link": (_link, [("withdraw", {})]),
    "survey review": (
        _review,
        [("exclude", {"reason": "test", "note": "Uji coba."}), ("readmit", {"note": "Responden dihubungi."})],
    ),
    "campaign": (
        _campaign,
        [
            ("open", {}),
            ("reminders", {}),
            ("close", {}),
            ("reopen", BECAUSE),
            ("close", {}),
            ("approve", {}),
            ("send-back", BECAUSE),
            ("approve", {}),
            ("lock", {}),
            ("revise", BECAUSE | {"name": "Koreksi jawaban ganda"}),
        ],
    ),
}
"""How a record of each kind is made, and the steps it is taken through, every one by two at once."""

TWICE = {"postpone", "reminders", "survey link withdraw"}
"""Without a reading these may be done again: another date or reminder, the same end. Nothing is lost."""

NO_NEW_STATE = {"reminders"}
"""Leaves the record as it was read, so the same reading is good for another."""

GONE = {"export destruction": 410}
"""What is no more is answered with another status than what can't be done now."""


async def _both(api: Api, path: str, body: dict[str, Any], headers: dict[str, str]) -> list[httpx.Response]:
    """The answers of two at once, one that was carried out first; the journal holds what they say, no more."""
    before = {event.id for event in await api.events()}
    answers = await asyncio.gather(*(api.client.post(path, json=body, headers=headers) for _ in range(2)))
    said = [one for a in answers for one in a.headers.get("Bersinar-Event-Id", "").split(",") if one]
    assert sorted({event.id for event in await api.events()} - before) == sorted(said), path
    return sorted(answers, key=lambda answer: answer.status_code)


@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
async def test_of_two_who_take_the_same_step_one_is_told(api: Api, read: bool) -> None:
    set_office(api, questionnaires=published, today_in=lambda _zone: IN_A_CAMPAIGN)
    for kind, (make, steps) in WALKS.items():
        path = await make(api)
        tag = (await api.client.get(path)).headers.get("ETag", '"1"')
        for name, body in steps:
            sent = body | ({"duplicate_id": await _person(api)} if name == "merge" else {})
            won, lost = await _both(api, f"{path}/{name}", sent, {"If-Match": tag} if read else {})
            why = (kind, name, won.text, lost.text)
            assert won.status_code == 200, why
            again = name in NO_NEW_STATE or (not read and TWICE & {name, f"{kind} {name}"})
            refused = 412 if read else GONE.get(f"{kind} {name}", 409)
            assert lost.status_code == (200 if again else refused), why
            if lost.status_code == 412:
                assert lost.headers["ETag"] == won.headers["ETag"] != tag, why
            tag = won.headers.get("ETag", tag)


@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
async def test_a_status_is_released_by_one_of_two(api: Api, read: bool) -> None:
    assert (await api.client.put(f"/v1/area-statuses/{RATU_JAYA}/2024", json=status())).is_success
    head = replace(api.registry.office, actor=HEAD)

    async def moved(step: Any, version: int) -> int:
        try:
            async with head.journal.writing() as unit:
                seen = Match(frozenset({version})) if read else None
                return len((await step(unit, head, RATU_JAYA, 2024, WHY, seen)).events)
        except StaleVersion as stale:
            return -stale.version

    for version, step in enumerate((releases.release, releases.withhold), start=1):
        said = await asyncio.gather(moved(step, version), moved(step, version))
        assert sorted(said) == [-(version + 1) if read else 0, 1]
