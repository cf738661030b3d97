"""Kab/kota together: a province, the nation; and every city of a year in one list."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel

from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.rescoring import under
from services.scoring.domain.rollup import Area, Rollup, roll_up
from services.scoring.domain.state import CityYear
from services.scoring.http.parameters import AsOf, Edition, Year
from services.scoring.http.reading import current_routes, unknown_instrument
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue, InstrumentFile, UnknownInstrumentError
from services.scoring.storage import knowledge
from shared.regions import tree
from shared.runtime.database import Database
from shared.runtime.web import Routes

WideArea = Annotated[str, Path(pattern=r"^(ID|\d{2})$", description="A province, like 32, or ID for the nation.")]


class CityScore(BaseModel):
    """One city in a list."""

    region: str
    name: str
    value: Plain | None
    exact: Plain | None
    band: str | None
    complete: bool
    synthetic: bool


class EditionRollup(BaseModel):
    """The cities of one edition. Numbers of two editions never stand in one mean: each has its own entry."""

    instrument: str
    edition: str
    is_break: bool
    provisional: bool
    weighted: bool
    cities: int
    scored: int
    complete: int
    synthetic: int
    mean: Plain | None
    median: Plain | None
    lowest: Plain | None
    highest: Plain | None
    bands: dict[str, int]
    at_least: dict[str, int]
    provinces: list["ProvinceLine"]
    items: list[CityScore]


class ProvinceLine(BaseModel):
    """A province within the nation."""

    province: str
    name: str
    scored: int
    mean: Plain | None
    bands: dict[str, int]


class RollupView(BaseModel):
    """An area as the sum of its kab/kota. ``cities`` is how many there are, ``missing`` those without a number."""

    area: str
    name: str
    year: int
    reading: ReadingName
    as_of: datetime | None
    cities: int
    missing: list[str]
    editions: list[EditionRollup]


def rollup_router(database: Database, catalogue: Catalogue) -> Routes:
    """``GET /v1/rollups/{area}``."""
    router = current_routes(database, catalogue, prefix="/v1/rollups", tags=["roll-ups"])

    @router.get("/{area}", summary="A province or the nation: mean, median, bands, how many reach each band")
    async def read_rollup(
        area: WideArea,
        year: Year,
        reading: ReadingName = "survey",
        as_of: AsOf = None,
        instrument: Edition = None,
        cities: Annotated[bool, Query(description="With a line for every city.")] = True,
    ) -> RollupView:
        within = "" if area == "ID" else f"{area}."
        async with database.read() as connection:
            found = await knowledge.every(connection, catalogue, year, within=within, as_of=as_of)
        try:
            editions = grouped(found, catalogue, instrument)
        except UnknownInstrumentError:
            raise unknown_instrument(catalogue) from None
        views = [edition_rollup(file, years, reading, listed=cities) for file, years in editions]
        numbered = {
            scored.state.region
            for _, years in editions
            for scored in years
            if area_of(scored, reading).score is not None
        }
        known = [code for code in kabkota() if code.startswith(within)]
        return RollupView(
            area=area,
            name=area_name(area),
            year=year,
            reading=reading,
            as_of=as_of,
            cities=len(known),
            missing=[code for code in known if code not in numbered],
            editions=views,
        )

    return router


def grouped(
    found: Iterable[CityYear], catalogue: Catalogue, instrument: str | None
) -> list[tuple[InstrumentFile, list[ScoredYear]]]:
    """States by the edition they are scored with: their own, or the one asked for. Raises UnknownInstrumentError."""
    by_key: dict[str, list[ScoredYear]] = defaultdict(list)
    for state in found:
        key = instrument or state.instrument
        by_key[key].append(under(state, catalogue.get(key).plain))
    if instrument is not None:
        catalogue.get(instrument)
    return [(catalogue.get(key), years) for key, years in sorted(by_key.items())]


def area_of(scored: ScoredYear, reading: ReadingName) -> Area:
    """A city's part of a roll-up. Its weight is its number of villages with a status."""
    score = (scored.survey if reading == "survey" else scored.running).index_score()
    answers, state = scored.state.group_answers, scored.state
    complete = all(answers.get(group.key, 0) >= group.quota for group in scored.instrument.groups)
    villages = max(state.counters.get("areas.recorded", 0), 1)
    return Area(state.region, score, villages, complete, state.is_synthetic)


def edition_rollup(
    file: InstrumentFile, years: list[ScoredYear], reading: ReadingName, *, listed: bool
) -> EditionRollup:
    """One edition's cities together, with provinces where there are several."""
    areas = [area_of(scored, reading) for scored in years]
    whole = roll_up(areas, file.plain)
    by_province: dict[str, list[Area]] = defaultdict(list)
    for area in areas:
        by_province[area.region[:2]].append(area)
    return EditionRollup(
        instrument=file.key,
        edition=file.edition,
        is_break=any(scored.state.instrument != file.key for scored in years),
        provisional=file.provisional,
        weighted=whole.weighted,
        cities=whole.areas,
        scored=whole.scored,
        complete=whole.complete,
        synthetic=whole.synthetic,
        mean=whole.mean,
        median=whole.median,
        lowest=whole.lowest,
        highest=whole.highest,
        bands=dict(whole.bands),
        at_least=dict(whole.at_least),
        provinces=[_line(code, roll_up(own, file.plain)) for code, own in sorted(by_province.items())],
        items=[_city(area) for area in areas] if listed else [],
    )


def _line(code: str, found: Rollup) -> ProvinceLine:
    return ProvinceLine(
        province=code, name=area_name(code), scored=found.scored, mean=found.mean, bands=dict(found.bands)
    )


def _city(area: Area) -> CityScore:
    score = area.score
    return CityScore(
        region=area.region,
        name=area_name(area.region),
        value=score.value if score else None,
        exact=score.exact if score else None,
        band=score.band if score else None,
        complete=area.complete,
        synthetic=area.synthetic,
    )


def area_name(code: str) -> str:
    """The name of an area; its code where the map has none."""
    try:
        return tree.name_of(code)
    except tree.UnknownRegion:
        return code


@cache
def kabkota() -> tuple[str, ...]:
    """The codes of all kab/kota."""
    return tuple(region.code for region in tree.load(["city"]))
