"""``bersinar keys``: people's keys are looked after on the node's own machine, not through the service."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import select

from cli.audit import registry_database
from cli.connection import CommandError
from deploy.local import NodeSettings
from services.registry.commands.erasure import erased_ids
from services.registry.keys import upkeep
from services.registry.keys.upkeep import BackupInvalid
from services.registry.keys.vault import Vault
from services.registry.settings import RegistrySettings
from services.registry.storage import tables
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.keysource import KeyUnavailable

Say = Callable[[str], None]
Work = Callable[[Vault, Database], Awaitable[None]]


def status(settings: NodeSettings, say: Say) -> None:
    """Count keys, tombstones, and what wraps them."""

    async def work(vault: Vault, _database: Database) -> None:
        held = await upkeep.held(vault)
        say(f"{held.keys} keys, {held.tombstones} destroyed for good.")
        for name, count in held.wrapped_by.items():
            say(f"{count} wrapped by {name}{' (current)' if name == held.current else ': run `bersinar keys rotate`'}")

    _run(settings, work)


def rotate(settings: NodeSettings, say: Say) -> None:
    """Wrap every key anew."""

    async def work(vault: Vault, _database: Database) -> None:
        count = await upkeep.rotate(vault)
        held = await upkeep.held(vault)
        say(f"{count} keys rewrapped by {held.current}; the old wrapping key is gone.")
        say("Older backups of people's keys can't be restored any more: make a new one with `bersinar keys backup`.")

    _run(settings, work)


def backup(settings: NodeSettings, file: Path, say: Say) -> None:
    """Write the wrapped keys into a file."""

    async def work(vault: Vault, _database: Database) -> None:
        say(
            f"{await upkeep.backup(vault, file)} keys in {file}. Keep it apart from the data and from the wrapping key."
        )

    _run(settings, work)


def restore(settings: NodeSettings, file: Path, say: Say) -> None:
    """Put back the keys of a backup, of nobody who was erased."""

    async def work(vault: Vault, database: Database) -> None:
        async with database.read() as connection:
            erased = {*await erased_ids(connection), *await vault.noted()}
        done = await upkeep.restore(vault, file, erased)
        say(f"{done.added} keys added, {done.present} left as they were; {done.destroyed} people stay erased.")

    _run(settings, work)


def sweep(settings: NodeSettings, say: Say) -> None:
    """Take away old keys nobody was ever registered with."""

    async def work(vault: Vault, database: Database) -> None:
        async with database.read() as connection:
            people = list((await connection.execute(select(tables.participants.c.id))).scalars())
        say(f"{await upkeep.sweep(vault, people, clock.now())} keys without a person taken away.")

    _run(settings, work)


def _run(settings: NodeSettings, work: Work) -> None:
    registry = RegistrySettings(database_url=registry_database(settings))

    async def run() -> None:
        database, vault = Database(registry.own_database_url), registry.vault
        database.goes_with(vault.store.database)
        try:
            await work(vault, database)
        finally:
            await database.dispose()

    try:
        asyncio.run(run())
    except (KeyUnavailable, BackupInvalid) as error:
        raise CommandError(str(error)) from None
