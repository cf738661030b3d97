"""Loading a set of data once, in one transaction with the note that it was loaded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.registry.commands.office import Office
from services.registry.storage import rows, tables
from shared.journal import Unit
from shared.runtime import clock


@dataclass(frozen=True)
class SeedProgress:
    """How far a set has come: ``done`` of ``total`` rows. ``source`` says where it comes from and what it is."""

    label: str
    done: int
    total: int
    source: str


Report = Callable[[SeedProgress], None]
Load = Callable[[Unit], Awaitable[int]]


async def load_once(office: Office, name: str, version: str, load: Load) -> bool:
    """Runs ``load`` unless this set was loaded before; whether it ran. Killed midway, it starts anew."""
    async with office.journal.writing() as unit:
        if not await _note(unit, name, version):
            return False
        await _count(unit, name, version, await load(unit))
    return True


async def load_newest(office: Office, name: str, version: str, load: Load) -> bool:
    """Runs ``load`` unless this very version was loaded last; whether it ran.

    For reference data that nothing is told of: ``load`` puts the new rows in place of all earlier ones.
    """
    async with office.database.read() as connection:
        known = await rows.find(connection, tables.seeds, name)
    if known is not None and known["version"] == version:
        return False
    async with office.journal.writing() as unit:
        if not await _note(unit, name, version):
            # Two may start at once: the second one waits here and finds the first one's version.
            current = await rows.find(unit.connection, tables.seeds, name, lock=True)
            if current is not None and current["version"] == version:
                return False
        await _count(unit, name, version, await load(unit))
    return True


async def _note(unit: Unit, name: str, version: str) -> bool:
    note = {"name": name, "version": version, "rows": 0, "created_at": clock.now()}
    return await rows.add_if_absent(unit.connection, tables.seeds, note)


async def _count(unit: Unit, name: str, version: str, count: int) -> None:
    table = tables.seeds
    loaded = {"version": version, "rows": count, "created_at": clock.now()}
    await unit.connection.execute(table.update().where(table.c.name == name).values(**loaded))


def file_version(*paths: Path) -> str:
    """A short digest of files: another vintage of the data is another version."""
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
