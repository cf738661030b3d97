"""A scoring service on each database, fed with registry events byte for byte as a publisher writes them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.scoring.app import MIGRATIONS, Scoring, build
from services.scoring.settings import ScoringSettings
from shared.runtime.identity import load_or_create_token
from tests.support import schema


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> ScoringSettings:
    return ScoringSettings(data_dir=tmp_path, database_url=database_url, redis_url="redis://127.0.0.1:1/0")


@pytest.fixture
async def scoring(settings: ScoringSettings) -> AsyncIterator[Scoring]:
    async with migrated(settings) as service:
        yield service


@pytest.fixture
async def undisturbed(settings: ScoringSettings, new_database: Callable[[], str]) -> AsyncIterator[Scoring]:
    """A second service with a database of its own, to compare with."""
    async with migrated(settings.model_copy(update={"database_url": new_database()})) as service:
        yield service


@asynccontextmanager
async def migrated(settings: ScoringSettings) -> AsyncIterator[Scoring]:
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    service = build(settings)
    yield service
    await service.follower.close()
    await service.database.dispose()


@pytest.fixture
async def api(scoring: Scoring, settings: ScoringSettings) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {load_or_create_token(settings.data_dir)}", "Accept-Language": "en"}
    transport = httpx.ASGITransport(app=scoring.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://scoring", headers=headers) as client:
        yield client
