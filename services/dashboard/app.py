"""The dashboard, put together: ``python -m services.dashboard``."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from services.dashboard import handlers
from services.dashboard.campaigns import Campaigns
from services.dashboard.cities import Cities
from services.dashboard.http.accounts import Accounts
from services.dashboard.http.answering import answering_router
from services.dashboard.http.api import api_router
from services.dashboard.http.caller import AsCaller
from services.dashboard.http.insights import Insights, area_router, city_insight_router
from services.dashboard.http.pages import page_router, sign_in_router, sso_router
from services.dashboard.http.session import Attempts, Sessions
from services.dashboard.http.surveys import survey_router
from services.dashboard.indices import Indices
from services.dashboard.instruments import Instruments
from services.dashboard.live import Live
from services.dashboard.places import Places
from services.dashboard.printed import Totals
from services.dashboard.progress import Progress
from services.dashboard.rendering import Pages
from services.dashboard.settings import DashboardSettings
from shared import access
from shared.access.introspection import Introspection
from shared.contracts.catalogue import consumed_by
from shared.journal import Follower, HttpHistory, Streams
from shared.journal.follower import Apply
from shared.journal.http import streams_router
from shared.runtime import identity, logging, migration, web
from shared.runtime.database import Database
from shared.runtime.health import Health
from shared.runtime.settings import ServiceName
from shared.runtime.tls import trusted

FOLDER = Path(__file__).parent
MIGRATIONS = FOLDER / "migrations"
SSO_RETURN = "/masuk/sso/kembali"
OPEN_PATHS = (
    "/",
    "/isi",
    "/isi/",
    "/kota/",
    "/survei/",
    "/wilayah/",
    "/cara-menghitung",
    "/masuk",
    "/masuk/",
    "/keluar",
    "/statis/",
)
"""Open to the gate: pages send whoever isn't signed in to the sign-in page instead of a problem document."""
PRODUCERS: tuple[ServiceName, ...] = ("registry", "scoring", "notifications")


@dataclass
class Dashboard:
    """The pieces of a running service."""

    settings: DashboardSettings
    database: Database
    followers: Sequence[Follower]
    streams: Streams
    live: Live
    instruments: Instruments
    progress: Progress
    health: Health
    node: httpx.AsyncClient
    """The registry, asked by the node itself: to sign people in, and for respondents who come by invitation."""
    registry: httpx.AsyncClient
    scoring: httpx.AsyncClient
    """Both asked in the name of whoever looks at a page."""
    introspection: Introspection
    app: FastAPI


def build(settings: DashboardSettings) -> Dashboard:
    """Wires everything; nothing runs yet."""
    token = identity.load_or_create_token(settings.data_dir)
    # What is in here can be made again from the journals, so no commit waits for the disk.
    database = Database(settings.own_database_url, durable=False)
    live = Live(
        database,
        queue_max=settings.push_queue_max,
        clients_max=settings.push_clients_max,
        poll_seconds=settings.push_poll_seconds,
    )
    instruments = Instruments(database, settings.url_of("scoring"), token)
    apply = handlers.apply_with(live.pushed, settings.push_max_kept, instruments.wake)
    followers = tuple(_follower(settings, producer, database, apply, token) for producer in PRODUCERS)
    streams = Streams(
        settings.redis_url,
        name="dashboard",
        followers=followers,
        poll_seconds=settings.follower_poll_seconds,
        stalled_after_seconds=settings.stalled_after_seconds,
    )
    progress = Progress(streams, followers, settings.stream("registry"), _client(settings, "scoring", token))
    health = _health(settings, streams, live)
    dashboard = Dashboard(
        settings,
        database,
        followers,
        streams,
        live,
        instruments,
        progress,
        health,
        _client(settings, "registry", token),
        _asked(settings, "registry"),
        _asked(settings, "scoring"),
        Introspection(settings.url_of("registry"), token),
        FastAPI(),
    )
    dashboard.app = _app(dashboard, token)
    return dashboard


def _follower(
    settings: DashboardSettings, producer: ServiceName, database: Database, apply: Apply, token: str
) -> Follower:
    return Follower(
        stream=settings.stream(producer),
        database=database,
        apply=apply,
        history=HttpHistory(settings.url_of(producer), token),
        consumes=consumed_by("dashboard")[producer],
        batch_max_events=settings.batch_max_events,
    )


def _client(settings: DashboardSettings, service: ServiceName, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=settings.url_of(service), headers=headers, trust_env=False, verify=trusted())


def _asked(settings: DashboardSettings, service: ServiceName) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=settings.url_of(service), auth=AsCaller(), trust_env=False, verify=trusted())


def _health(settings: DashboardSettings, streams: Streams, live: Live) -> Health:
    health = Health()
    streams.register(health)
    health.add("live push", live.health)

    async def schema() -> str | None:
        return await migration.pending(settings.own_database_url, MIGRATIONS)

    health.add("schema", schema)
    return health


def _app(dashboard: Dashboard, token: str) -> FastAPI:
    settings = dashboard.settings
    sessions = Sessions(token, settings.session_days, time.time)
    accounts = Accounts(dashboard.node, dashboard.introspection, sessions, token)
    places = Places(settings.region_codes)
    pages = Pages(tuple(places.served.values()), sso=settings.oidc_issuer is not None)
    cities = Cities(
        dashboard.database,
        places,
        dashboard.instruments,
        feed_rows=settings.feed_rows,
        alert_rows=settings.alert_rows,
    )
    indices = Indices(dashboard.scoring)
    totals = Totals(dashboard.registry)
    insights = Insights(cities, dashboard.instruments, indices, totals, pages, accounts.authenticate)
    app = web.create_app(
        "Bersinar dashboard",
        health=dashboard.health,
        routers=(
            page_router(cities, dashboard.instruments, pages, dashboard.progress, indices, accounts.authenticate),
            sign_in_router(token, sessions, accounts, Attempts(time.monotonic), pages),
            sso_router(accounts, pages, f"{settings.url_of('dashboard')}{SSO_RETURN}"),
            city_insight_router(insights),
            area_router(insights),
            survey_router(places, Campaigns(dashboard.registry, dashboard.scoring), pages, accounts.authenticate),
            answering_router(pages, dashboard.node),
            api_router(cities, dashboard.live, dashboard.progress, settings.heartbeat_seconds),
            streams_router(dashboard.database, None, dashboard.followers),
        ),
        lifespan=lambda _app: _running(dashboard),
        authenticate=accounts.authenticate,
        permissions=access.load("dashboard"),
        open_paths=OPEN_PATHS,
        description="The web interface of a node: a page a city, live.",
    )
    app.mount("/statis", StaticFiles(directory=FOLDER / "static"), name="static")
    return app


@asynccontextmanager
async def _running(dashboard: Dashboard) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(dashboard.database.dispose)
        stack.push_async_callback(dashboard.introspection.close)
        stack.push_async_callback(dashboard.progress.close)
        stack.push_async_callback(dashboard.node.aclose)
        stack.push_async_callback(dashboard.registry.aclose)
        stack.push_async_callback(dashboard.scoring.aclose)
        await dashboard.instruments.recall()
        await stack.enter_async_context(dashboard.streams.running())
        tasks = [
            asyncio.create_task(dashboard.instruments.keep_current(), name="instruments"),
            asyncio.create_task(dashboard.live.run(), name="live push"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Starts the service the environment describes and serves until it is told to stop."""
    settings = DashboardSettings()
    logging.configure(settings.service, settings.log_level)
    migration.upgrade(settings.own_database_url, MIGRATIONS)
    web.serve(build(settings).app, settings.host, settings.listen_port)
