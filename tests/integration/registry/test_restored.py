"""Both databases come back from backups made before an erasure: the file beside them knows of it, and so does Redis."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis.exceptions
from hypothesis import given
from hypothesis import strategies as st

from services.registry import tending
from services.registry.app import MIGRATIONS, Registry, build
from services.registry.commands import erasure, participants
from services.registry.commands.erasure import EraseParticipant
from services.registry.commands.participants import RegisterParticipant
from services.registry.keys import carried
from services.registry.keys.stones import StoneFile
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api, region_rows
from tests.support import schema

ERASE = EraseParticipant.model_validate({"on": "2024-01-02", "reason": "request"})
NOW = datetime(2024, 1, 2, tzinfo=UTC)


@asynccontextmanager
async def opened(settings: RegistrySettings) -> AsyncIterator[Registry]:
    registry = build(settings)
    try:
        yield registry
    finally:
        assert registry.streams.publisher is not None
        await registry.streams.publisher.close()
        await registry.office.database.dispose()
        await registry.office.vault.store.database.dispose()


async def _register(registry: Registry, number: int) -> str:
    async with registry.office.journal.writing() as unit:
        command = RegisterParticipant.model_validate(bodies.participant(number, name=f"Kenari Rahasia {number}"))
        return str((await participants.register(unit, registry.office, command)).view.id)  # type: ignore[attr-defined]


async def _erase(registry: Registry, participant_id: str) -> None:
    async with registry.office.journal.writing() as unit:
        await erasure.erase(unit, registry.office, participant_id, ERASE, None)
    await erasure.destroy_keys(registry.office)


async def _readable(registry: Registry, participant_id: str) -> bool:
    async with registry.office.database.read() as connection:
        row = await rows.find(connection, tables.participants, participant_id)
    assert row is not None
    keys = await registry.office.vault.open([participant_id])
    return row["sealed"] is not None and participant_id in keys


@pytest.mark.parametrize("who_knows", ["file", "stream", "nobody"])
async def test_nobody_who_was_erased_comes_back_with_both_databases(
    tmp_path: Path, redis_url: str, who_knows: str
) -> None:
    settings = RegistrySettings(data_dir=tmp_path / "data", redis_url=redis_url)
    settings.data_dir.mkdir()
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    async with opened(settings) as registry:
        async with registry.office.database.transaction() as connection:
            await rows.add(connection, tables.regions, *region_rows())
        gone, stays = [await _register(registry, number) for number in (1, 2)]
    shutil.copytree(settings.data_dir, tmp_path / "backup")
    async with opened(settings) as registry:
        await _erase(registry, gone)
        assert registry.streams.publisher is not None
        await registry.streams.publisher.publish()
    assert gone in (settings.data_dir / "erased.jsonl").read_text()
    for file in [one for one in (tmp_path / "backup").rglob("*") if one.is_file()]:
        shutil.copy(file, settings.data_dir / file.relative_to(tmp_path / "backup"))
    for journal in settings.data_dir.rglob("*.db-*"):
        journal.unlink()
    if who_knows != "file":
        (settings.data_dir / "erased.jsonl").unlink()
    async with opened(settings) as registry:
        assert await _readable(registry, gone), "the backups did bring the person back"
        told = await carried.erased_ids(redis_url, settings.stream("registry")) if who_knows == "stream" else ()
        again = await erasure.reconcile(registry.office, told)
        assert await _readable(registry, gone) is (who_knows == "nobody")
        assert await _readable(registry, stays)
        if who_knows != "nobody":
            assert again == 3, "a key, a person, and what the person's erasure left to destroy"
            assert gone in (settings.data_dir / "erased.jsonl").read_text()
            assert await erasure.reconcile(registry.office, told) == 0
            for file in (one for one in settings.data_dir.rglob("*.db*") if one.is_file()):
                assert b"Kenari Rahasia 1" not in file.read_bytes()


async def test_the_stream_is_read_whole_and_waited_for(
    api: Api, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = api.registry.office
    people = [(await api.made("/v1/participants", bodies.participant(number)))["id"] for number in range(3)]
    for person in people[:2]:
        await _erase(api.registry, person)
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        for number, (_, entry) in enumerate(await _entries(api), start=1):
            await client.xadd("a.registry", {"event": entry}, id=f"{number}-0")
    monkeypatch.setattr(carried, "PAGE_ENTRIES", 2)
    assert await carried.erased_ids(redis_url, "a.registry") == set(people[:2])
    assert await carried.erased_ids(redis_url, "none.registry") == set()

    async def away() -> set[str]:
        raise redis.exceptions.ConnectionError

    async def there() -> set[str]:
        return {people[2]}

    assert not await tending._hear(office, away)
    assert await tending._hear(office, there)
    assert (await api.client.get(f"/v1/participants/{people[2]}")).json()["state"] == "erased"


async def _entries(api: Api) -> list[tuple[int, bytes]]:
    publisher = api.registry.streams.publisher
    assert publisher is not None
    await publisher._number()
    async with api.registry.office.database.read() as connection:
        return await api.registry.office.journal.entries(connection, 0, 100)


@given(st.lists(st.lists(st.uuids().map(str), max_size=5), max_size=5), st.binary(max_size=30))
def test_the_file_knows_everybody_whatever_was_torn(batches: list[list[str]], torn: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        stones = StoneFile(Path(folder) / "sub" / "erased.jsonl")
        assert stones.ids() == set()
        for batch in batches:
            stones.add(batch, NOW)
            if stones.path.exists():
                with stones.path.open("ab") as file:
                    file.write(json.dumps({"person_id": "torn"}).encode()[:9] + torn.replace(b"\n", b"").hex().encode())
        assert stones.ids() == {one for batch in batches for one in batch}


async def test_a_file_that_can_not_be_written_stops_no_erasure(api: Api, tmp_path: Path) -> None:
    person = (await api.made("/v1/participants", bodies.participant(1)))["id"]
    (tmp_path / "erased.jsonl").mkdir()
    await _erase(api.registry, person)
    assert not await _readable(api.registry, person)
