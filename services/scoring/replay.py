"""``python -m services.scoring.replay``: folds the registry's whole journal anew, beside what is read meanwhile.

The new generation follows the journal up to where the live follower is. There the follower is held for the length of
one transaction, the last entries are folded, and from its end on the new generation is what is read. Until then, and
if anything goes wrong, the old one stays. Nothing is told again: what scoring said stands in its own journal.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.rebuild import Refused
from services.scoring.crew import Alone, Crew, Folder, rebuilding
from services.scoring.settings import ScoringSettings
from services.scoring.storage import projection, replays
from shared.contracts.envelope import chain_hash, follows
from shared.journal import HttpHistory
from shared.journal.follower import Diverged, Entries
from shared.journal.history import History
from shared.runtime import clock, identity, logging
from shared.runtime.database import Database

log = structlog.get_logger()

PAGE_EVENTS = 1_000
BATCH_EVENTS = 5_000
NEAR_EVENTS = 2_000
NOTE_EVERY_SECONDS = 1.0


class Superseded(Exception):
    """Another replay was begun; this one's generation is given up."""


class At(NamedTuple):
    """How far the new generation has come."""

    seq: int
    hash: str


async def replay(settings: ScoringSettings, history: History, *, workers: int = 1, batch: int = BATCH_EVENTS) -> str:
    """Rebuild everything and put it in place; a line that says what was done."""
    database = Database(settings.own_database_url)
    stream = settings.stream("registry")
    try:
        async with database.transaction() as connection:
            head, _ = await replays.hold_position(connection, stream)
            generation = await replays.begin(connection, stream, workers, head)
        try:
            outcome = await _run(settings, database, history, generation, workers, batch)
        except BaseException as error:
            await _give_up(database, generation, error)
            raise
        await _tidy(database)
        return outcome
    finally:
        await database.dispose()


async def _run(
    settings: ScoringSettings, database: Database, history: History, generation: int, workers: int, batch: int
) -> str:
    reader = _Reader(history, settings.stream("registry"), batch)
    async with rebuilding(settings, generation) as alone:
        with closing(alone if workers == 1 else Crew(settings, generation, workers)) as folder:
            at, refused = await _follow(database, reader, folder, generation)
        async with database.transaction() as connection:
            return await _switch(connection, alone, reader, at, generation, refused)


async def _follow(database: Database, reader: "_Reader", folder: Folder, generation: int) -> tuple[At, Refused]:
    """Fold up to near where the live follower is, and say now and then how far it is."""
    at, noted = At(0, ""), 0.0
    while True:
        async with database.transaction() as connection:
            head, _ = await replays.hold_position(connection, reader.stream)
        if head - at.seq <= (NEAR_EVENTS if at.seq else 0):
            return at, await folder.finish()
        async for entries, now in reader.read(at, head):
            await folder.take(entries)
            at = now
            if monotonic() - noted >= NOTE_EVERY_SECONDS:
                noted = monotonic()
                async with database.transaction() as connection:
                    await replays.note(connection, generation, at.seq, head)


async def _switch(
    connection: AsyncConnection, alone: Alone, reader: "_Reader", at: At, generation: int, refused: Refused
) -> str:
    head, live_hash = await replays.hold_position(connection, reader.stream)
    await projection.claim(connection, mine="", new=clock.new_id())  # no edition is published from here on
    await alone.rebuilder.last_look(connection)
    async for entries, now in reader.read(at, head):
        await alone.rebuilder.fold(connection, entries)
        at = now
    await alone.rebuilder.save(connection)
    if live_hash and at.hash != live_hash:
        raise Diverged(f"the journal of {reader.stream} isn't the one that was applied here up to {head}")
    await replays.settle_parked(connection, reader.stream, refused | alone.rebuilder.refused)
    await replays.put_in_place(connection, generation)
    await replays.note(connection, generation, at.seq, head)
    outcome = f"in place after {at.seq} events"
    if not await replays.end(connection, generation, outcome):
        raise Superseded
    return outcome


class _Reader:
    """Reads a journal in batches, one ahead, and checks that each entry continues the one before it."""

    def __init__(self, history: History, stream: str, batch: int) -> None:
        self._history, self.stream, self._batch = history, stream, batch

    async def read(self, at: At, upto: int) -> AsyncIterator[tuple[Entries, At]]:
        """Batches after ``at`` up to a sequence, each with where it leads. Raises Diverged at a break."""
        coming = asyncio.ensure_future(self._gather(at.seq, upto))
        try:
            while entries := await coming:
                coming = asyncio.ensure_future(self._gather(entries[-1][0], upto))
                for seq, raw in entries:
                    if not follows(raw, at.seq + 1, at.hash):
                        raise Diverged(f"{self.stream} breaks after event {at.seq}")
                    at = At(seq, chain_hash(raw))
                yield entries, at
        finally:
            coming.cancel()
        if at.seq < upto:
            raise Diverged(f"{self.stream} ends at {at.seq}, but was applied here up to {upto}")

    async def _gather(self, after: int, upto: int) -> Entries:
        found: Entries = []
        while after < upto and len(found) < self._batch:
            wanted = min(PAGE_EVENTS, upto - after, self._batch - len(found))
            page = await self._history.fetch(self.stream, after, wanted)
            if not page:
                break
            found += page
            after = page[-1][0]
        return found


async def _give_up(database: Database, generation: int, error: BaseException) -> None:
    reason = str(error) if isinstance(error, Diverged) else type(error).__name__
    async with database.transaction() as connection:
        await replays.end(connection, generation, f"given up: {reason}")
    await _tidy(database)


async def _tidy(database: Database) -> None:
    """Remove every generation but the one in place, a table at a time."""
    for table in replays.GENERATED:
        async with database.transaction() as connection:
            kept = [await projection.generation(connection), *await replays.running(connection)]
            await replays.drop_others(connection, kept, table)


def main() -> None:
    """Runs one replay with the service's settings."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--batch", type=int, default=BATCH_EVENTS)
    arguments = parser.parse_args()
    settings = ScoringSettings()
    logging.configure(settings.service, settings.log_level)
    token = identity.load_or_create_token(settings.data_dir)

    async def run() -> str:
        history = HttpHistory(settings.url_of("registry"), token)
        try:
            return await replay(settings, history, workers=arguments.workers, batch=arguments.batch)
        finally:
            await history.close()

    log.info("replayed", outcome=asyncio.run(run()))


if __name__ == "__main__":
    main()
