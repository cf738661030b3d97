"""The page of a city's villages: every year side by side, with a visible break where the way of judging changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from services.dashboard.places import Places
from services.dashboard.scored import Status, VillageHistory, Villages, VillageStatus, VillageYear

STATUSES: tuple[Status, ...] = get_args(Status)
YEARS_SHOWN_MAX = 6
"""Columns of the table; earlier years stand in the bars above it."""


@dataclass(frozen=True)
class Segment:
    """The villages of one status in a year's bar, in percent of its width."""

    status: Status
    colour: int
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class YearBar:
    """A year of all villages. ``editions`` are the ways its statuses were found; ``is_break`` when they aren't those of
    the year before."""

    year: VillageYear
    total: int
    segments: tuple[Segment, ...]
    editions: tuple[str, ...]
    is_break: bool


@dataclass(frozen=True)
class Cell:
    """A village's status in one of the years shown, or none. ``is_break``: found in another way than the one before."""

    status: VillageStatus | None
    is_break: bool

    @property
    def colour(self) -> int:
        """One of the four colours, 1 for the least safe."""
        return colour_of(self.status.status) if self.status and self.status.status else 0


@dataclass(frozen=True)
class Row:
    """A village with its years; ``last`` is its latest status."""

    code: str
    name: str
    cells: tuple[Cell, ...]
    last: VillageStatus


@dataclass(frozen=True)
class District:
    """The villages of a kecamatan."""

    code: str
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class VillagesPage:
    """What the page shows. ``shown`` is the status it was narrowed to."""

    bars: tuple[YearBar, ...]
    years: tuple[int, ...]
    broken: frozenset[int]
    districts: tuple[District, ...]
    shown: Status | None
    is_synthetic: bool
    is_provisional: bool

    @property
    def count(self) -> int:
        """Villages in the table."""
        return sum(len(district.rows) for district in self.districts)


def colour_of(status: Status) -> int:
    """One of the four colours of the bands: 1 for the least safe."""
    return STATUSES.index(status) + 1


def page_of(found: Villages, places: Places, covers: Callable[[str], bool], shown: Status | None) -> VillagesPage:
    """The page for somebody who may see the villages that ``covers`` says."""
    seen = [item for item in found.items if covers(item.village)]
    ways = {year.year: _ways(seen, year.year) for year in found.years}
    bars = tuple(_bar(year, tuple(ways[year.year]), before) for year, before in _with_before(found.years, ways))
    years = tuple(bar.year.year for bar in bars)[-YEARS_SHOWN_MAX:]
    rows = [_row(item.village, item.statuses, years, places) for item in seen]
    wanted = [row for row in rows if shown is None or row.last.status == shown]
    everything = [status for item in seen for status in item.statuses]
    return VillagesPage(
        bars=bars,
        years=years,
        broken=frozenset(bar.year.year for bar in bars if bar.is_break),
        districts=_districts(wanted, places),
        shown=shown,
        is_synthetic=any(status.synthetic for status in everything),
        is_provisional=any(status.provisional for status in everything),
    )


def _ways(seen: Sequence[VillageHistory], year: int) -> list[str]:
    """How the statuses of a year were found."""
    return sorted({status.edition for item in seen for status in item.statuses if status.year == year})


def _with_before(
    years: Sequence[VillageYear], ways: dict[int, list[str]]
) -> Sequence[tuple[VillageYear, tuple[str, ...] | None]]:
    """Each year with the ways of the year before it."""
    befores: list[tuple[str, ...] | None] = [None]
    befores += [tuple(ways[before.year]) for before, _ in pairwise(years)]
    return list(zip(years, befores, strict=True)) if years else []


def _bar(year: VillageYear, editions: tuple[str, ...], before: tuple[str, ...] | None) -> YearBar:
    total = sum(year.counts.values())
    segments, start = [], 0.0
    for status in STATUSES:
        count = year.counts.get(status, 0)
        width = round(count / total * 100, 2) if total else 0.0
        if count:
            segments.append(Segment(status, colour_of(status), count, round(start, 2), width))
        start += width
    return YearBar(year, total, tuple(segments), editions, before is not None and before != editions)


def _row(code: str, statuses: Sequence[VillageStatus], years: Sequence[int], places: Places) -> Row:
    of_year = {status.year: status for status in statuses}
    cells = []
    for year in years:
        status = of_year.get(year)
        cells.append(Cell(status, bool(status and status.recovery and status.recovery.is_break)))
    return Row(code, places.village(code) or code, tuple(cells), statuses[-1])


def _districts(rows: Sequence[Row], places: Places) -> tuple[District, ...]:
    codes = sorted({row.code[:8] for row in rows})
    return tuple(
        District(
            code,
            places.district(code) or code,
            tuple(sorted((row for row in rows if row.code.startswith(f"{code}.")), key=lambda row: row.name)),
        )
        for code in codes
    )
