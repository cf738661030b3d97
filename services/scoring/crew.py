"""Who folds what a replay reads: this process alone, or several, each with the regions that are its own."""

import asyncio
import multiprocessing
import queue
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from services.scoring import handlers
from services.scoring.commands.instruments import refresh
from services.scoring.commands.rebuild import REGION_FIELD, Rebuilder, Refused, field_of
from services.scoring.instrument import load_catalogue
from services.scoring.settings import ScoringSettings
from shared.journal.follower import Entries
from shared.runtime.database import Database
from shared.runtime.web import settle_memory

YEARS_IN_MEMORY_MAX = 3_000
WAITING_BATCHES_MAX = 2
CONSUMED = frozenset(payload.TYPE.encode() for payload in handlers.CONSUMED)


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
        """Folds it at once."""
        await self.rebuilder.take(self._database, entries)

    async def finish(self) -> Refused:
        """Writes down what isn't yet."""
        async with self._database.transaction() as connection:
            await self.rebuilder.save(connection)
        return self.rebuilder.refused


class Crew:
    """Folds in several processes, each region always in the same one."""

    def __init__(self, settings: ScoringSettings, generation: int, workers: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["services.scoring.crew_room"])
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
        async with rebuilding(settings, generation, place) as alone:
            while (share := await asyncio.to_thread(inbox.get)) is not None:
                await alone.take(share)
            return await alone.finish()

    try:
        answers.put((None, asyncio.run(work())))
    except Exception as error:  # noqa: BLE001 - the parent has to hear of it, whatever it was
        answers.put((f"{type(error).__name__} while replaying", {}))


@asynccontextmanager
async def rebuilding(
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
