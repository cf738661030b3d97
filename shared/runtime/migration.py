"""Alembic for a service's own database: brought up to date at its start, and checked by ``/readyz``."""

import asyncio
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

UPGRADE_LOCK = 0x62657273  # one process migrates at a time; the number only has to be ours


def _config(database_url: str, migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, migrations: Path) -> None:
    """Applies every migration that is missing. Call it before an event loop runs, or in a thread."""
    database = make_url(database_url).database
    if database_url.startswith("sqlite") and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(_config(database_url, migrations), "head")


async def pending(database_url: str, migrations: Path) -> str | None:
    """``None`` when the schema is what this software needs, else a sentence for ``/readyz``."""
    head = ScriptDirectory.from_config(_config(database_url, migrations)).get_current_head()
    engine = create_async_engine(database_url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    finally:
        await engine.dispose()
    return None if current == head else f"the schema is at {current}, this software needs {head}"


def _run(connection: Connection) -> None:
    context.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
        context.run_migrations()


async def _run_online(database_url: str) -> None:
    engine = create_async_engine(database_url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await engine.dispose()


def run_env() -> None:
    """What a service's ``migrations/env.py`` calls."""
    asyncio.run(_run_online(context.config.attributes["database_url"]))
