"""The registry is killed while it answers; the client, who heard nothing, asks again with the same key."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.registry.app import open_office
from services.registry.seeding.regions import seed_regions
from services.registry.settings import RegistrySettings
from tests.integration.registry import bodies
from tests.support import schema
from tests.support.node import Node

PEOPLE = "/v1/participants"
MIGRATIONS = Path(__file__).parents[3] / "services" / "registry" / "migrations"


async def _load_regions(node: Node) -> None:
    settings = RegistrySettings(data_dir=node.data_dir)
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    office = open_office(settings)
    await seed_regions(office, lambda _progress: None)
    await office.database.dispose()


async def _published(client: httpx.AsyncClient) -> list[str]:
    """The journal's numbered events, once the publisher has come to the first."""
    for _ in range(100):
        lines = (await client.get("/journal/3276.registry")).text.splitlines()
        if lines:
            return lines
        await asyncio.sleep(0.05)
    return []


@pytest.mark.parametrize("moment", ["unit.before_events_commit", "unit.after_events_commit"])
async def test_an_entry_is_made_once_though_its_answer_was_lost(node: Node, moment: str) -> None:
    await _load_regions(node)
    node.start("registry", environment={"BERSINAR_CRASH_AT": moment})
    key = {"Idempotency-Key": "entry-1"}
    async with node.async_client("registry") as client:
        try:
            answered = await client.post(PEOPLE, json=bodies.participant(), headers=key)
        except httpx.TransportError:
            answered = None
    assert node.wait_dead("registry") == -9
    node.start("registry")
    async with node.async_client("registry") as client:
        again = await client.post(PEOPLE, json=bodies.participant(), headers=key)
        assert again.status_code == 201
        assert answered is None or answered.content == again.content
        people = (await client.get(PEOPLE)).json()["items"]
        assert [one["id"] for one in people] == [again.json()["id"]]
        lines = await _published(client)
    assert len(lines) == 1
    assert again.headers["Bersinar-Event-Id"] in lines[0]
    written = node.log("registry")
    assert "Peserta" not in written
    assert bodies.participant()["nik"] not in written


async def test_a_list_with_names_is_made_once_though_its_maker_died(node: Node) -> None:
    await _load_regions(node)
    node.start("registry", environment={"BERSINAR_CRASH_AT": "export.written"})
    ask = {"list": "participants", "format": "csv", "purpose": "programme", "reason": "Calling about the training"}
    ask["expires_at"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    async with node.async_client("registry") as client:
        person = (await client.post(PEOPLE, json=bodies.participant())).json()["id"]
        made = (await client.post("/v1/exports", json=ask)).json()
    assert node.wait_dead("registry") == -9
    left = [path.read_bytes() for path in (node.data_dir / "exports").iterdir()]
    assert len(left) == 1
    assert b"Peserta" not in left[0]
    node.start("registry")
    async with node.async_client("registry") as client:
        for _ in range(100):
            state = (await client.get(f"/v1/exports/{made['id']}")).json()["state"]
            if state != "making":
                break
            await asyncio.sleep(0.05)
        file = await client.post(f"/v1/exports/{made['id']}/file")
        assert (state, file.status_code, "Peserta Contoh 01" in file.text) == ("ready", 200, True)
        looks = (await client.get("/v1/audit", params={"action": "participant.listed"})).json()["items"]
    assert [look["subject"] for look in looks] == [person]
    assert [path.read_bytes() for path in (node.data_dir / "exports").iterdir()] != left
    assert "Peserta" not in node.log("registry")
