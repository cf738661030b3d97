"""``bersinar audit verify``: the proof doesn't go through the service it is about."""

import asyncio
from collections.abc import Callable

from cli.connection import CommandError
from deploy.local import NodeSettings
from services.registry.domain.audit import Broken, Proven
from services.registry.storage import audit as log
from shared.runtime.database import Database

Say = Callable[[str], None]


def registry_database(settings: NodeSettings) -> str:
    """The address of the registry's database."""
    if settings.database_url:
        return settings.database_url.replace("{service}", "registry")
    path = settings.data_dir / "registry.db"
    if not path.exists():
        raise CommandError(
            f"There is no registry in {settings.data_dir}: start the node once, or set BERSINAR_DATA_DIR."
        )
    return f"sqlite+aiosqlite:///{path}"


def verify(settings: NodeSettings, noted: str | None, say: Say) -> int:
    """Says whether the log is whole; the exit code."""
    seq, noted_hash = _parse(noted)
    outcome, hash_then = asyncio.run(_read(registry_database(settings), seq))
    if isinstance(outcome, Broken):
        say(f"The audit log is broken at row {outcome.seq}: {outcome.reason}.")
        return 1
    if noted_hash is not None and hash_then != noted_hash:
        say(f"The audit log is broken at row {seq}: it isn't the row that was noted down.")
        return 1
    say(f"The audit log is whole: {outcome.rows} rows. Note this down elsewhere: {outcome.rows}:{outcome.hash}")
    return 0


def _parse(noted: str | None) -> tuple[int, str | None]:
    if noted is None:
        return 0, None
    number, _, digest = noted.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise CommandError("--noted: write NUMBER:HASH as `bersinar audit verify` prints it.")
    return int(number), digest


async def _read(database_url: str, seq: int) -> tuple[Broken | Proven, str | None]:
    database = Database(database_url)
    try:
        async with database.read() as connection:
            return await log.verify(connection), await log.hash_at(connection, seq)
    finally:
        await database.dispose()
