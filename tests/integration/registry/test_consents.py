"""Consent over the API: given for a purpose, checked before work, withdrawn with a deadline for what remains."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.registry.domain import consent
from services.registry.storage import rows, tables
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api

PEOPLE, CONSENTS = "/v1/participants", "/v1/consents"
YES = {"purpose": "livelihood", "given_by": "self", "on": "2023-03-06"}


async def _business(api: Api, person: dict[str, Any]) -> Any:
    return await api.post("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-07-01"})


async def test_consent_opens_the_work_it_was_given_for(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(synthetic=False, consents=[YES | {"purpose": "referral"}]))
    assert (await _business(api, person)).json()["type"].endswith("consent-missing")
    given = await api.made(f"{PEOPLE}/{person['id']}/consents", YES)
    assert (given["state"], given["text_version"], given["deadline_at"]) == ("stands", "2026-1", None)
    assert (await _business(api, person)).status_code == 201
    again = await api.post(f"{PEOPLE}/{person['id']}/consents", YES)
    assert (again.status_code, again.json()["type"]) == (409, "urn:bersinar:problem:consent-given")
    listed = await api.client.get(CONSENTS, params={"participant_id": person["id"]})
    assert [one["purpose"] for one in listed.json()["items"]] == ["referral", "livelihood"]
    told = [event.data for event in await api.events() if event.type.endswith("consent.given.v1")]
    assert [one.purpose for one in told] == ["referral", "livelihood"]  # type: ignore[attr-defined]


async def test_withdrawal_stops_work_at_once_and_shows_what_remains(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await api.made(PEOPLE, bodies.participant(synthetic=False, consents=[YES]))
    assert (await _business(api, person)).status_code == 201
    (given,) = (await api.client.get(CONSENTS)).json()["items"]
    path = f"{CONSENTS}/{given['id']}"
    before = datetime.now(UTC)
    withdrawn = (await api.post(f"{path}/withdrawal", {"on": "2023-08-01"})).json()
    assert withdrawn["state"] == "withdrawn"
    deadline = datetime.fromisoformat(withdrawn["deadline_at"])
    assert timedelta(0) <= deadline - before - timedelta(hours=72) < timedelta(minutes=1)
    assert (await _business(api, person)).json()["type"].endswith("consent-withdrawn")
    remains = (await api.client.get(f"{path}/remaining")).json()
    assert (len(remains["remaining"]["follow_ups"]), remains["late"]) == (4, False)
    early = await api.post(f"{path}/settlement", {"on": "2023-08-02"})
    assert (early.status_code, early.json()["detail"].split()[0]) == (409, "4")
    opened = await api.client.get(CONSENTS, params={"open_deadline": "true"})
    assert [one["id"] for one in opened.json()["items"]] == [given["id"]]
    assert (await api.client.get(CONSENTS, params={"late": "true"})).json()["items"] == []
    monkeypatch.setattr("services.registry.commands.consent.clock.now", lambda: deadline + timedelta(seconds=1))
    late = (await api.client.get(CONSENTS, params={"late": "true"})).json()["items"]
    assert [(one["id"], one["state"]) for one in late] == [(given["id"], "late")]
    monkeypatch.undo()
    visit = (await api.client.get("/v1/follow-ups")).json()["items"][0]
    closed = await api.post(
        f"/v1/follow-ups/{visit['id']}/visit", {"status": "closed", "workers": 0, "on": "2023-08-02"}
    )
    assert closed.status_code == 200, closed.text
    settled = await api.post(f"{path}/settlement", {"on": "2023-08-02"})
    assert (settled.status_code, settled.json()["state"]) == (200, "settled")
    assert (await api.post(f"{path}/settlement", {"on": "2023-08-02"})).status_code == 409
    assert (await api.client.get(CONSENTS, params={"open_deadline": "true"})).json()["items"] == []
    kinds = [event.type.split(".")[-2] for event in await api.events() if ".consent." in event.type]
    assert kinds == ["given", "withdrawn", "settled"]


async def test_agreeing_again_opens_the_work_again(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(synthetic=False, consents=[YES]))
    (given,) = (await api.client.get(CONSENTS)).json()["items"]
    assert (await api.post(f"{CONSENTS}/{given['id']}/withdrawal", {"on": "2023-08-01"})).json()["state"] == "settled"
    assert (await _business(api, person)).status_code == 409
    await api.made(f"{PEOPLE}/{person['id']}/consents", YES | {"on": "2023-09-01"})
    assert (await _business(api, person)).status_code == 201


async def test_wrong_consents_are_named(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    child = await api.made(PEOPLE, bodies.participant(2, age_band="under_18"))
    path = f"{PEOPLE}/{person['id']}/consents"
    for body, field in (
        (YES | {"purpose": "selling"}, "purpose"),
        (YES | {"text_version": "1999-1"}, "text_version"),
        (YES | {"on": "2999-01-01"}, "on"),
        (YES | {"given_by": "anybody"}, "given_by"),
    ):
        answer = await api.post(path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    refused = await api.post(f"{PEOPLE}/{child['id']}/consents", YES)
    assert refused.json()["type"] == "urn:bersinar:problem:consent-of-child"
    inside = await api.post(PEOPLE, bodies.participant(3, consents=[YES, YES | {"purpose": "selling"}]))
    assert inside.json()["errors"][0]["field"] == "consents.1.purpose"
    async with api.registry.office.database.read() as connection:
        assert await rows.find(connection, tables.consents, "none") is None


async def test_the_texts_are_there_in_both_languages(api: Api) -> None:
    items = (await api.client.get("/v1/consent-purposes")).json()["items"]
    assert [one["key"] for one in items] == ["programme", "referral", "livelihood"]
    for one in items:
        assert "3 x 24" in one["texts"][-1]["id"]
        assert "3 x 24" in one["texts"][-1]["en"]
    assert timedelta(hours=72) == consent.STOP_WITHIN


async def test_who_it_is_is_shown_for_a_purpose_they_consent_to(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(synthetic=False, consents=[YES]))
    path, why = f"{PEOPLE}/{person['id']}/reveal", {"reason": "Calling about the visit of next week"}
    shown = await api.post(path, why | {"purpose": "livelihood"})
    assert (shown.status_code, shown.json()["name"]) == (200, "Peserta Contoh 01")
    refused = {"programme": (409, "consent-missing"), "marketing": (422, "unknown-purpose")}
    (given,) = (await api.client.get(CONSENTS)).json()["items"]
    for purpose, (status, kind) in refused.items():
        for language in ("id", "en"):
            answer = await api.post(path, why | {"purpose": purpose}, accept_language=language)
            assert (answer.status_code, answer.json()["type"]) == (status, f"urn:bersinar:problem:{kind}")
            (error,) = answer.json()["errors"]
            assert error["field"] == "purpose"
            assert error["remedy"]
    assert (await api.post(path, why)).json()["errors"][0]["field"] == "purpose"
    await api.post(f"{CONSENTS}/{given['id']}/withdrawal", {"on": "2023-08-01"})
    stopped = await api.post(path, why | {"purpose": "livelihood"})
    assert (stopped.status_code, stopped.json()["type"]) == (409, "urn:bersinar:problem:consent-withdrawn")
    assert (await api.post(path, why | {"purpose": "rights"})).status_code == 200
    log = (await api.client.get("/v1/audit", params={"action": "participant.revealed"})).json()["items"]
    assert [look["facts"]["purpose"] for look in log] == ["rights", "livelihood"]
