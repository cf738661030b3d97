"""``python -m services.scoring.replay``: folds the registry's whole journal anew, beside what is read meanwhile.

The new generation follows the journal up to where the live follower is. There the follower is held for the length of
one transaction, the last entries are folded, and from its end on the new generation is what is read. Until then, and
if anything goes wrong, the old one stays. Nothing is told again: what scoring said stands in its own journal.
"""

import argparse
import asyncio
import multiprocessing
import queue
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import handlers
from services.scoring.commands.instruments import refresh
from services.scoring.commands.rebuild import REGION_FIELD, Rebuilder, Refused, field_of
from services.scoring.instrument import load_catalogue
from services.scoring.settings import ScoringSettings
from services.scoring.storage import projection, replays
from shared.contracts.envelope import chain_hash, follows
from shared.journal import HttpHistory
from shared.journal.follower import Diverged, Entries
from shared.journal.history import History
from shared.runtime import clock, identity, logging
from shared.runtime.database import Database
from shared.runtime.web import settle_memory

log = structlog.get_logger()

PAGE_EVENTS = 1_000
BATCH_EVENTS = 5_000
NEAR_EVENTS = 2_000
YEARS_IN_MEMORY_MAX = 3_000
WAITING_BATCHES_MAX = 2
POLL_SECONDS = 0.2
CONSUMED = frozenset(payload.TYPE.encode() for payload in handlers.CONSUMED)


class Superseded(Exception):
    """Another replay was begun; this one's generation is given up."""


class At(NamedTuple):
    """How far the new generation has come."""

    seq: int
    hash: str


class Folder(Protocol):
    """Whoever folds batches."""

    async def take(self, entries: Entries) -> None:
        """Fold a batch; may return before it's done."""
        ...

    async def finish(self) -> Refused:
        """Wait until everything is folded; what could not be applied."""
        ...


class Alone:
    """Folds in this process."""

    def __init__(self, database: Database, rebuilder: Rebuilder) -> None:
        self._database, self.rebuilder = database, rebuilder

    async def take(self, entries: Entries) -> None:
        """One transaction."""
        async with self._database.transaction() as connection:
            await self.rebuilder.take(connection, entries)

    async def finish(self) -> Refused:
        """Nothing is left to wait for."""
        return self.rebuilder.refused


class Crew:
    """Folds in several processes, each region always in the same one."""

    def __init__(self, settings: ScoringSettings, generation: int, workers: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["services.scoring.replay"])  # the service is loaded once, not by every worker
        self._answers: Any = context.Queue()
        self._inboxes: list[Any] = [context.Queue(WAITING_BATCHES_MAX) for _ in range(workers)]
        self._processes = [
            context.Process(
                target=_fold_in_a_process,
                args=(settings, generation, inbox, self._answers, (place, workers)),
                daemon=True,
            )
            for place, inbox in enumerate(self._inboxes)
        ]
        for process in self._processes:
            process.start()

    async def take(self, entries: Entries) -> None:
        """Hands every entry to the process of its region; waits while that has enough to do."""
        shares: list[Entries] = [[] for _ in self._inboxes]
        for entry in entries:
            shares[_place(field_of(entry[1], REGION_FIELD), len(shares))].append(entry)
        for inbox, share in zip(self._inboxes, shares, strict=True):
            if share:
                await self._put(inbox, share)

    async def _put(self, inbox: Any, share: Entries | None) -> None:
        while True:
            self._raise_if_one_died()
            try:
                await asyncio.to_thread(inbox.put, share, True, 1.0)
            except queue.Full:
                continue
            return

    async def finish(self) -> Refused:
        """Waits for all; raises when one failed."""
        for inbox in self._inboxes:
            await self._put(inbox, None)
        refused: Refused = {}
        for _ in self._processes:
            refused |= await self._answer()
        for process in self._processes:
            await asyncio.to_thread(process.join)
        return refused

    async def _answer(self) -> Refused:
        while True:
            try:
                answer = await asyncio.to_thread(self._answers.get, True, 1.0)
            except queue.Empty:
                self._raise_if_one_died()
                continue
            failure, found = answer
            if failure:
                raise RuntimeError(failure)
            refused: Refused = found
            return refused

    def _raise_if_one_died(self) -> None:
        if any(process.exitcode not in (None, 0) for process in self._processes):
            raise RuntimeError("a replaying process died")


def _place(region: bytes, workers: int) -> int:
    return zlib.crc32(region) % workers


def _fold_in_a_process(
    settings: ScoringSettings, generation: int, inbox: Any, answers: Any, place: tuple[int, int]
) -> None:
    async def work() -> Refused:
        async with _rebuilding(settings, generation, place) as alone:
            while (share := await asyncio.to_thread(inbox.get)) is not None:
                await alone.take(share)
            return await alone.finish()

    try:
        answers.put((None, asyncio.run(work())))
    except Exception as error:  # noqa: BLE001 - the parent has to hear of it, whatever it was
        answers.put((f"{type(error).__name__} while replaying", {}))


@asynccontextmanager
async def _rebuilding(
    settings: ScoringSettings, generation: int, place: tuple[int, int] = (0, 1)
) -> AsyncIterator[Alone]:
    database = Database(settings.own_database_url, durable=False)
    catalogue = load_catalogue(settings.instruments_dir)
    try:
        async with database.read() as connection:
            await refresh(connection, catalogue)
        settle_memory()
        own, workers = place
        rebuilder = Rebuilder(
            catalogue,
            generation,
            handlers.steps_of,
            CONSUMED,
            YEARS_IN_MEMORY_MAX,
            lambda region: _place(region.encode(), workers) == own,
        )
        yield Alone(database, rebuilder)
    finally:
        await database.dispose()


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
    async with _rebuilding(settings, generation) as alone:
        folder: Folder = alone if workers == 1 else Crew(settings, generation, workers)
        at = At(0, "")
        refused: Refused = {}
        while True:
            async with database.transaction() as connection:
                head, _ = await replays.hold_position(connection, reader.stream)
            if head - at.seq <= (NEAR_EVENTS if at.seq else 0):
                break
            async for entries, now in reader.read(at, head):
                await folder.take(entries)
                at = now
                async with database.transaction() as connection:
                    await replays.note(connection, generation, at.seq, head)
        if folder is not alone:
            refused = await folder.finish()
        async with database.transaction() as connection:
            return await _switch(connection, alone, reader, at, generation, refused)


async def _switch(
    connection: AsyncConnection, alone: Alone, reader: "_Reader", at: At, generation: int, refused: Refused
) -> str:
    head, live_hash = await replays.hold_position(connection, reader.stream)
    await projection.claim(connection, mine="", new=clock.new_id())  # no edition is published from here on
    await alone.rebuilder.look(connection, last=True)
    async for entries, now in reader.read(at, head):
        await alone.rebuilder.take(connection, entries)
        at = now
    if live_hash and at.hash != live_hash:
        raise Diverged(f"the journal of {reader.stream} isn't the one that was applied here up to {head}")
    await replays.settle_parked(connection, reader.stream, refused | await alone.finish())
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
