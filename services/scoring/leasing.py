"""Replicas share the work: each stream is followed by whoever holds its lease.

A replica that holds none stands by: it publishes and answers as before, and looks again every few seconds. A holder
that dies is replaced when its lease has run out. The position's row stays the last word: even two that believe to hold
the same lease apply every event once.
"""

import asyncio
from collections.abc import Sequence

import structlog

from services.scoring.storage import leases
from shared.journal import Unit
from shared.journal.follower import Fenced
from shared.runtime.database import Database

log = structlog.get_logger()

RENEWALS_A_LEASE = 3


class Leases:
    """The leases this process wants. ``holder`` names it among the replicas; the same again after a restart."""

    def __init__(self, database: Database, streams: Sequence[str], holder: str, seconds: float) -> None:
        self.seconds = seconds
        self._database, self._streams, self._holder = database, tuple(streams), holder
        self._turns: dict[str, int] = {}
        self._kept = False

    def held(self, stream: str) -> bool:
        """Whether this process follows the stream, as far as it knows. One whose leases nobody keeps follows all."""
        return not self._kept or stream in self._turns

    async def renew(self) -> None:
        """Take what is free and prolong what is held."""
        async with self._database.transaction() as connection:
            turns = {s: await leases.take(connection, s, self._holder, self.seconds) for s in self._streams}
        now = {stream: turn for stream, turn in turns.items() if turn is not None}
        if now != self._turns:
            log.info("leases", held=sorted(now), holder=self._holder)
        self._turns = now

    async def keep(self) -> None:
        """Renew until cancelled. While the database is away nothing is held."""
        self._kept = True
        while True:
            try:
                await self.renew()
            except Exception as error:  # noqa: BLE001 - whatever it was, without a lease nothing is followed
                log.warning("no lease", error=error)
                self._turns = {}
            await asyncio.sleep(self.seconds / RENEWALS_A_LEASE)

    async def check(self, unit: Unit, stream: str) -> None:
        """Raise :class:`Fenced` in a transaction whose turn is over."""
        if not self._kept:
            return
        turn = self._turns.get(stream)
        if turn is None or not await leases.is_held(unit.connection, stream, self._holder, turn):
            self._turns.pop(stream, None)
            raise Fenced

    async def release(self) -> None:
        """Let go of everything."""
        self._turns = {}
        async with self._database.transaction() as connection:
            for stream in self._streams:
                await leases.release(connection, stream, self._holder)
