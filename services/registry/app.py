"""The registry, put together: ``python -m services.registry``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Scope

from services.registry import tending
from services.registry.commands import regulations as recorded_regulations
from services.registry.commands import signing as sign_in
from services.registry.commands import survey_progress
from services.registry.commands.exports.making import Exports
from services.registry.commands.imports.runner import Imports
from services.registry.commands.office import Office
from services.registry.commands.oidc import OidcSettings, Provider
from services.registry.commands.signing import Doors
from services.registry.data import practice
from services.registry.data.vocabulary_file import vocabulary
from services.registry.http import (
    accounts,
    agents,
    area_statuses,
    audit,
    businesses,
    campaigns,
    commitments,
    consents,
    contacts,
    designations,
    disclosures,
    documents,
    enrolments,
    exports,
    follow_ups,
    forums,
    groups,
    history,
    imports,
    institutions,
    oidc,
    organisations,
    participants,
    pillars,
    potentials,
    programmes,
    published,
    published_counts,
    referrals,
    refusals,
    regions,
    regulations,
    sessions,
    signing,
    survey_links,
    survey_review,
    surveys,
)
from services.registry.http import (
    vocabulary as vocabulary_routes,
)
from services.registry.keys import carried
from services.registry.questionnaires import ScoringQuestionnaires
from services.registry.settings import RegistrySettings
from services.registry.storage import answers
from services.registry.storage import signing as stored_sessions
from shared import access
from shared.access import Actor
from shared.journal import Journal, Publisher, Streams
from shared.journal.http import journal_router, streams_router
from shared.runtime import clock, identity, logging, migration, web
from shared.runtime.database import Database
from shared.runtime.health import Health

log = structlog.get_logger()

FORGET_INTERVAL_SECONDS = 6 * 3_600
TURN_INTERVAL_SECONDS = 900
REMIND_INTERVAL_SECONDS = 3_600
MIGRATIONS = Path(__file__).parent / "migrations"
ROUTERS: tuple[web.Routes, ...] = (
    participants.router,
    participants.stays_router,
    participants.doubles_router,
    disclosures.router,
    consents.router,
    consents.purposes_router,
    consents.of_participants_router,
    programmes.router,
    sessions.router,
    enrolments.router,
    groups.router,
    businesses.router,
    follow_ups.router,
    organisations.router,
    contacts.router,
    referrals.router,
    referrals.reasons,
    forums.router,
    commitments.router,
    organisations.kinds,
    institutions.router,
    regulations.router,
    agents.router,
    area_statuses.router,
    potentials.router,
    designations.router,
    pillars.router,
    surveys.router,
    campaigns.router,
    survey_links.router,
    survey_review.router,
    published.router,
    published_counts.router,
    imports.router,
    exports.router,
    regions.router,
    vocabulary_routes.router,
    signing.router,
    signing.own_router,
    oidc.router,
    accounts.router,
    accounts.roles_router,
    audit.router,
    history.router,
)


@dataclass(frozen=True)
class Registry:
    """The pieces of a running registry."""

    settings: RegistrySettings
    office: Office
    streams: Streams
    app: FastAPI


def open_office(settings: RegistrySettings) -> Office:
    """The database, journal and keys of the office; dispose of its database when done."""
    database = Database(settings.own_database_url)
    journal = Journal(database, settings.stream("registry"), f"/nodes/{settings.node}/registry")
    vault = settings.vault
    database.goes_with(vault.store.database)
    words, practised = vocabulary(settings.vocabulary_file), practice.load(settings.data_dir)
    token = identity.load_or_create_token(settings.data_dir)
    return Office(
        database,
        journal,
        settings.keyring,
        vault,
        settings.region_codes,
        ScoringQuestionnaires(settings.url_of("scoring"), token),
        settings.own_public_url,
        practice=practised,
        vocabulary=words,
        folder=settings.data_dir,
    )


def build(settings: RegistrySettings) -> Registry:
    """Wires everything; nothing runs yet."""
    office = open_office(settings)
    publisher = Publisher(office.journal, settings.redis_url, interval_seconds=settings.publisher_interval_seconds)
    streams = Streams(settings.redis_url, name="registry", publisher=publisher)
    work, files = Imports(office), Exports(office, exports.rows_of, exports.file_parts)
    documents.speak_indonesian(ROUTERS)
    app = web.create_app(
        "Bersinar registry",
        health=_health(settings, streams),
        routers=(*ROUTERS, journal_router(office.journal), streams_router(office.database, office.journal, ())),
        lifespan=lambda _app: _running(settings, office, streams, work, files),
        open_paths=("/v1/account-sessions",),
        authenticate=_authenticate(settings, office),
        permissions=access.load("registry"),
        description="What an office records. Names and NIK go in, are encrypted, and come out for a stated reason only."
        " Every such look is logged.",
        uploads={imports.PATH: web.Bodies(settings.import_max_bytes, imports.TYPES)},
    )
    app.state.oidc = _oidc(settings)
    app.state.doors = Doors(office, settings.session_hours)
    app.state.office, app.state.imports, app.state.settings = office, work, settings
    app.state.exports = files
    refusals.install(app)
    return Registry(settings, office, streams, app)


def _oidc(settings: RegistrySettings) -> Provider | None:
    """The other sign-in provider, when one is set."""
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    return Provider(OidcSettings(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_claims_file))


def _authenticate(settings: RegistrySettings, office: Office) -> web.Authenticate:
    """By the node's token, or by the token of a session."""
    by_node = web.bearer(identity.load_or_create_token(settings.data_dir))

    async def authenticate(scope: Scope) -> Actor | None:
        node = await by_node(scope)
        token = web.presented_token(scope)
        if node is not None or token is None:
            return node
        return await sign_in.actor_of(office.database, token)

    return authenticate


