"""Folding a stretch of a stream into a generation nobody reads yet: nothing is told, everything is kept."""

from collections.abc import Callable, Sequence
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
    replace_reference,
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

TYPE_FIELD, REGION_FIELD = b'"type":"', b'"region":"'
REASON_MAX = 300

Refused = dict[int, tuple[bytes, str]]
"""Sequence -> the entry and why it can't be applied."""


class Rebuilder:
    """Takes stretches of a stream, in order, for the regions that are its own."""

    def __init__(
        self,
        catalogue: Catalogue,
        generation: int,
        steps_of: Callable[[Event[Any]], tuple[Step, ...]],
        consumed: frozenset[bytes],
        years_in_memory_max: int,
        is_mine: IsMine = lambda _: True,
    ) -> None:
        """``is_mine`` says which regions' entries come to this process; it writes no others' rows."""
        self._desk = Desk(catalogue, generation, years_in_memory_max)
        self._steps_of, self._consumed, self._is_mine = steps_of, consumed, is_mine
        self.refused: Refused = {}

    async def take(self, connection: AsyncConnection, entries: Entries) -> None:
        """Fold entries in one transaction; what can't be applied is put aside, as the live follower does."""
        await self.look(connection)
        steps = self._read(entries)
        desk = self._desk
        await desk.fetch(connection, (region_of(step) for _, step in steps))
        of_villages: list[tuple[int, VillageStep]] = []
        for seq, step in steps:
            match step:
                case Observed():
                    try:
                        count(desk, step)
                    except EvidenceRefusedError as error:
                        self._refuse(seq, error)
                case Chosen():
                    replace_reference(desk.held(step.area), step.reference)
                    await published.choose(
                        connection, desk.generation, step.area, step.reference, step.reason, step.event.time
                    )
                case PeriodMoved():
                    await locked.add(connection, desk.generation, official(desk, step))
                case published.Published():
                    await published.add(connection, desk.generation, step)
                case _:
                    of_villages.append((seq, step))
        await fold_villages(
            connection,
            desk.catalogue,
            desk.generation,
            [step for _, step in of_villages],
            on_refused=lambda place, error: self._refuse(of_villages[place][0], error),
        )
        raws = dict(entries)
        for seq in self.refused.keys() & raws.keys():
            self.refused[seq] = (raws[seq], self.refused[seq][1])
        await desk.save(connection)
        desk.clear()

    async def look(self, connection: AsyncConnection, *, last: bool = False) -> None:
        """Take in an edition that was published meanwhile: what was folded so far goes over to it, as it did in what is
        read. ``last`` does so for all regions, also those that other processes have folded."""
        if await refresh(connection, self._desk.catalogue) or last:
            self._desk.forget()
            mine = (lambda _: True) if last else self._is_mine
            await go_over(connection, self._desk.catalogue, self._desk.generation, mine)

    def _refuse(self, seq: int, error: EvidenceRefusedError) -> None:
        self.refused[seq] = (b"", f"can't be applied: {error}"[:REASON_MAX])

    def _read(self, entries: Entries) -> Sequence[tuple[int, Step]]:
        steps: list[tuple[int, Step]] = []
        for seq, raw in entries:
            if field_of(raw, TYPE_FIELD) not in self._consumed:
                continue
            try:
                steps += [(seq, step) for step in self._steps_of(decode(raw))]
            except ValidationError as error:
                parts = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
                self.refused[seq] = (raw, f"can't be read: {'; '.join(parts)}"[:REASON_MAX])
        return steps


def field_of(raw: bytes, name: bytes) -> bytes:
    """A text of the envelope without reading the event; the envelope stands before the data."""
    begin = raw.find(name)
    return raw[begin + len(name) : raw.find(b'"', begin + len(name))] if begin >= 0 else b""
