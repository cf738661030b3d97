"""The tables there are as files: of each its columns and its rows, as the addresses that answer in JSON say them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.fold import ReadingName
from services.scoring.exchange import metadata
from services.scoring.exchange.observation import Observation, computed, printed, settled
from services.scoring.http import views
from services.scoring.http.certainty import SensitivityView, sensitivity_of
from services.scoring.http.reading import known_or_refused, no_index
from services.scoring.http.refusals import Refusal
from services.scoring.http.rollups import EditionRollup, ProvinceLine, area_name, edition_rollup, grouped
from services.scoring.http.targets import targets_within
from services.scoring.http.villages import VillageYearView, village_year_views
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import knowledge, locked, published, retelling, states

Name = Literal[
    "indices", "official", "movements", "history", "published", "indicators", "targets", "rollups", "sensitivity"
]
"""The villages' table isn't among them: it's for officers within their scope."""

Rows = list[tuple[Any, ...]]
Header = tuple[str, ...]
READINGS: tuple[ReadingName, ...] = get_args(ReadingName)
NOWHERE_BEFORE = ("targets", "sensitivity")
ANY_WEIGHTS = (Decimal(0), Decimal(1))
ROWS_MAX = 100_000

OFFICIAL = ("area_name", "region", "year", "revision", "revision_name", "instrument", "value", "band", "digest", "at")
PUBLISHED = (
    "published_id", "area", "area_name", "year", "edition", "value", "category", "source", "reference_because",
)  # fmt: skip
MOVEMENTS = (
    "area", "year", "at", "event_id", "event_type", "village", "detail", "synthetic",
    "reading", "variable", "indicator", "index_share", "variable_share",
)  # fmt: skip
HISTORY = ("area", "year", "instrument", "at", "survey", "survey_band", "running", "running_band")
METADATA = ("edition", "indicator", "name", "definition", "unit", "source", "mark", "frequency")
TARGETS = (
    "region", "area_name", "year", "edition", "provisional", "value", "source", "from_year", "published_id", "reason",
    "set_by", "set_at", "days_left",
)  # fmt: skip
PACES = ("reading", "index", "gap", "needed_a_week", "risen_a_week")
ROLLUPS = (
    "area", "area_name", "year", "reading", "instrument", "edition", "is_break", "provisional", "weighted", "cities",
    "scored", "complete", "synthetic", "mean", "median", "lowest", "highest",
)  # fmt: skip
SENSITIVITY = (
    "region", "area_name", "year", "reading", "weights", "value", "exact", "band", "rank_best", "rank_worst", "cities",
)  # fmt: skip
VILLAGES = (
    "village", "year", "instrument", "edition", "provisional", "synthetic", "survey", "lower", "upper",
    "recorded", "status", "source", "earlier_year", "earlier_status", "earlier_source", "earlier_edition", "steps",
    "recovered", "is_break", "answers", "quota", "official_revision", "official_value", "official_band",
)  # fmt: skip


class Table(NamedTuple):
    """Keys of the columns, and what stands in them."""

    header: Header
    rows: Rows


class Asked(NamedTuple):
    """Which part of a table, and where it's read: ``area`` is a kab/kota, a province, or ``ID``."""

    connection: AsyncConnection
    catalogue: Catalogue
    year: int
    area: str
    as_of: datetime | None

    @property
    def within(self) -> str:
        """What the codes of its cities begin with."""
        return "" if self.area == "ID" else self.area


async def table(name: Name, asked: Asked) -> Table:
    """One of the tables. Raises :class:`Refusal` where there's no such part of it."""
    if asked.as_of is not None and name in NOWHERE_BEFORE:
        raise Refusal("table_of_now", "as_of", table=name)
    return await MAKERS[name](asked)


async def observations(asked: Asked) -> list[Observation]:
    """What is computed, locked and printed of a year."""
    every = await knowledge.every(asked.connection, asked.catalogue, asked.year, within=asked.within, as_of=asked.as_of)
    found = [
        observation
        for file, years in grouped(every, asked.catalogue, None)
        for scored in years
        for observation in computed(scored, file)
    ]
    synthetic = {state.region: state.is_synthetic for state in every}
    for row in await locked.of_year(asked.connection, asked.year, asked.within, asked.as_of):
        whose = {**row, "synthetic": synthetic.get(row["region"], False)}
        found += settled(whose, asked.catalogue.get(row["instrument"]))
    return found + list(printed(await published.of_year(asked.connection, asked.year, asked.within)))


