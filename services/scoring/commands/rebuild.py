"""Folding a stretch of a stream into a generation nobody reads yet: nothing is told, everything is kept."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.desk import Desk
from services.scoring.commands.fold import (
    Chosen,
    Observed,
    PeriodMoved,
    Step,
    count,
    official,
    region_of,
)
from services.scoring.commands.instruments import go_over, refresh
from services.scoring.commands.villages import VillageStep, fold_villages
from services.scoring.domain.evidence import EvidenceRefusedError
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import locked, published
from services.scoring.storage.states import IsMine
from shared.contracts.catalogue import decode
from shared.contracts.envelope import Event
from shared.journal.follower import Entries
from shared.runtime.database import Database

TYPE_FIELD, REGION_FIELD = b'"type":"', b'"region":"'
REASON_MAX = 300
PART_EVENTS = 500
UNSAVED_EVENTS_MAX = 40_000

Refused = dict[int, tuple[bytes, str]]
"""Sequence -> the entry and why it can't be applied."""

Write = Callable[[AsyncConnection], Awaitable[None]]


class Rebuilder:
    """Takes stretches of a stream, in order, for the regions that are its own.

    What is folded stays in memory until it's worth a transaction: nobody reads the generation before it is in place,
    and whoever writes to the database meanwhile isn't kept waiting while this one counts.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        generation: int,
        steps_of: Callable[[Event[Any]], tuple[Step, ...]],
        consumed: frozenset[bytes],
        years_in_memory_max: int,
        is_mine: IsMine = lambda _: True,
        first_stretch: float = 1,
    ) -> None:
        """``is_mine`` says which regions' entries come to this process; it writes no others' rows.

        ``first_stretch`` is what part of a stretch it folds before it saves for the first time: processes that begin
        together and fold alike would otherwise always wait for one another to save.
        """
        self._desk = Desk(catalogue, generation, years_in_memory_max)
        self._steps_of, self._consumed, self._is_mine = steps_of, consumed, is_mine
        self._unsaved = round(UNSAVED_EVENTS_MAX * (1 - first_stretch))
        self._writes: list[Write] = []
        self._of_villages: list[tuple[int, bytes, VillageStep]] = []
        self.refused: Refused = {}

    async def take(self, database: Database, entries: Entries) -> None:
        """Fold entries; what can't be applied is put aside, as the live follower does."""
        async with database.read() as connection:
            if not (is_new := await refresh(connection, self._desk.catalogue)):
                await self.fold(connection, entries)
        if is_new:
            async with database.transaction() as connection:
                await self.go_over(connection, self._is_mine)
                await self.fold(connection, entries)
        if self._unsaved >= UNSAVED_EVENTS_MAX:
            async with database.transaction() as connection:
                await self.save(connection)

    async def fold(self, connection: AsyncConnection, entries: Entries) -> None:
        """Fold entries in memory; nothing is written before :meth:`save`."""
        self._unsaved += len(entries)
        for first in range(0, len(entries), PART_EVENTS):
            steps = self._read(entries[first : first + PART_EVENTS])
            await self._desk.fetch(connection, {region_of(step) for _, _, step in steps})
            for seq, raw, step in steps:
                try:
                    self._fold(seq, raw, step)
                except EvidenceRefusedError as error:
                    self._refuse(seq, raw, error)

    def _fold(self, seq: int, raw: bytes, step: Step) -> None:
        desk, generation = self._desk, self._desk.generation
        match step:
            case Observed():
                count(desk, step)
            case Chosen(event, area, reference, reason):
                self._writes.append(lambda c: published.choose(c, generation, area, reference, reason, event.time))
            case PeriodMoved():
                row = official(desk, step)
                self._writes.append(lambda c: locked.add(c, generation, row))
            case published.Published():
                self._writes.append(lambda c: published.add(c, generation, step))
            case _:
                self._of_villages.append((seq, raw, step))

    async def save(self, connection: AsyncConnection) -> None:
        """Write down what was folded since the last time."""
        desk, of_villages = self._desk, self._of_villages
        for write in self._writes:
            await write(connection)
        await fold_villages(
            connection,
            desk.catalogue,
            desk.generation,
            [step for _, _, step in of_villages],
            on_refused=lambda place, error: self._refuse(*of_villages[place][:2], error),
        )
        await desk.save(connection)
        desk.clear()
        self._unsaved, self._writes, self._of_villages = 0, [], []

    async def go_over(self, connection: AsyncConnection, is_mine: IsMine) -> None:
        """Take in an edition that was published meanwhile: what was folded so far goes over to it, as it did in what is
        read."""
        await self.save(connection)
        self._desk.forget()
        await go_over(connection, self._desk.catalogue, self._desk.generation, is_mine)

    async def last_look(self, connection: AsyncConnection) -> None:
        """Let every region go over to the editions there are now, also those that other processes have folded."""
        await refresh(connection, self._desk.catalogue)
        await self.go_over(connection, lambda _: True)

    def _refuse(self, seq: int, raw: bytes, error: EvidenceRefusedError) -> None:
        self.refused[seq] = (raw, f"can't be applied: {error}"[:REASON_MAX])

    def _read(self, entries: Entries) -> list[tuple[int, bytes, Step]]:
        steps: list[tuple[int, bytes, Step]] = []
        for seq, raw in entries:
            if field_of(raw, TYPE_FIELD) not in self._consumed:
                continue
            try:
                steps += [(seq, raw, step) for step in self._steps_of(decode(raw))]
            except ValidationError as error:
                parts = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
                self.refused[seq] = (raw, f"can't be read: {'; '.join(parts)}"[:REASON_MAX])
        return steps


def field_of(raw: bytes, name: bytes) -> bytes:
    """A text of the envelope without reading the event; the envelope stands before the data."""
    begin = raw.find(name)
    return raw[begin + len(name) : raw.find(b'"', begin + len(name))] if begin >= 0 else b""