def _health(settings: RegistrySettings, streams: Streams) -> Health:
    health = Health()
    streams.register(health)

    async def schema() -> str | None:
        return await migration.pending(settings.own_database_url, MIGRATIONS)

    health.add("schema", schema)
    return health


@asynccontextmanager
async def _running(
    settings: RegistrySettings, office: Office, streams: Streams, work: Imports, files: Exports
) -> AsyncIterator[None]:
    upkeep = (
        asyncio.create_task(_forget_old(settings, office.database, work), name="what is old"),
        asyncio.create_task(_say_what_turned(office), name="turns of regulations"),
        asyncio.create_task(_remind_of_surveys(office), name="survey reminders"),
        asyncio.create_task(tending.tend(office, _carried(settings)), name="people"),
        asyncio.create_task(work.run(), name="imports"),
        asyncio.create_task(files.run(), name="exports"),
    )
    try:
        async with streams.running():
            yield
    finally:
        for task in upkeep:
            task.cancel()
        await asyncio.gather(*upkeep, return_exceptions=True)
        await office.database.dispose()


def _carried(settings: RegistrySettings) -> tending.Carried:
    return lambda: carried.erased_ids(settings.redis_url, settings.stream("registry"))


async def _forget_old(settings: RegistrySettings, database: Database, work: Imports) -> None:
    """Now and then deletes answers to Idempotency-Keys nobody will repeat any more, and old files."""
    while True:
        try:
            async with database.transaction() as connection:
                await stored_sessions.forget_old(connection, clock.now())
                await answers.forget(connection, clock.now() - timedelta(days=settings.idempotency_keep_days))
            await work.forget_old(timedelta(days=settings.import_keep_days))
        except SQLAlchemyError as error:
            log.warning("what is old stays for now", kind=type(error).__name__)
        await asyncio.sleep(FORGET_INTERVAL_SECONDS)


async def _say_what_turned(office: Office) -> None:
    """Now and then says of regulations that came in or out of force because their day has come."""
    while True:
        for city in office.served:
            try:
                await recorded_regulations.say_due(office, city)
            except SQLAlchemyError as error:
                log.warning("what turned is said later", kind=type(error).__name__)
        await asyncio.sleep(TURN_INTERVAL_SECONDS)


async def _remind_of_surveys(office: Office) -> None:
    """Every few hours reminds whom a survey still waits for; each group is told once a week, whoever looks."""
    while True:
        try:
            await survey_progress.remind_where_due(office)
        except SQLAlchemyError as error:
            log.warning("survey reminders wait", kind=type(error).__name__)
        await asyncio.sleep(REMIND_INTERVAL_SECONDS)


def main() -> None:
    """Starts the registry the environment describes and serves until it is told to stop."""
    settings = RegistrySettings()
    logging.configure(settings.service, settings.log_level)
    migration.upgrade(settings.own_database_url, MIGRATIONS)
    web.serve(build(settings).app, settings.host, settings.listen_port)