async def _indices(asked: Asked) -> Table:
    found = await observations(asked)
    return Table(("area_name", *Observation._fields), [(area_name(o.area), *o) for o in found])


async def _official(asked: Asked) -> Table:
    rows = await locked.of_year(asked.connection, asked.year, asked.within, asked.as_of)
    return Table(OFFICIAL, [(area_name(r["region"]), *(r[name] for name in OFFICIAL[1:])) for r in rows])


async def _published(asked: Asked) -> Table:
    rows: Rows = [
        (p.published_id, p.area, p.area_name, p.year, p.edition, p.value, p.category, p.source, p.reason)
        for p in await published.of_year(asked.connection, asked.year, asked.within)
    ]
    return Table(PUBLISHED, rows)


async def _movements(asked: Asked) -> Table:
    """What moved the index of a kab/kota in a year."""
    area, year = await _one_city(asked), asked.year
    told = await retelling.movements(asked.connection, asked.catalogue, area, year, before=None, limit=ROWS_MAX)
    shown = [
        views.movement_view(one).model_dump() for one in told if asked.as_of is None or one.cause.at <= asked.as_of
    ]
    return Table(MOVEMENTS, [(area, year, *(one[name] for name in MOVEMENTS[2:])) for one in shown])


async def _history(asked: Asked) -> Table:
    """How the index of a kab/kota stood after each change."""
    area, year = await _one_city(asked), asked.year
    points = await retelling.points(asked.connection, asked.catalogue, area, year, after=0, limit=ROWS_MAX)
    rows: Rows = []
    for point in (point for point in points if asked.as_of is None or point.at <= asked.as_of):
        seen = views.point_view(point)
        numbers = (seen.survey_value, seen.survey_band, seen.running_value, seen.running_band)
        rows.append((area, year, point.instrument, point.at, *numbers))
    return Table(HISTORY, rows)


async def _one_city(asked: Asked) -> str:
    if not await states.of_region(asked.connection, asked.area):
        raise no_index(asked.area, asked.year, [])
    return asked.area


async def _indicators(asked: Asked) -> Table:
    return Table(METADATA, list(_metadata_rows(asked.catalogue, asked.year)))


def _metadata_rows(catalogue: Catalogue, year: int) -> Iterator[tuple[Any, ...]]:
    files = (catalogue.of_year(year), catalogue.of_year(year, "village"))
    for entry in (entry for file in files for entry in metadata.indicators(file)):
        words = {key: entry[key]["id"] for key in ("name", "definition", "unit", "frequency")}
        yield tuple((entry | words)[key] for key in METADATA)


async def _targets(asked: Asked) -> Table:
    """A row for each reading held against a target; one without for a city nothing is known of but its target."""
    rows: Rows = []
    for view in await targets_within(asked.connection, asked.catalogue, asked.within, asked.year):
        said = view.model_dump() | {"area_name": area_name(view.region)}
        of_city = tuple(said[name] for name in TARGETS)
        paces = [(p.reading, p.value, p.gap, p.needed_a_week, p.risen_a_week) for p in view.paces]
        rows += [(*of_city, *pace) for pace in paces] or [of_city + (None,) * len(PACES)]
    return Table((*TARGETS, *PACES), rows)


async def _rollups(asked: Asked) -> Table:
    """The area itself, then its provinces; of each edition and reading."""
    if "." in asked.area:
        raise Refusal("table_of_wide_area", "area", area=asked.area)
    found = await knowledge.every(asked.connection, asked.catalogue, asked.year, within=asked.within, as_of=asked.as_of)
    of_readings = [
        (reading, edition_rollup(file, years, reading, listed=False))
        for file, years in grouped(found, asked.catalogue, None)
        for reading in READINGS
    ]
    bands = list(dict.fromkeys(band for _, edition in of_readings for band in edition.bands))
    rows = [row for reading, edition in of_readings for row in _rollup_rows(asked, reading, edition, bands)]
    return Table((*ROLLUPS, *(f"bands.{b}" for b in bands), *(f"at_least.{b}" for b in bands)), rows)


