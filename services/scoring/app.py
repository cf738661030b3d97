"""Scoring, put together: ``python -m services.scoring``."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI

from services.scoring import handlers
from services.scoring.commands.fold import Scorer
from services.scoring.http import refusals
from services.scoring.http.certainty import certainty_router
from services.scoring.http.explanations import explanation_router
from services.scoring.http.exports import export_router
from services.scoring.http.goals import goal_router
from services.scoring.http.indices import index_router
from services.scoring.http.instruments import instrument_router
from services.scoring.http.reference import reference_router
from services.scoring.http.replays import replay_router
from services.scoring.http.rollups import rollup_router
from services.scoring.http.targets import target_router
from services.scoring.http.values import values_router
from services.scoring.http.villages import village_router
from services.scoring.http.whatif import what_if_router
from services.scoring.instrument import load_catalogue
from services.scoring.leasing import Leases
from services.scoring.settings import ScoringSettings
from shared import access
from shared.access.introspection import Introspection
from shared.contracts.catalogue import consumed_by
from shared.contracts.scoring import EventParked
from shared.journal import Follower, HttpHistory, Journal, Publisher, Streams, Unit
from shared.journal.http import journal_router, streams_router
from shared.runtime import identity, logging, migration, web
from shared.runtime.database import Database
from shared.runtime.health import Health

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass
class Scoring:
    """The pieces of a running service."""

    settings: ScoringSettings
    database: Database
    journal: Journal
    follower: Follower
    streams: Streams
    health: Health
    introspection: Introspection
    app: FastAPI


def build(settings: ScoringSettings) -> Scoring:
    """Wires everything; nothing runs yet. Raises InstrumentError when an instrument can't be used."""
    token = identity.load_or_create_token(settings.data_dir)
    catalogue = load_catalogue(settings.instruments_dir)
    database = Database(settings.own_database_url)
    journal = Journal(database, settings.stream("scoring"), f"/nodes/{settings.node}/scoring")
    scorer = Scorer(catalogue, settings.movements_max_per_event)
    stream = settings.stream("registry")
    holder = f"{socket.gethostname()}:{settings.listen_port}"
    leases = Leases(database, [stream], holder, settings.lease_seconds)
    follower = Follower(
        stream=stream,
        database=database,
        journal=journal,
        apply=handlers.apply_with(scorer, lambda unit: leases.check(unit, stream)),
        holds=lambda: leases.held(stream),
        history=HttpHistory(settings.url_of("registry"), token),
        consumes=consumed_by("scoring")["registry"],
        on_parked=lambda unit, stream, seq, error: _say_parked(unit, settings, stream, seq, error),
        batch_max_events=settings.batch_max_events,
    )
    streams = Streams(
        settings.redis_url,
        name="scoring",
        publisher=Publisher(journal, settings.redis_url, interval_seconds=settings.publisher_interval_seconds),
        followers=(follower,),
        poll_seconds=settings.follower_poll_seconds,
        stalled_after_seconds=settings.stalled_after_seconds,
    )
    health = _health(settings, streams)
    signed_in = Introspection(settings.url_of("registry"), token)
    app = web.create_app(
        "Bersinar scoring",
        health=health,
        routers=(
            index_router(database, catalogue),
            explanation_router(database, catalogue),
            what_if_router(database, catalogue),
            goal_router(journal, catalogue, settings.region_codes[0]),
            target_router(journal, catalogue, scorer),
            rollup_router(database, catalogue),
            certainty_router(database, catalogue),
            village_router(database, catalogue),
            values_router(database, catalogue),
            export_router(database, catalogue),
            instrument_router(database, journal, catalogue),
            reference_router(database),
            replay_router(database),
            journal_router(journal),
            streams_router(database, journal, (follower,)),
        ),
        lifespan=lambda _app: _running(streams, leases, database, signed_in),
        authenticate=signed_in.authenticate,
        permissions=access.load("scoring"),
        description="The KOTAN index of every city and year, both readings, and what moved them.",
    )
    refusals.install(app)
    return Scoring(settings, database, journal, follower, streams, health, signed_in, app)


def _say_parked(unit: Unit, settings: ScoringSettings, stream: str, seq: int, error: str) -> None:
    # An event that can't be read doesn't say its region; the node's first city stands for the node.
    unit.emit(EventParked(stream=stream, seq=seq, error=error), subject=stream, region=settings.region_codes[0])


def _health(settings: ScoringSettings, streams: Streams) -> Health:
    health = Health()
    streams.register(health)

    async def schema() -> str | None:
        return await migration.pending(settings.own_database_url, MIGRATIONS)

    health.add("schema", schema)
    return health


@asynccontextmanager
async def _running(
    streams: Streams, leases: Leases, database: Database, signed_in: Introspection
) -> AsyncIterator[None]:
    keeping = asyncio.create_task(leases.keep(), name="leases")
    try:
        async with streams.running():
            yield
    finally:
        keeping.cancel()
        with suppress(Exception):
            await leases.release()
        await signed_in.close()
        await database.dispose()


def main() -> None:
    """Starts the service the environment describes and serves until it is told to stop."""
    settings = ScoringSettings()
    logging.configure(settings.service, settings.log_level)
    migration.upgrade(settings.own_database_url, MIGRATIONS)
    service = build(settings)
    web.serve(service.app, settings.host, settings.listen_port)
