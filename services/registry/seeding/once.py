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


async def loaded_version(office: Office, name: str) -> str | None:
    """The version of a set that was loaded, ``None`` when it wasn't."""
    async with office.database.read() as connection:
        row = await rows.find(connection, tables.seeds, name)
    return None if row is None else str(row["version"])


async def load_once(office: Office, name: str, version: str, load: Load) -> bool:
    """Runs ``load`` unless this set was loaded before; whether it ran. Killed midway, it starts anew."""
    async with office.journal.writing() as unit:
        note = {"name": name, "version": version, "rows": 0, "created_at": clock.now()}
        if not await rows.add_if_absent(unit.connection, tables.seeds, note):
            return False
        count = await load(unit)
        table = tables.seeds
        await unit.connection.execute(table.update().where(table.c.name == name).values(rows=count))
    return True


def file_version(*paths: Path) -> str:
    """A short digest of files: another vintage of the data is another version."""
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