def _rollup_rows(asked: Asked, reading: ReadingName, edition: EditionRollup, bands: Sequence[str]) -> Rows:
    own = edition.model_dump() | {"area": asked.area, "area_name": area_name(asked.area)}
    return [
        _rollup_row(own | {"year": asked.year, "reading": reading}, bands),
        *(_rollup_row(_of_province(line, own, asked.year, reading), bands) for line in edition.provinces),
    ]


def _of_province(line: ProvinceLine, edition: Mapping[str, Any], year: int, reading: ReadingName) -> dict[str, Any]:
    """Of a province within the nation only the mean and the bands are said; the rest is its own roll-up's."""
    same = {key: edition[key] for key in ("instrument", "edition", "is_break", "provisional", "weighted")}
    said = line.model_dump() | {"area": line.province, "area_name": line.name}
    return {**same, **said, "year": year, "reading": reading}


def _rollup_row(said: Mapping[str, Any], bands: Sequence[str]) -> tuple[Any, ...]:
    counts = [said.get(part, {}).get(band) for part in ("bands", "at_least") for band in bands]
    return (*(said.get(name) for name in ROLLUPS), *counts)


async def _sensitivity(asked: Asked) -> Table:
    """What the index of a kab/kota is, and its rank, under every named set of weights and at the outermost."""
    known = await known_or_refused(asked.connection, asked.catalogue, await _one_city(asked), asked.year)
    found = []
    for reading in READINGS:
        try:
            found.append(
                await sensitivity_of(asked.connection, asked.catalogue, known, reading, (Decimal(0), Decimal(1)))
            )
        except Refusal as refusal:
            if refusal.code != "reading_missing":
                raise
    variables = [variable.key for variable in known.instrument.variables]
    rows = [row for view in found for row in _weighed_rows(view, variables)]
    return Table((*SENSITIVITY, *(f"weight.{variable}" for variable in variables)), rows)


def _weighed_rows(view: SensitivityView, variables: Sequence[str]) -> Rows:
    place = (view.region, area_name(view.region), view.year, view.reading)
    rows: Rows = []
    for name, one in view.named.items():
        score = (one.score.value, one.score.exact, one.score.band)
        rows.append((*place, name, *score, one.rank, one.rank, view.cities, *(one.weights[v] for v in variables)))
    for name, outermost in (("lowest", view.lowest), ("highest", view.highest)):
        score = (outermost.value, outermost.exact, outermost.band)
        rows.append((*place, name, *score, view.rank_best, view.rank_worst, view.cities, *(None for _ in variables)))
    return rows


async def villages_table(asked: Asked) -> Table:
    """The villages of a kab/kota in a year, of those the caller may see."""
    found = await village_year_views(asked.connection, asked.catalogue, asked.area, asked.year, asked.as_of)
    return Table(VILLAGES, [_village_row(view) for view in found])


def _village_row(view: VillageYearView) -> tuple[Any, ...]:
    said = view.model_dump()
    interval, change = said["survey_interval"] or {}, said["recovery"] or {}
    said |= {
        "survey": view.survey.value if view.survey else None,
        "lower": interval.get("lower"),
        "upper": interval.get("upper"),
        "answers": sum(group.answers for group in view.completeness),
        "quota": sum(group.quota for group in view.completeness),
    }
    if view.official:
        latest = view.official[0]
        said |= {
            "official_revision": latest.revision,
            "official_value": latest.value,
            "official_band": latest.band,
        }
    return tuple((change | said).get(name) for name in VILLAGES)


MAKERS: Mapping[Name, Callable[[Asked], Awaitable[Table]]] = {
    "indices": _indices,
    "official": _official,
    "movements": _movements,
    "history": _history,
    "published": _published,
    "indicators": _indicators,
    "targets": _targets,
    "rollups": _rollups,
    "sensitivity": _sensitivity,
}
