"""A person's data is shown for a reason, to those who may, and never without an entry in the log."""

import httpx
import pytest

from services.registry.commands.audit import log
from services.registry.domain.audit import Proven
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api

REASON = "Kunjungan bulan ketiga ke usaha lele"


async def _reveal(api: Api, person: str, **body: object) -> httpx.Response:
    asked = {"purpose": "visit", "reason": REASON} | body
    return await api.post(f"/v1/participants/{person}/reveal", asked)


async def _looks(api: Api) -> list[dict[str, object]]:
    found = await api.client.get("/v1/audit", params={"action": "participant.revealed"})
    items: list[dict[str, object]] = found.json()["items"]
    return items


async def test_only_what_was_asked_for_is_shown_and_every_look_is_logged(api: Api) -> None:
    body = bodies.participant(1)
    person = (await api.made("/v1/participants", body))["id"]
    shown = await _reveal(api, person, fields=["name", "nik", "birth_date"])
    assert shown.status_code == 200, shown.text
    assert shown.json()["revealed"] == {"name": body["name"], "nik": body["nik"], "birth_date": None}
    assert shown.headers["Cache-Control"] == "no-store"
    assert (await _reveal(api, person)).json()["revealed"] == {"name": body["name"]}
    second, first = await _looks(api)
    assert (first["actor"], first["subject"], first["reason"]) == ("node", person, REASON)
    assert first["facts"] == {"purpose": "visit", "fields": "birth_date, name, nik"}
    assert second["facts"] == {"purpose": "visit", "fields": "name"}
    assert str(body["name"]) not in str([first, second])
    async with api.registry.office.database.read() as connection:
        assert isinstance(await log.verify(connection), Proven)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "ingin"}, "reason"),
        ({"reason": "telepon 0812 3456 7890"}, "reason"),
        ({"purpose": "curiosity"}, "purpose"),
        ({"fields": []}, "fields"),
        ({"fields": ["village"]}, "fields.0"),
    ],
)
async def test_without_a_reason_nothing_is_shown(api: Api, changes: dict[str, object], field: str) -> None:
    person = (await api.made("/v1/participants", bodies.participant()))["id"]
    refused = await _reveal(api, person, **changes)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert "Peserta Contoh" not in refused.text
    assert await _looks(api) == []


async def test_nobody_is_shown_who_is_not_there(api: Api) -> None:
    assert (await _reveal(api, "nobody")).status_code == 404
    assert await _looks(api) == []


async def test_a_key_does_not_keep_what_was_shown(api: Api) -> None:
    body = bodies.participant()
    person = (await api.made("/v1/participants", body))["id"]
    asked = {"purpose": "visit", "reason": REASON}
    for _ in range(2):
        await api.post(f"/v1/participants/{person}/reveal", asked, idempotency_key="look-1")
    assert len(await _looks(api)) == 2
    assert (await api.counts())["answers"] == 0
