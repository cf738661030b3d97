"""Notifications, put together: ``python -m services.notifications``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from fastapi import FastAPI

from services.notifications import handlers, http
from services.notifications.places import villages_of
from services.notifications.seed import MIGRATIONS, seed_on_first_start
from services.notifications.sender import Sender
from services.notifications.settings import NotificationsSettings
from services.notifications.sweep import DueSweep
from shared import access
from shared.access.introspection import Introspection
from shared.contracts.catalogue import consumed_by
from shared.contracts.notifications import EventParked
from shared.journal import Follower, HttpHistory, Journal, Publisher, Streams, Unit
from shared.journal.follower import Apply
from shared.journal.http import journal_router, streams_router
from shared.runtime import identity, logging, migration, web
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring
from shared.runtime.health import Health
from shared.runtime.settings import ServiceName

log = structlog.get_logger()

FOLLOWED: dict[ServiceName, Apply] = {"registry": handlers.apply_registry, "scoring": handlers.apply_scoring}


@dataclass
class Notifications:
    """The pieces of a running service. ``sender`` is ``None`` while no mail server is set."""

    settings: NotificationsSettings
    database: Database
    keyring: Keyring
    journal: Journal
    streams: Streams
    sweep: DueSweep
    sender: Sender | None
    app: FastAPI


def build(settings: NotificationsSettings) -> Notifications:
    """Wires everything; nothing runs yet."""
    token = identity.load_or_create_token(settings.data_dir)
    keyring = settings.keyring
    database = Database(settings.own_database_url)
    journal = Journal(database, settings.stream("notifications"), f"/nodes/{settings.node}/notifications")
    followers = tuple(_follower(settings, producer, database, journal, token) for producer in FOLLOWED)
    streams = Streams(
        settings.redis_url,
        name="notifications",
        publisher=Publisher(journal, settings.redis_url, interval_seconds=settings.publisher_interval_seconds),
        followers=followers,
        poll_seconds=settings.follower_poll_seconds,
        stalled_after_seconds=settings.stalled_after_seconds,
    )
    interval, home = settings.due_sweep_seconds, settings.region_codes[0]
    sweep = DueSweep(journal, interval, home, settings.commitment_notice_days, settings.patience)
    sender = _sender(settings, journal, keyring)
    health = _health(settings, streams, sweep, sender)
    signed_in = Introspection(settings.url_of("registry"), token)
    service = Notifications(settings, database, keyring, journal, streams, sweep, sender, FastAPI())
    service.app = web.create_app(
        "Bersinar notifications",
        health=health,
        routers=(
            *http.routers(database, keyring, sends_email=sender is not None),
            journal_router(journal),
            streams_router(database, journal, followers),
        ),
        lifespan=lambda _app: _running(service, signed_in),
        authenticate=signed_in.authenticate,
        permissions=access.load("notifications"),
        description="Who hears what, once: subscriptions, the inbox, deliveries.",
    )
    return service


def _sender(settings: NotificationsSettings, journal: Journal, keyring: Keyring) -> Sender | None:
    mail = settings.mail_server
    if mail is None:
        return None
    return Sender(journal, keyring, mail, settings.sender_rules, node=settings.node, link=settings.dashboard_url)


def _follower(
    settings: NotificationsSettings, producer: ServiceName, database: Database, journal: Journal, token: str
) -> Follower:
    return Follower(
        stream=settings.stream(producer),
        database=database,
        journal=journal,
        apply=FOLLOWED[producer],
        history=HttpHistory(settings.url_of(producer), token),
        consumes=consumed_by("notifications")[producer],
        on_parked=lambda unit, stream, seq, error: _say_parked(unit, settings, stream, seq, error),
        batch_max_events=settings.batch_max_events,
    )


def _say_parked(unit: Unit, settings: NotificationsSettings, stream: str, seq: int, error: str) -> None:
    unit.emit(EventParked(stream=stream, seq=seq, error=error), subject=stream, region=settings.region_codes[0])


def _health(settings: NotificationsSettings, streams: Streams, sweep: DueSweep, sender: Sender | None) -> Health:
    health = Health()
    streams.register(health)

    async def schema() -> str | None:
        return await migration.pending(settings.own_database_url, MIGRATIONS)

    async def due_sweep() -> str | None:
        return sweep.trouble

    async def email() -> str | None:
        return sender.trouble if sender else None

    health.add("schema", schema)
    health.add("due sweep", due_sweep)
    health.add("sender", email)
    return health


@asynccontextmanager
async def _running(service: Notifications, signed_in: Introspection) -> AsyncIterator[None]:
    settings = service.settings
    added = await seed_on_first_start(service.database, service.keyring, settings)
    if added:
        log.info("default subscriptions added", count=added)
    # The names of villages are read off the event loop before the first text needs them.
    await asyncio.gather(*(asyncio.to_thread(villages_of, code) for code in settings.region_codes))
    tasks = [asyncio.create_task(service.sweep.run(), name="due sweep")]
    if service.sender is not None:
        tasks.append(asyncio.create_task(service.sender.run(), name="sender"))
    try:
        async with service.streams.running():
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await signed_in.close()
        await service.database.dispose()


def main() -> None:
    """Starts the service the environment describes and serves until it is told to stop."""
    settings = NotificationsSettings()
    logging.configure(settings.service, settings.log_level)
    migration.upgrade(settings.own_database_url, MIGRATIONS)
    web.serve(build(settings).app, settings.host, settings.listen_port)
