"""Lists with names: for a reason, until a moment, for who asked; every look is written down; nobody stays in one who
may not be."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.registry.commands.exports import jobs, making
from services.registry.storage import audit as stored_log
from tests.integration.registry import bodies
from tests.integration.registry.conftest import FATULULI, PONDOK_JAYA, Api

PEOPLE, EXPORTS = "/v1/participants", "/v1/exports"
REASON = "Calling everybody about the training"
YES = {"purpose": "programme", "given_by": "self", "on": "2023-03-06"}
NAMES = [f"Peserta Contoh {number:02}" for number in range(9)]


def request(**changes: Any) -> dict[str, Any]:
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    return {
        "list": "participants",
        "fields": ["name", "phone"],
        "format": "csv",
        "purpose": "programme",
        "reason": REASON,
        "expires_at": soon,
    } | changes


def agreed(number: int, **changes: Any) -> dict[str, Any]:
    return bodies.participant(number, synthetic=False, consents=[YES]) | changes


async def ready(api: Api, **changes: Any) -> dict[str, Any]:
    made = await api.made(EXPORTS, request(**changes))
    assert made["state"] == "making"
    assert await api.registry.app.state.exports.step()
    shown: dict[str, Any] = (await api.client.get(f"{EXPORTS}/{made['id']}")).json()
    return shown


async def content(api: Api, export: dict[str, Any]) -> bytes:
    answer = await api.post(f"{EXPORTS}/{export['id']}/file", None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.content


def lines(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))


async def looks(api: Api, action: str = "participant.listed") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.client.get("/v1/audit", params={"action": action, "limit": "200"})).json()[
        "items"
    ]
    return found[::-1]


def sealed(folder: Path) -> list[Path]:
    return sorted((folder / jobs.FOLDER).glob("*"))


async def test_a_list_with_names_is_made_fetched_and_written_down(api: Api, tmp_path: Path) -> None:
    first = await api.made(PEOPLE, agreed(1, name="=HYPERLINK(1)", phone="+62 812 0000"))
    other = await api.made(PEOPLE, agreed(2, village=PONDOK_JAYA))
    silent = await api.made(PEOPLE, bodies.participant(3, synthetic=False))
    gone = await api.made(PEOPLE, agreed(4))
    await api.post(f"{PEOPLE}/{gone['id']}/erasure", {"on": "2024-01-02", "reason": "request"})
    shown = await ready(api)
    assert shown["state"] == "ready"
    assert (shown["rows"], shown["people"]) == (2, 2)
    assert (shown["left_out_erased"], shown["left_out_consent"], shown["left_out_scope"]) == (1, 1, 0)
    (file,) = sealed(tmp_path)
    assert b"Peserta" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    rows = lines(await content(api, shown))
    assert [row["ID"] for row in rows] == [first["id"], other["id"]]
    assert rows[0]["Nama"] == "'=HYPERLINK(1)"
    assert rows[0]["Telepon"] == "'+62 812 0000"
    assert rows[1]["Nama"] == NAMES[2]
    assert "NIK" not in rows[0], "no more than was asked for"
    seen = await looks(api)
    assert [look["subject"] for look in seen] == [first["id"], other["id"]]
    assert {(look["reason"], look["facts"]["export"]) for look in seen} == {(REASON, shown["id"])}
    assert [look["subject"] for look in await looks(api, "export.fetched")] == [shown["id"]]
    (told,) = [event.data for event in await api.events() if event.type.endswith("export.made.v1")]
    assert (told.rows, told.people, told.left_out) == (2, 2, 2)  # type: ignore[attr-defined]
    async with api.registry.office.database.read() as connection:
        assert (await stored_log.verify(connection)).rows > 4  # type: ignore[union-attr]
    copied = await api.post(f"{PEOPLE}/{first['id']}/export", {"reason": "The person asked for it"})
    assert copied.json()["looked_at"][0]["action"] == "participant.listed", "the person learns of it"
    assert silent["id"] not in json.dumps(rows)


async def test_filters_formats_and_other_lists(api: Api) -> None:
    await api.made(PEOPLE, agreed(1))
    other = await api.made(PEOPLE, agreed(2, village=PONDOK_JAYA))
    programme = await api.made("/v1/programmes", bodies.programme())
    place = {"participant_id": other["id"], "programme_id": programme["id"], "on": "2023-03-08"}
    await api.made("/v1/enrolments", place)
    book = await ready(api, format="xlsx", filters={"village": PONDOK_JAYA}, fields=["nik", "name"])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(await content(api, book))).get_sheet_by_index(0).to_python()
    assert sheet[0][:3] == ["NIK", "Nama", "ID"]
    assert [row[:3] for row in sheet[1:]] == [[bodies.participant(2)["nik"], NAMES[2], other["id"]]]
    english = await content(api, await ready(api, language="en", fields=["phone"], filters={"village": PONDOK_JAYA}))
    assert list(lines(english)[0])[:3] == ["phone", "id", "village"]
    enrolled = await ready(api, list="enrolments", format="ndjson", filters={"participant_id": other["id"]})
    (line,) = (await content(api, enrolled)).decode().splitlines()
    assert (json.loads(line)["name"], json.loads(line)["programme_id"]) == (NAMES[2], programme["id"])
    assert (await ready(api, filters={"synthetic": "true"}))["rows"] == 0


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no such list": ({"list": "programmes"}, 422, "list"),
    "no such filter": ({"filters": {"colour": "red"}}, 422, "filters.colour"),
    "a filter's value": ({"filters": {"on_from": "kemarin"}}, 422, "filters.on_from"),
    "a NUL in a filter": ({"filters": {"village": "\0"}}, 422, "filters.village"),
    "the beginning of time": ({"expires_at": "0001-01-01T00:00:00+14:00"}, 422, "expires_at"),
    "the end of time": ({"expires_at": "9999-12-31T23:59:59-14:00"}, 422, "expires_at"),
    "no such purpose": ({"purpose": "marketing"}, 422, "purpose"),
    "no reason": ({"reason": "short"}, 422, "reason"),
    "a number in the reason": ({"reason": "Calling 081234567890 now"}, 422, "reason"),
    "no fields": ({"fields": []}, 422, "fields"),
    "a field nobody may list": ({"fields": ["notes"]}, 422, "fields.0"),
    "the past": ({"expires_at": "2023-01-01T00:00:00Z"}, 422, "expires_at"),
    "too long": ({"expires_at": (datetime.now(UTC) + timedelta(days=30)).isoformat()}, 422, "expires_at"),
    "no zone": ({"expires_at": "2099-01-01T00:00:00"}, 422, "expires_at"),
}


async def test_what_is_asked_wrongly_is_named_and_keeps_nothing(api: Api) -> None:
    before = await api.counts()
    for case, (changes, status, field) in REFUSED.items():
        for language in ("id", "en"):
            answer = await api.post(EXPORTS, request(**changes), accept_language=language)
            assert answer.status_code == status, f"{case}: {answer.text}"
            (error, *_) = answer.json()["errors"]
            assert error["field"] == field, case
            assert error["detail"]
            assert error.get("remedy", "x")
    assert await api.counts() == before


async def test_an_end_comes_by_itself_or_on_request(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.made(PEOPLE, agreed(1))
    made = await api.made(EXPORTS, request())
    early = await api.post(f"{EXPORTS}/{made['id']}/file", None)
    assert (early.status_code, early.json()["type"]) == (409, "urn:bersinar:problem:export-not-ready")
    assert await api.registry.app.state.exports.step()
    second = await ready(api)
    ended = await api.post(f"{EXPORTS}/{second['id']}/destruction", None)
    assert (ended.status_code, ended.json()["state"]) == (200, "destroyed")
    assert len(sealed(tmp_path)) == 1
    later = datetime.now(UTC) + timedelta(hours=2, seconds=1)
    monkeypatch.setattr("services.registry.commands.exports.jobs.clock.now", lambda: later)
    gone = await api.post(f"{EXPORTS}/{made['id']}/file", None)
    assert (gone.status_code, gone.json()["type"]) == (410, "urn:bersinar:problem:export-gone")
    assert await jobs.expire(api.registry.office) == 1
    assert await jobs.expire(api.registry.office) == 0
    assert sealed(tmp_path) == []
    row = (await api.client.get(f"{EXPORTS}/{made['id']}")).json()
    assert row["state"] == "destroyed"
    whys = [event.data.why for event in await api.events() if event.type.endswith("export.destroyed.v1")]  # type: ignore[attr-defined]
    assert whys == ["asked", "expired"]
    assert (await api.counts())["export_people"] == 0
    stray = tmp_path / jobs.FOLDER / "unknown.sealed"
    stray.write_bytes(b"x")
    await jobs.expire(api.registry.office)
    assert not stray.exists(), "a file no export knows of doesn't stay"


@pytest.mark.parametrize("why", ["erased", "consent_withdrawn"])
async def test_who_may_not_be_in_it_any_more_takes_the_file_along(api: Api, tmp_path: Path, why: str) -> None:
    person = await api.made(PEOPLE, agreed(1, consents=[YES, YES | {"purpose": "referral"}]))
    await api.made(PEOPLE, agreed(2))
    export = await ready(api)
    untouched = await ready(api, purpose="referral")
    if why == "erased":
        await api.post(f"{PEOPLE}/{person['id']}/erasure", {"on": "2024-01-02", "reason": "request"})
    else:
        query = {"participant_id": person["id"], "purpose": "programme"}
        (given,) = (await api.client.get("/v1/consents", params=query)).json()["items"]
        await api.post(f"/v1/consents/{given['id']}/withdrawal", {"on": "2024-01-02"})
    gone = await api.post(f"{EXPORTS}/{export['id']}/file", None)
    assert gone.status_code == 410
    assert len(sealed(tmp_path)) == (0 if why == "erased" else 1)
    state = (await api.client.get(f"{EXPORTS}/{untouched['id']}")).json()["state"]
    assert state == ("destroyed" if why == "erased" else "ready")
    assert (await ready(api))["people"] == 1


async def test_somebody_who_goes_while_the_file_is_made_is_not_in_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await api.made(PEOPLE, agreed(1))
    await api.made(PEOPLE, agreed(2))
    asked = await api.made(EXPORTS, request())
    finish, tries = making._finish, 0

    async def late(*arguments: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries == 1:
            await api.post(f"{PEOPLE}/{person['id']}/erasure", {"on": "2024-01-02", "reason": "request"})
        return await finish(*arguments)

    monkeypatch.setattr(making, "_finish", late)
    assert await api.registry.app.state.exports.step()
    shown = (await api.client.get(f"{EXPORTS}/{asked['id']}")).json()
    assert (shown["state"], shown["people"], shown["left_out_erased"], tries) == ("ready", 1, 1, 2)
    assert person["id"] not in [look["subject"] for look in await looks(api)]
    assert NAMES[1].encode() not in await content(api, shown)


async def test_a_list_that_is_too_long_or_a_file_that_is_lost_is_said(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await api.made(PEOPLE, agreed(number))
    monkeypatch.setattr(jobs, "ROWS_MAX", 2)
    long = await ready(api)
    assert (long["state"], long["trouble"]) == ("failed", "export_too_large")
    assert sealed(tmp_path) == []
    assert await looks(api) == []
    failed = await api.post(f"{EXPORTS}/{long['id']}/file", None)
    assert (failed.status_code, failed.json()["type"]) == (422, "urn:bersinar:problem:export-too-large")
    assert failed.json()["errors"][0]["field"] == "filters"
    monkeypatch.undo()
    (tmp_path / jobs.FOLDER).touch()
    lost = await ready(api)
    assert (lost["state"], lost["trouble"]) == ("failed", "export_stopped")
    stopped = await api.post(f"{EXPORTS}/{lost['id']}/file", None)
    assert (stopped.status_code, stopped.json()["type"]) == (409, "urn:bersinar:problem:export-stopped")


async def test_a_merged_person_appears_by_the_name_that_stands(api: Api) -> None:
    kept = await api.made(PEOPLE, agreed(1))
    double = await api.made(PEOPLE, bodies.participant(2, synthetic=False))
    assert (await ready(api))["left_out_consent"] == 1
    await api.post(f"{PEOPLE}/{kept['id']}/merge", {"duplicate_id": double["id"], "reason": "seen"})
    rows = lines(await content(api, await ready(api)))
    assert {(row["ID"], row["Nama"]) for row in rows} == {(kept["id"], NAMES[1]), (double["id"], NAMES[1])}


async def _head(api: Api, login: str, scope: str, role: str = "office_head") -> dict[str, str]:
    password = "kucing-biru-melompat-tinggi"
    grants = [{"role": role, "scope": scope}]
    await api.made("/v1/accounts", {"login": login, "password": password, "grants": grants})
    signed = await api.post("/v1/account-sessions", {"login": login, "password": password})
    return {"Authorization": f"Bearer {signed.json()['token']}"}


async def test_only_who_asked_fetches_it_within_their_scope(api: Api) -> None:
    await api.made(PEOPLE, agreed(1))
    mine, other = await _head(api, "kepala-satu", "32.76"), await _head(api, "kepala-dua", "32.76")
    officer = await _head(api, "petugas", "32.76", "p2m_officer")
    asked = await api.client.post(EXPORTS, json=request(), headers=mine)
    assert asked.status_code == 201, asked.text
    assert await api.registry.app.state.exports.step()
    path = f"{EXPORTS}/{asked.json()['id']}"
    for who, status in ((mine, 200), (other, 403), (officer, 403)):
        assert (await api.client.post(f"{path}/file", headers=who)).status_code == status
        assert (await api.client.get(path, headers=who)).status_code == status
    assert (await api.client.post(EXPORTS, json=request(), headers=officer)).status_code == 403
    node = await api.client.post(f"{path}/file")
    assert (node.status_code, node.json()["type"]) == (403, "urn:bersinar:problem:export-of-another")
    assert (await api.client.get(EXPORTS, headers=other)).json()["items"] == []
    far = await _head(api, "kepala-tiga", FATULULI[:5])
    asked = await api.client.post(EXPORTS, json=request(), headers=far)
    assert await api.registry.app.state.exports.step()
    assert (await api.client.get(f"{EXPORTS}/{asked.json()['id']}", headers=far)).json()["rows"] == 0
