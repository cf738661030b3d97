"""What is, or was, known of a city and year, under its own edition or another."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.rescoring import under
from services.scoring.domain.state import CityYear
from services.scoring.domain.window import Window, windows
from services.scoring.instrument_file import Catalogue, InstrumentFile
from services.scoring.storage import ledger, states


class Known(NamedTuple):
    """A city and year, scored. ``is_break`` says that the edition isn't the one the year is scored with."""

    scored: ScoredYear
    instrument: InstrumentFile
    years: list[int]
    as_of: datetime | None = None

    @property
    def is_break(self) -> bool:
        """Whether this may stand beside the year's own numbers only with a visible break."""
        return self.scored.state.instrument != self.instrument.key


async def known(
    connection: AsyncConnection,
    catalogue: Catalogue,
    region: str,
    year: int | None = None,
    *,
    as_of: datetime | None = None,
    instrument: str | None = None,
) -> Known | None:
    """A year (without one, the latest) as it is, or as it was known at a moment; ``None`` when nothing is known.

    Raises :class:`UnknownInstrumentError`.
    """
    found = await states.of_region(connection, region)
    state = next((s for s in found if year is None or s.year == year), None)
    if state is not None and as_of is not None:
        past = await ledger.as_of(connection, catalogue, region, state.year, as_of)
        state = past.state if past else None
    if state is None:
        return None
    edition = catalogue.get(instrument or state.instrument)
    return Known(under(state, edition.plain), edition, sorted(s.year for s in found), as_of)


async def every(
    connection: AsyncConnection, catalogue: Catalogue, year: int, *, within: str = "", as_of: datetime | None = None
) -> list[CityYear]:
    """The states of one year for all cities whose code begins with ``within``, now or as known at a moment."""
    found = await states.every(connection, year=year, within=within)
    if as_of is None:
        return found
    past = [await ledger.as_of(connection, catalogue, state.region, year, as_of) for state in found]
    return [base.state for base in past if base is not None]


async def moved_between(
    connection: AsyncConnection,
    catalogue: Catalogue,
    region: str,
    year: int,
    *,
    begin: datetime | None,
    end: datetime | None,
    instrument: str | None = None,
) -> dict[ReadingName, Window] | None:
    """What moved a year's readings after ``begin`` (without it, from the year's first entry) and up to ``end``.

    ``None`` when the year has no entries.
    """
    start = await ledger.base(connection, region, year, before=1)
    if start is None:
        return None
    past = None if begin is None else await ledger.as_of(connection, catalogue, region, year, begin)
    state = past.state if past is not None else start.state
    scored = under(state, catalogue.get(instrument or state.instrument).plain)
    scored.is_new = past is None
    base = start if begin is None else await ledger.base(connection, region, year, at=begin)
    after = base.entries if base is not None else 0
    within = [
        entry
        async for entry in ledger.entries(connection, region, year, after=after)
        if (begin is None or entry.cause.at > begin) and (end is None or entry.cause.at <= end)
    ]
    return windows(scored, within)
