"""A record's history: who changed what when, in order, from journal and audit log; nothing of a person in it."""

from typing import Any

from tests.integration.registry import bodies
from tests.integration.registry.conftest import FATULULI, PONDOK_JAYA, Api

PEOPLE, HISTORY = "/v1/participants", "/v1/history"
PASSWORD = "kucing-biru-melompat-tinggi"


async def _officer(api: Api, login: str, role: str, scope: str) -> tuple[str, dict[str, str]]:
    grants = [{"role": role, "scope": scope}]
    account = await api.made("/v1/accounts", {"login": login, "password": PASSWORD, "grants": grants})
    signed = await api.post("/v1/account-sessions", {"login": login, "password": PASSWORD})
    return account["id"], {"Authorization": f"Bearer {signed.json()['token']}"}


async def _shown(api: Api, kind: str, record_id: str, **query: Any) -> dict[str, Any]:
    answer = await api.client.get(f"{HISTORY}/{kind}/{record_id}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_who_changed_a_person_and_who_looked(api: Api) -> None:
    officer, headers = await _officer(api, "petugas", "p2m_officer", "32.76")
    person = await api.made(PEOPLE, bodies.participant(1, name="Kenari Rahasia"))
    path = f"{PEOPLE}/{person['id']}"
    await api.client.patch(path, json={"phone": "081200001111"}, headers=headers | {"If-Match": "*"})
    why = {"purpose": "rights", "reason": "Kenari asked for a copy of it"}
    await api.client.post(f"{path}/reveal", json=why, headers=headers)
    await api.post(f"{path}/move", {"village": PONDOK_JAYA, "on": "2023-04-01"})
    found = await _shown(api, "participants", person["id"])
    assert [(one["source"], one["what"], one["actor"]) for one in found["items"]] == [
        ("event", "participant.registered", "node"),
        ("event", "participant.corrected", officer),
        ("audit", "participant.revealed", officer),
        ("event", "participant.moved", "node"),
    ]
    assert found["items"][1]["said"]["fields"] == ["phone"]
    assert found["items"][3]["said"]["previous"] == bodies.RATU_JAYA
    assert "Kenari" not in str(found)
    assert "0812" not in str(found)
    seen: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = await _shown(api, "participants", person["id"], after=after, limit=3)
        seen, after = seen + page["items"], page["next_after"]
    assert seen == found["items"]


async def test_what_is_said_of_the_whole_is_found_for_its_part(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(1))
    start = {"participant_id": person["id"], "sector": "lele", "on": "2023-04-03"}
    business = await api.made("/v1/businesses", start)
    first, second, *_ = (await api.client.get("/v1/follow-ups")).json()["items"]
    await api.post(f"/v1/follow-ups/{first['id']}/visit", {"status": "active", "workers": 1, "on": "2023-05-03"})
    whats = {
        one["id"]: [entry["what"] for entry in (await _shown(api, "follow-ups", one["id"]))["items"]]
        for one in (first, second)
    }
    assert whats == {
        first["id"]: ["follow-up.scheduled", "business.followed-up"],
        second["id"]: ["follow-up.scheduled"],
    }
    whole = (await _shown(api, "businesses", business["id"]))["items"]
    assert [entry["what"] for entry in whole] == ["business.started", "business.followed-up"]


async def test_a_history_ends_at_the_scope_and_at_the_role(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant(1))
    path = f"{HISTORY}/participants/{person['id']}"
    for role, scope, status in (
        ("p2m_officer", "32.76", 200),
        ("p2m_officer", FATULULI[:5], 403),
        ("auditor", "ID", 200),
        ("recovery_agent", bodies.RATU_JAYA, 403),
    ):
        _, headers = await _officer(api, f"akun-{role[:4]}-{scope[:2].lower()}", role, scope)
        assert (await api.client.get(path, headers=headers)).status_code == status, (role, scope)
    for language in ("id", "en"):
        unknown = await api.client.get(f"{HISTORY}/secrets/x", headers={"Accept-Language": language})
        assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:bersinar:problem:history-kind")
        assert "participants" in unknown.json()["errors"][0]["remedy"]
    assert (await api.client.get(f"{HISTORY}/participants/x")).status_code == 404
    assert (await api.client.get(path, params={"after": -1})).status_code == 422


async def test_every_kind_of_record_has_its_history(api: Api) -> None:
    made = {
        "institutions": bodies.institution(),
        "regulations": bodies.regulation(),
        "agents": bodies.agent(),
        "potentials": bodies.potential(),
        "programmes": bodies.programme(),
        "organisations": {"region": "32.76", "name": "Bappeda Contoh", "kind": "bappeda", "on": "2023-02-01"},
        "forums": {"region": "32.76", "title": "Rapat kerja", "agenda": ["Komitmen"], "on": "2023-02-14"},
    }
    for kind, body in made.items():
        record = await api.made(f"/v1/{kind}", body)
        assert (await _shown(api, kind, record["id"]))["items"], kind


async def test_what_is_recorded_once_a_year_and_what_was_printed_have_theirs_too(api: Api) -> None:
    status = f"/v1/area-statuses/{PONDOK_JAYA}/2023"
    await api.client.put(status, json={"status": "waspada", "method": "IKRN", "on": "2023-04-01"})
    await api.client.put(
        status, json={"status": "siaga", "method": "IKRN", "on": "2023-04-01"}, headers={"If-Match": "*"}
    )
    decree = {"decree_number": "Contoh 3/2023", "decree_on": "2023-02-20"}
    await api.client.put(f"/v1/designations/{PONDOK_JAYA}/2023", json=decree)
    printed = {"id": "contoh-1", "area": "32.76", "year": 2022, "edition": "kotan-2022", "index": "3.602",
               "source": "Contoh laporan"}  # fmt: skip
    await api.made("/v1/published-indices", printed)
    await api.post("/v1/published-indices/contoh-1/reference", {"reason": "Satu-satunya angka"})
    whats = {
        kind: [one["what"] for one in (await _shown(api, kind, record_id))["items"]]
        for kind, record_id in (
            ("area-statuses", f"{PONDOK_JAYA}/2023"),
            ("designations", f"{PONDOK_JAYA}/2023"),
            ("published-indices", "contoh-1"),
        )
    }
    assert whats == {
        "area-statuses": ["area-status.recorded"] * 2,
        "designations": ["bersinar.designated"],
        "published-indices": ["index.published", "index.reference-chosen"],
    }
    _, elsewhere = await _officer(api, "petugas-lain", "p2m_officer", FATULULI[:5])
    path = f"{HISTORY}/area-statuses/{PONDOK_JAYA}"
    assert (await api.client.get(f"{path}/2023", headers=elsewhere)).status_code == 403
    for wrong in ("2022", "tahun", ""):
        assert (await api.client.get(f"{path}/{wrong}")).status_code == 404
