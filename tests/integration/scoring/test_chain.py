"""The registry's journal, a real Redis or Valkey, and scoring: an entry comes out as a changed score."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from services.scoring.app import build
from services.scoring.settings import ScoringSettings
from shared.journal import Journal, Publisher, Streams, tables
from shared.runtime.database import Database
from tests.integration.scoring.conftest import migrated
from tests.integration.scoring.registry_stream import business

DEADLINE_SECONDS = 15.0


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await holds():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.02)


async def test_an_entry_in_the_registry_comes_out_as_a_changed_score(
    settings: ScoringSettings, redis_url: str, new_database: Callable[[], str]
) -> None:
    settings = settings.model_copy(update={"redis_url": redis_url})
    registry_database = Database(new_database())
    async with registry_database.transaction() as connection:
        await connection.run_sync(lambda c: tables.metadata.create_all(c, [tables.journal, tables.identity]))
    journal = Journal(registry_database, "3276.registry", "/nodes/3276/registry")
    registry = Streams(redis_url, name="registry", publisher=Publisher(journal, redis_url))
    async with migrated(settings) as scoring, registry.running(), scoring.streams.running():
        for n in range(3):
            async with journal.writing() as unit:
                unit.emit(business(n), subject="x", region="32.76")

        async def published() -> bool:
            p = tables.position
            async with scoring.database.read() as connection:
                seq = (await connection.execute(sa.select(p.c.seq))).scalar_one_or_none()
            return seq == 3 and await scoring.streams.head("3276.scoring") > 0

        await eventually(published)
        assert await scoring.streams.stall(scoring.follower) is None
        async with scoring.database.read() as connection:
            told = (await connection.execute(sa.select(sa.func.count()).select_from(tables.journal))).scalar_one()
        assert 1 <= told <= 3
    await registry_database.dispose()


async def test_the_service_says_what_is_missing(settings: ScoringSettings) -> None:
    """Before its migrations a service is alive and not ready."""
    service = build(settings)
    checks = await service.health.reasons()
    assert "schema" in checks
    await service.follower.close()
    await service.database.dispose()
