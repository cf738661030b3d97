"""Accounts: opened, entrusted, signed in to, locked, disabled; sessions that end when they are told to."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from services.registry.commands import hashing
from services.registry.storage import tables
from shared.runtime import clock
from tests.integration.registry import bodies
from tests.integration.registry.conftest import FATULULI, PONDOK_JAYA, RATU_JAYA, Api
from tests.integration.registry.transactions import by_hand

PASSWORD, OTHER = "ikan lele kolam bundar", "sawah hijau pagi hari"
OFFICER = {"role": "p2m_officer", "scope": "32.76"}


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with the least work: these tests are about everything else."""
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def moments(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """What is appended is added to the clock."""
    shifts: list[timedelta] = []
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + sum(shifts, timedelta()))
    return shifts


async def _account(api: Api, login: str = "petugas", *grants: dict[str, Any]) -> dict[str, Any]:
    return await api.made("/v1/accounts", {"login": login, "password": PASSWORD, "grants": list(grants)})


async def _sign_in(api: Api, login: str = "petugas", password: str = PASSWORD) -> httpx.Response:
    return await api.client.post(
        "/v1/account-sessions", json={"login": login, "password": password}, headers={"Authorization": ""}
    )


async def _as(api: Api, login: str = "petugas") -> dict[str, str]:
    answer = await _sign_in(api, login)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_an_account_signs_in_and_acts_within_its_grants(api: Api) -> None:
    account = await _account(api, "petugas", OFFICER)
    assert account["signs_in_with"] == "password"
    assert "password" not in str(account).replace("'signs_in_with': 'password'", "")
    headers = await _as(api, "PETUGAS")
    me = (await api.client.get("/v1/me", headers=headers)).json()
    assert (me["id"], me["grants"][0]["role"]) == (account["id"], "p2m_officer")
    made = await api.client.post("/v1/participants", json=bodies.participant(), headers=headers)
    assert made.status_code == 201
    refused = await api.client.get("/v1/accounts", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bersinar:problem:not-permitted")


async def test_a_recovery_agent_sees_and_serves_the_own_village_only(api: Api) -> None:
    here = await api.made("/v1/participants", bodies.participant(1))
    there = await api.made("/v1/participants", bodies.participant(2, village=PONDOK_JAYA))
    programme = await api.made("/v1/programmes", bodies.programme())
    await _account(api, "agen", {"role": "recovery_agent", "scope": RATU_JAYA})
    headers = await _as(api, "agen")
    listed = (await api.client.get("/v1/participants", headers=headers)).json()["items"]
    assert [one["id"] for one in listed] == [here["id"]]
    assert (await api.client.get(f"/v1/participants/{here['id']}", headers=headers)).status_code == 200
    assert (await api.client.get(f"/v1/participants/{there['id']}", headers=headers)).status_code == 404
    assert (await api.client.get(f"/v1/programmes/{programme['id']}", headers=headers)).status_code == 200
    for body, path, expected in (
        (bodies.participant(3), "/v1/participants", 201),
        (bodies.participant(4, village=PONDOK_JAYA), "/v1/participants", 403),
        ({"participant_id": here["id"], "programme_id": programme["id"], "on": "2023-03-08"}, "/v1/enrolments", 201),
        ({"participant_id": there["id"], "programme_id": programme["id"], "on": "2023-03-08"}, "/v1/enrolments", 403),
        ({"participant_id": there["id"], "sector": "lele", "on": "2023-03-08"}, "/v1/businesses", 403),
    ):
        answer = await api.client.post(path, json=body, headers=headers)
        assert answer.status_code == expected, (path, answer.text)
        if expected == 403:
            assert answer.json()["type"] == "urn:bersinar:problem:outside-scope"
            indonesian = await api.client.post(path, json=body, headers={**headers, "Accept-Language": "id"})
            assert "wilayah" in indonesian.json()["detail"]


async def test_wrong_passwords_lock_for_longer_and_longer(api: Api, moments: list[timedelta]) -> None:
    await _account(api)
    for login in ("petugas", "tidak.ada"):
        waits = []
        for _ in range(7):
            answer = await _sign_in(api, login, OTHER)
            assert answer.status_code == 401, answer.text
            blocked = await _sign_in(api, login)
            if blocked.status_code == 429:
                wait = int(blocked.headers["Retry-After"])
                assert f"{wait} " in blocked.json()["remedy"]
                waits.append(wait)
                moments.append(timedelta(seconds=wait))
            elif login == "petugas":
                assert blocked.status_code == 201
                break
        if login == "petugas":
            assert not waits
        else:
            assert waits == sorted(waits)
    for _ in range(5):
        assert (await _sign_in(api, "petugas", OTHER)).status_code == 401
    locked = await _sign_in(api, "petugas")
    assert locked.status_code == 429
    moments.append(timedelta(seconds=int(locked.headers["Retry-After"])))
    assert (await _sign_in(api, "petugas")).status_code == 201
    assert (await _sign_in(api, "petugas", OTHER)).status_code == 401
    actions = await _actions(api)
    assert actions.count("account.locked") == 1


async def test_many_guesses_at_once_count_as_many(api: Api) -> None:
    await _account(api)
    answers = await asyncio.gather(*(_sign_in(api, "petugas", f"{OTHER} {n}") for n in range(9)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 4


async def test_a_session_ends_by_time_by_hand_and_with_its_account(api: Api, moments: list[timedelta]) -> None:
    account = await _account(api, "petugas", OFFICER)
    first, second, third = await _as(api), await _as(api), await _as(api)
    own = (await api.client.get("/v1/me/sessions", headers=first)).json()["items"]
    assert len(own) == 3
    assert (await api.client.delete("/v1/me/session", headers=first)).status_code == 204
    assert (await api.client.get("/v1/me", headers=first)).status_code == 401
    assert (await api.client.delete(f"/v1/me/sessions/{own[1]['id']}", headers=third)).status_code == 204
    assert (await api.client.get("/v1/me", headers=second)).status_code == 401
    assert (await api.client.delete(f"/v1/account-sessions/{own[2]['id']}", headers=third)).status_code == 403
    assert (await api.client.delete(f"/v1/account-sessions/{own[2]['id']}")).status_code == 204
    assert (await api.client.get("/v1/me", headers=third)).status_code == 401
    fourth = await _as(api)
    moments.append(timedelta(hours=13))
    assert (await api.client.get("/v1/me", headers=fourth)).status_code == 401
    fifth = await _as(api)
    disabled = await api.client.post(f"/v1/accounts/{account['id']}/access", json={"disabled": True})
    assert disabled.json()["disabled"] is True
    assert (await api.client.get("/v1/me", headers=fifth)).status_code == 401
    assert (await _sign_in(api)).status_code == 403


async def test_nobody_ends_the_session_of_another(api: Api) -> None:
    await _account(api, "satu", OFFICER)
    await _account(api, "dua", OFFICER)
    one, two = await _as(api, "satu"), await _as(api, "dua")
    session = (await api.client.get("/v1/me/sessions", headers=one)).json()["items"][0]["id"]
    assert (await api.client.delete(f"/v1/me/sessions/{session}", headers=two)).status_code == 404
    assert (await api.client.get("/v1/me", headers=one)).status_code == 200


async def test_a_password_is_changed_by_whoever_knows_it(api: Api) -> None:
    await _account(api)
    kept, ended = await _as(api), await _as(api)
    wrong = await api.client.post("/v1/me/password", json={"current": OTHER, "new": OTHER}, headers=kept)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (403, "current")
    for poor in ("pendek", "aaaaaaaaaaaaaaaa", "petugas petugas"):
        answer = await api.client.post("/v1/me/password", json={"current": PASSWORD, "new": poor}, headers=kept)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "new")
    done = await api.client.post("/v1/me/password", json={"current": PASSWORD, "new": OTHER}, headers=kept)
    assert done.status_code == 200, done.text
    assert (await api.client.get("/v1/me", headers=kept)).status_code == 200
    assert (await api.client.get("/v1/me", headers=ended)).status_code == 401
    assert (await _sign_in(api)).status_code == 401
    assert (await _sign_in(api, password=OTHER)).status_code == 201


async def test_a_reset_ends_sessions_and_the_lock_out(api: Api) -> None:
    account = await _account(api)
    headers = await _as(api)
    for _ in range(5):
        await _sign_in(api, password=OTHER)
    answer = await api.client.post(f"/v1/accounts/{account['id']}/password", json={"password": OTHER})
    assert answer.status_code == 200
    assert (await api.client.get("/v1/me", headers=headers)).status_code == 401
    assert (await _sign_in(api, password=OTHER)).status_code == 201


GRANTS = {
    "unknown role": ({"role": "raja", "scope": "32.76"}, "grants.0.role"),
    "an officer of a village": ({"role": "p2m_officer", "scope": RATU_JAYA}, "grants.0.scope"),
    "an agent of a city": ({"role": "recovery_agent", "scope": "32.76"}, "grants.0.scope"),
    "a region there isn't": ({"role": "p2m_officer", "scope": "99.99"}, "grants.0.scope"),
    "a stakeholder of nobody": ({"role": "stakeholder", "scope": "32.76"}, "grants.0.organisation_id"),
    "an analyst of an organisation": (
        {"role": "analyst", "scope": "32", "organisation_id": "x"},
        "grants.0.organisation_id",
    ),
}


@pytest.mark.parametrize("case", GRANTS)
async def test_grants_that_do_not_fit_are_refused(api: Api, case: str) -> None:
    grant, field = GRANTS[case]
    answer = await api.post("/v1/accounts", {"login": "petugas", "password": PASSWORD, "grants": [grant]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_grants_count_from_the_next_request_on_and_never_ones_own(api: Api) -> None:
    account = await _account(api, "petugas", {"role": "administrator", "scope": "ID"})
    headers = await _as(api)
    path = f"/v1/accounts/{account['id']}/grants"
    own = await api.client.put(path, json={"grants": [OFFICER]}, headers={**headers, "If-Match": '"1"'})
    assert (own.status_code, own.json()["type"]) == (403, "urn:bersinar:problem:own-account")
    assert (await api.client.put(path, json={"grants": [OFFICER]})).status_code == 428
    changed = await api.client.put(path, json={"grants": [OFFICER]}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert (await api.client.get("/v1/accounts", headers=headers)).status_code == 403
    assert (await api.client.get("/v1/participants", headers=headers)).status_code == 200
    taken = await api.post("/v1/accounts", {"login": "petugas", "password": PASSWORD})
    assert taken.status_code == 409


async def test_only_hashes_are_kept_and_other_services_can_ask(api: Api) -> None:
    await _account(api, "petugas", {"role": "recovery_agent", "scope": FATULULI})
    answer = (await _sign_in(api)).json()
    async with api.registry.office.database.read() as connection:
        session = (await connection.execute(select(tables.account_sessions))).mappings().one()
        account = (await connection.execute(select(tables.accounts))).mappings().one()
    assert answer["token"] not in str(session)
    assert len(answer["token"]) >= 43
    assert account["password_hash"].startswith("$argon2id$")
    assert datetime.fromisoformat(answer["expires_at"]) == session["expires_at"]
    known = (await api.post("/v1/account-sessions/introspection", {"token": answer["token"]})).json()
    assert (known["active"], known["grants"][0]["scope"]) == (True, FATULULI)
    unknown = (await api.post("/v1/account-sessions/introspection", {"token": "x" * 43})).json()
    assert unknown["active"] is False
    headers = {"Authorization": f"Bearer {answer['token']}"}
    asked = await api.client.post("/v1/account-sessions/introspection", json={"token": "x"}, headers=headers)
    assert asked.status_code == 403
    async with api.registry.office.database.transaction() as connection:
        by_hand(connection)
        await connection.execute(update(tables.accounts).values(disabled=True))
    assert (await api.post("/v1/account-sessions/introspection", {"token": answer["token"]})).json()["active"] is False


async def _actions(api: Api) -> list[str]:
    return [entry["action"] for entry in (await api.client.get("/v1/audit", params={"limit": "200"})).json()["items"]]


async def test_the_log_tells_what_happened_to_rights(api: Api) -> None:
    account = await _account(api, "pengawas", {"role": "auditor", "scope": "ID"})
    headers = await _as(api, "pengawas")
    entries = (await api.client.get("/v1/audit", headers=headers)).json()["items"]
    assert [entry["action"] for entry in entries] == ["session.opened", "account.created"]
    assert entries[1]["facts"] == {"grants": "auditor ID"}
    assert (entries[0]["actor"], entries[1]["actor"]) == (account["id"], "node")
    today = entries[0]["at"][:10]
    for query, count in (
        ({"actor": "node"}, 1),
        ({"action": "session.opened"}, 1),
        ({"on_or_after": today}, 2),
        ({"on_or_before": "2020-01-01"}, 0),
        ({"subject": account["id"]}, 1),
    ):
        found = await api.client.get("/v1/audit", params=query, headers=headers)
        assert len(found.json()["items"]) == count, query
    assert (await api.client.get("/v1/participants", headers=headers)).status_code == 403


async def test_what_becomes_of_an_account_is_an_event_without_a_login(api: Api) -> None:
    password = "kucing-biru-melompat-tinggi"
    grant = {"role": "p2m_officer", "scope": "32.76", "organisation_id": None}
    body = {"login": "kenari.rahasia", "password": password, "grants": [grant]}
    account = await api.made("/v1/accounts", body)
    path, wrong = f"/v1/accounts/{account['id']}", {"login": body["login"], "password": "x" * 20}
    signed = await api.post("/v1/account-sessions", {"login": body["login"], "password": password})
    assert (await api.client.delete(f"/v1/account-sessions/{signed.json()['id']}")).is_success
    again = await api.client.put(f"{path}/grants", json={"grants": []}, headers={"If-Match": "*"})
    assert again.headers["Bersinar-Event-Id"]
    for disabled in (True, False):
        await api.post(f"{path}/access", {"disabled": disabled})
    for _ in range(5):
        await api.post("/v1/account-sessions", wrong)
    await api.post(f"{path}/password", {"password": "sawah-hijau-pagi-hari"})
    told = await api.events()
    kinds = [event.type.removeprefix("id.bersinar.registry.").removesuffix(".v1") for event in told]
    assert kinds == [
        "account.created",
        "account-session.opened",
        "account-session.revoked",
        "account.granted",
        "account.disabled",
        "account.enabled",
        "account.locked",
        "account.password-set",
    ]
    assert [event.data.model_dump().get("account_id") for event in told] == [account["id"]] * len(told)
    assert told[3].data.model_dump(mode="json")["previous"] == [grant]
    assert not any("kenari" in event.model_dump_json() for event in told)
