"""What is told of the past: movements and points, folded again from the entries of a city and year."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.fold import Moved, ScoredYear, Scores
from services.scoring.domain.ledger import Cause, retell
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import ledger

PLACES_AN_ENTRY = 32
"""More than one event can move: two readings of five variables. An ordinal is an entry's number and a place in it."""

WINDOW_ENTRIES = 1_000


class Told(NamedTuple):
    """A movement with its event and its place in the history of the city and year."""

    ordinal: int
    cause: Cause
    moved: Moved


class Point(NamedTuple):
    """The scores after an entry."""

    ordinal: int
    at: datetime
    instrument: str
    scores: Scores


async def movements(
    connection: AsyncConnection, catalogue: Catalogue, region: str, year: int, *, before: int | None, limit: int
) -> list[Told]:
    """The latest movements first; ``before`` is the ordinal to go on from."""
    found: list[Told] = []
    upto = None if before is None else before // PLACES_AN_ENTRY
    while len(found) < limit and upto != 0:
        base = await ledger.base(connection, region, year, before=upto)
        if base is None:
            break
        entries = [e async for e in ledger.entries(connection, region, year, after=base.entries, upto=upto)]
        told = [
            Told(entry.number * PLACES_AN_ENTRY + place, entry.cause, moved)
            for entry, movement, _ in retell(base.state, entries, catalogue.get(base.state.instrument).plain)
            for place, moved in enumerate(movement)
        ]
        found += reversed([t for t in told if before is None or t.ordinal < before])
        upto = base.entries
    return found[:limit]


async def points(
    connection: AsyncConnection, catalogue: Catalogue, region: str, year: int, *, after: int, limit: int
) -> list[Point]:
    """The scores after each entry that moved one, the oldest first; ``after`` is the ordinal to go on from."""
    found: list[Point] = []
    base = await ledger.base(connection, region, year, before=after + 1)
    if base is None:
        return found
    instrument = catalogue.get(base.state.instrument).plain
    scored = ScoredYear(base.state, instrument, is_new=base.entries == 0)
    number = base.entries
    while len(found) < limit:
        upto = number + WINDOW_ENTRIES
        entries = [e async for e in ledger.entries(connection, region, year, after=number, upto=upto)]
        for entry in entries:
            moved = scored.add(entry.evidence)
            if entry.number > after and (moved or entry.number == 1):
                found.append(Point(entry.number, entry.cause.at, instrument.key, scored.scores()))
        if not entries:
            break
        number = upto
    return found[:limit]
