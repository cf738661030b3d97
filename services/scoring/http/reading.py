"""Reading a city and year as a request asks for it, or a refusal that says what there is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.instruments import refresh
from services.scoring.http.refusals import Refusal, listed
from services.scoring.instrument_file import Catalogue, UnknownInstrumentError
from services.scoring.storage import knowledge, states
from shared.runtime.database import Database
from shared.runtime.web import Routes


def current_routes(database: Database, catalogue: Catalogue, *, prefix: str, tags: Sequence[str]) -> Routes:
    """Routes that know every edition published so far, also one another replica published a moment ago."""

    async def look() -> None:
        async with database.read() as connection:
            await refresh(connection, catalogue)

    return Routes(prefix=prefix, tags=tags, after_check=[look])


async def known_or_refused(
    connection: AsyncConnection,
    catalogue: Catalogue,
    region: str,
    year: int | None,
    *,
    as_of: datetime | None = None,
    instrument: str | None = None,
    variable: str | None = None,
) -> knowledge.Known:
    """What is known of a city and year; a refusal that names the remedy when it's nothing."""
    try:
        known = await knowledge.known(connection, catalogue, region, year, as_of=as_of, instrument=instrument)
    except UnknownInstrumentError:
        raise unknown_instrument(catalogue) from None
    if known is None:
        years = sorted(state.year for state in await states.of_region(connection, region))
        raise (
            unknown_then(as_of) if as_of is not None and (year in years or not year) else no_index(region, year, years)
        )
    if variable is not None and variable not in {v.key for v in known.instrument.variables}:
        raise unknown_variable(known)
    return known


def no_index(region: str, year: int | None, years: Sequence[int]) -> Refusal:
    """Nothing is known of the city, or of the year."""
    if not years:
        return Refusal("region_empty", "region", region=region)
    return Refusal("year_empty", "year", region=region, year=year, years=listed(years))


def unknown_then(as_of: datetime) -> Refusal:
    """Nothing was known yet at that moment."""
    return Refusal("then_unknown", "as_of", at=as_of.isoformat())


def unknown_instrument(catalogue: Catalogue, field: str = "instrument") -> Refusal:
    """There's no such edition."""
    return Refusal("instrument_unknown", field, known=listed(sorted(catalogue.instruments)))


def unknown_variable(known: knowledge.Known) -> Refusal:
    """The instrument has no such variable."""
    names = listed(v.key for v in known.instrument.variables)
    return Refusal("variable_unknown", "variable", instrument=known.instrument.key, known=names)
