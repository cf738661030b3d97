"""Who folds what a replay reads: this process alone, or several, each with the regions that are its own."""

import asyncio
import fcntl
import multiprocessing
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

from services.scoring import handlers
from services.scoring.commands.instruments import refresh
from services.scoring.commands.rebuild import REGION_FIELD, Rebuilder, Refused, field_of
from services.scoring.instrument import load_catalogue
from services.scoring.settings import ScoringSettings
from shared.journal.follower import Entries
from shared.journal.history import seq_of
from shared.runtime.database import Database
from shared.runtime.web import settle_memory

YEARS_IN_MEMORY_MAX = 3_000
PIPE_BYTES = 1 << 20
"""The most Linux lets anybody have."""
THE_END = b""
DIED = "a replaying process died"
CONSUMED = frozenset(payload.TYPE.encode() for payload in handlers.CONSUMED)


class Folder(Protocol):
    """Whoever folds batches."""

    async def take(self, entries: Entries) -> None:
        """Fold a batch; may return before it's done."""
        ...

    async def finish(self) -> Refused:
        """Wait until everything is folded; what could not be applied."""
        ...

    def close(self) -> None:
        """Let go of everything, finished or not."""
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

    def close(self) -> None:
        """There is nothing to let go of."""


class Crew:
    """Folds in several processes, each region always in the same one.

    Each has a pipe that holds about as much as it's handed at once, and reads the next share while it folds one: so
    whoever reads the journal and those who fold it seldom wait for one another. A process whose pipe is closed ends.
    """

    def __init__(self, settings: ScoringSettings, generation: int, workers: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["services.scoring.crew_room"])
        self._place = cache(lambda region: _place(region, workers))
        self._members: list[_Member] = []
        for place in range(workers):
            inbox, to_it = context.Pipe(duplex=False)
            from_it, outbox = context.Pipe(duplex=False)
            _widen(to_it)
            process = context.Process(
                target=_fold_in_a_process, args=(settings, generation, inbox, outbox, (place, workers)), daemon=True
            )
            process.start()
            inbox.close()
            outbox.close()
            self._members.append(_Member(process, to_it, from_it))

    async def take(self, entries: Entries) -> None:
        """Hands every entry to the process of its region; waits while that has enough to do."""
        shares: list[list[bytes]] = [[] for _ in self._members]
        place = self._place
        for _, raw in entries:
            shares[place(field_of(raw, REGION_FIELD))].append(raw)
        for member, share in zip(self._members, shares, strict=True):
            if share:
                await member.send(b"\n".join(share))

    async def finish(self) -> Refused:
        """Waits for all; raises when one failed."""
        for member in self._members:
            await member.send(THE_END)
        refused: Refused = {}
        for member in self._members:
            refused |= await member.answer()
        return refused

    def close(self) -> None:
        """Ends whoever is still at it."""
        for member in self._members:
            member.close()


class _Member(NamedTuple):
    """One process of a crew, and the ends of its pipes that are this process'."""

    process: Any
    to_it: Connection
    from_it: Connection

    async def send(self, share: bytes) -> None:
        try:
            await asyncio.to_thread(self.to_it.send_bytes, share)
        except OSError:
            await self.answer()
            raise RuntimeError(DIED) from None

    async def answer(self) -> Refused:
        try:
            failure, refused = await asyncio.to_thread(self.from_it.recv)
        except (EOFError, OSError):
            raise RuntimeError(DIED) from None
        if failure:
            raise RuntimeError(failure)
        await asyncio.to_thread(self.process.join)
        found: Refused = refused
        return found

    def close(self) -> None:
        self.process.terminate()  # first, so that nobody is left waiting for it
        self.process.join()
        self.to_it.close()
        self.from_it.close()


def _widen(pipe: Connection) -> None:
    """Let a pipe hold more than its usual 64 KB, where the system lets it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _place(region: bytes, workers: int) -> int:
    return zlib.crc32(region) % workers


def _fold_in_a_process(
    settings: ScoringSettings, generation: int, inbox: Connection, outbox: Connection, place: tuple[int, int]
) -> None:
    try:
        outbox.send((None, asyncio.run(_fold_all(settings, generation, inbox, place))))
    except Exception as error:  # noqa: BLE001 - the parent has to hear of it, whatever it was
        with suppress(OSError):  # it's gone itself, and nothing is to be kept then
            outbox.send((f"{type(error).__name__} while replaying", {}))


async def _fold_all(settings: ScoringSettings, generation: int, inbox: Connection, place: tuple[int, int]) -> Refused:
    async with rebuilding(settings, generation, place) as alone:
        coming = asyncio.ensure_future(asyncio.to_thread(inbox.recv_bytes))
        while (share := await coming) != THE_END:
            coming = asyncio.ensure_future(asyncio.to_thread(inbox.recv_bytes))
            await alone.take([(seq_of(raw), raw) for raw in share.split(b"\n")])
        return await alone.finish()


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
            (own + 1) / workers,
        )
        yield Alone(database, rebuilder)
    finally:
        await database.dispose()
