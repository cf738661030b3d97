"""A dashboard on each database, fed with the three streams it follows, and asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.dashboard.app import MIGRATIONS, Dashboard, build
from services.dashboard.settings import DashboardSettings
from shared.runtime.identity import load_or_create_token
from tests.integration.dashboard.streams import Stream
from tests.support import schema


@pytest.fixture
def settings(database_url: str, tmp_path) -> DashboardSettings:
    return DashboardSettings(
        data_dir=tmp_path, database_url=database_url, redis_url="redis://127.0.0.1:1/0", heartbeat_seconds=0.2,
        push_poll_seconds=0.1, push_queue_max=8, push_max_kept=100, scoring_url="http://127.0.0.1:1",
    )  # fmt: skip


class Fed:
    """A dashboard and its streams: ``feed`` applies what was added since the last time."""

    def __init__(self, dashboard: Dashboard) -> None:
        self.dashboard = dashboard
        self.registry, self.scoring, self.notifications = (Stream(f.stream.split(".")[1]) for f in dashboard.followers)

    async def feed(self) -> None:
        for follower, stream in zip(
            self.dashboard.followers, (self.registry, self.scoring, self.notifications), strict=True
        ):
            at = await follower.position()
            if stream.entries[at.seq :]:
                await follower.process(stream.entries[at.seq :])


@pytest.fixture
async def fed(settings: DashboardSettings) -> AsyncIterator[Fed]:
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    dashboard = build(settings)
    pushing = asyncio.create_task(dashboard.live.run())
    yield Fed(dashboard)
    pushing.cancel()
    await asyncio.gather(pushing, return_exceptions=True)
    await closed(dashboard)


async def closed(dashboard: Dashboard) -> None:
    for follower in dashboard.followers:
        await follower.close()
    await dashboard.progress.close()
    await dashboard.database.dispose()


@pytest.fixture
def node_token(settings: DashboardSettings) -> str:
    return load_or_create_token(settings.data_dir)


@pytest.fixture
async def browser(fed: Fed) -> AsyncIterator[httpx.AsyncClient]:
    """Not signed in."""
    transport = httpx.ASGITransport(app=fed.dashboard.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dashboard") as client:
        yield client


@pytest.fixture
async def api(browser: httpx.AsyncClient, node_token: str) -> httpx.AsyncClient:
    """Signed in with the token."""
    browser.headers["Authorization"] = f"Bearer {node_token}"
    return browser


async def city(api: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    """The view of Depok."""
    answer = await api.get("/v1/cities/32.76", params=query)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view
