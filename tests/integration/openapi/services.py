"""Each service with its schema on a fresh database, built but not running: its document can be played against it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI

import services.dashboard.app
import services.notifications.app
import services.notifications.seed
import services.registry.app
import services.scoring.app
from services.dashboard.settings import DashboardSettings
from services.notifications.settings import NotificationsSettings
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from services.scoring.settings import ScoringSettings
from shared.runtime.database import Database
from tests.integration.registry.conftest import region_rows
from tests.integration.registry.test_campaigns import published
from tests.support import schema

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Place:
    """Where a service's data lies."""

    data_dir: Path
    database_url: str


def registry(place: Place) -> FastAPI:
    """With the regions of Depok and Kupang, and questionnaires as scoring gives them."""
    settings = RegistrySettings(data_dir=place.data_dir, database_url=place.database_url)
    asyncio.run(schema.migrate(settings.own_database_url, services.registry.app.MIGRATIONS))
    asyncio.run(_with_regions(settings.own_database_url))
    app = services.registry.app.build(settings).app
    app.state.office = replace(app.state.office, questionnaires=published)
    return app


async def _with_regions(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction() as connection:
        await rows.add(connection, tables.regions, *region_rows())
    await database.dispose()


def scoring(place: Place) -> FastAPI:
    """With nothing in it yet."""
    settings = ScoringSettings(data_dir=place.data_dir, database_url=place.database_url, registry_url=NOWHERE)
    asyncio.run(schema.migrate(settings.own_database_url, services.scoring.app.MIGRATIONS))
    return services.scoring.app.build(settings).app


def notifications(place: Place) -> FastAPI:
    """With nothing in it yet."""
    settings = NotificationsSettings(data_dir=place.data_dir, database_url=place.database_url, registry_url=NOWHERE)
    asyncio.run(schema.migrate(settings.own_database_url, services.notifications.seed.MIGRATIONS))
    return services.notifications.app.build(settings).app


def dashboard(place: Place) -> FastAPI:
    """With nothing in it yet."""
    settings = DashboardSettings(data_dir=place.data_dir, database_url=place.database_url, scoring_url=NOWHERE)
    asyncio.run(schema.migrate(settings.own_database_url, services.dashboard.app.MIGRATIONS))
    return services.dashboard.app.build(settings).app


SERVICES: Mapping[str, Callable[[Place], FastAPI]] = MappingProxyType(
    {"registry": registry, "scoring": scoring, "notifications": notifications, "dashboard": dashboard}
)
