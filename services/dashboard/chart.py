"""Where things go in the drawings: percent of the width, pixels of the height. Numbers only, no drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from services.dashboard.campaigns import Official
from services.dashboard.view import Band, ComputedPoint, InstrumentOutline, PublishedPoint
from shared.contracts.scoring import Interval

PLOT_TOP_PIXELS, PLOT_BOTTOM_PIXELS = 26, 158
PLOT_LEFT_PERCENT, PLOT_RIGHT_PERCENT = 10, 88
LABEL_ABOVE_PIXELS, LABEL_BELOW_PIXELS, LABEL_BESIDE_PIXELS = -12, 20, 11
DOT_SPACE_PIXELS = 13
PUBLISHED_SCALES = {"kotan-2019": (Decimal(0), Decimal(100)), "kotan-2022": (Decimal(1), Decimal(4))}
"""The scales of the editions published so far (0-100 in 2019, 1-4 since); others bring their own."""
COLOURS = 4


def percent(value: Decimal, lowest: Decimal, highest: Decimal) -> float:
    """The place of a value on a scale, 0 to 100."""
    share = (value - lowest) / (highest - lowest)
    return round(float(min(max(share, Decimal(0)), Decimal(1)) * 100), 2)


@dataclass(frozen=True)
class BandPlace:
    """A band on the scale: its start and width in percent, and which of the four colours it has, from 1."""

    band: Band
    start: float
    width: float
    colour: int

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return self.start + self.width / 2


def band_places(instrument: InstrumentOutline) -> tuple[BandPlace, ...]:
    """The bands from low to high, to scale and without gaps."""
    low, high = instrument.lowest, instrument.highest
    starts = [percent(band.floor, low, high) for band in instrument.bands]
    ends = [*starts[1:], 100.0]
    return tuple(
        BandPlace(band, start, round(end - start, 2), colour_of(place, len(starts)))
        for place, (band, start, end) in enumerate(zip(instrument.bands, starts, ends, strict=True))
    )


def colour_of(place: int, count: int) -> int:
    """The colour of a band, 1 (lowest) to 4 (highest); the highest band always has the last."""
    return max(1, COLOURS - (count - 1 - place))


@dataclass(frozen=True)
class Dot:
    """One point of the trend. ``kind``: chosen reference, other published value, computed here, or locked (official).
    ``reach`` are the heights of the ends of its 95% interval.

    ``aside`` moves it to the right, in pixels, where it would cover another of its year; the label's place is
    relative to the dot.
    """

    x: float
    y: float
    year: int
    value: Decimal
    kind: str
    band: str | None
    aside: int = 0
    label_x: int = 0
    label_y: int = LABEL_BELOW_PIXELS
    reach: tuple[float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """The trend of one edition, on its own scale. ``ticks`` are (value, y); ``line`` joins reference values."""

    edition: str
    lowest: Decimal
    highest: Decimal
    years: tuple[tuple[int, float], ...]
    ticks: tuple[tuple[Decimal, float], ...]
    dots: tuple[Dot, ...]
    line: tuple[tuple[Dot, Dot], ...]


def trend_panels(
    published: Sequence[PublishedPoint],
    computed: Sequence[ComputedPoint],
    instrument: InstrumentOutline | None,
    official: Sequence[Official] = (),
) -> tuple[Panel, ...]:
    """One panel for each edition that has a value, oldest first: editions are never drawn on one scale."""
    panels = []
    own_scales = {c.edition: (c.lowest, c.highest) for c in computed if c.lowest is not None and c.highest is not None}
    for edition, (low, high) in {**own_scales, **PUBLISHED_SCALES}.items():
        own = instrument is not None and instrument.edition == edition
        floors = [band.floor for band in instrument.bands[1:]] if own and instrument else []
        raw = [
            RawDot(p.year, p.index, "chosen" if p.chosen else "published", p.category)
            for p in published
            if p.edition == edition and p.index is not None
        ]
        raw += [
            RawDot(o.year, o.value, "official", o.band)
            for o in _latest(official)
            if o.instrument == edition and o.value is not None
        ]
        raw += [RawDot(c.year, c.index, "computed", c.band, c.interval) for c in computed if c.edition == edition]
        if raw:
            panels.append(_panel(edition, low, high, floors, raw))
    return tuple(sorted(panels, key=lambda panel: panel.years[0][0]))


class RawDot(NamedTuple):
    """A point before it has its place."""

    year: int
    value: Decimal
    kind: str
    band: str | None
    interval: Interval | None = None


def _latest(official: Sequence[Official]) -> Iterable[Official]:
    """The latest revision of each year; earlier ones stand in the table."""
    by_year = groupby(sorted(official, key=lambda o: (-o.year, -o.revision)), key=lambda o: o.year)
    return [next(revisions) for _, revisions in by_year]


def _panel(edition: str, low: Decimal, high: Decimal, floors: Iterable[Decimal], raw: Sequence[RawDot]) -> Panel:
    years = list(range(min(r[0] for r in raw), max(r[0] for r in raw) + 1))
    floor = _plot_floor(low, high, [r[1] for r in raw])
    places = {year: _year_place(n, len(years)) for n, year in enumerate(years)}
    dots = _spaced([_dot(one, places[one.year], floor, high) for one in _distinct(raw)])
    ticks = tuple((v, _height(v, floor, high)) for v in [floor, *(f for f in floors if f > floor), high])
    return Panel(edition, floor, high, tuple(places.items()), ticks, dots, tuple(_line(dots)))


def _dot(raw: RawDot, x: float, floor: Decimal, high: Decimal) -> Dot:
    spread = raw.interval
    ends = (_height(spread.upper, floor, high), _height(spread.lower, floor, high)) if spread else None
    return Dot(x, _height(raw.value, floor, high), raw.year, raw.value, raw.kind, raw.band, reach=ends)


def _plot_floor(low: Decimal, high: Decimal, values: Sequence[Decimal]) -> Decimal:
    """Half the scale is enough when every value lies in its upper half; the axis always says where it begins."""
    middle = (low + high) / 2
    whole = middle.to_integral_value(rounding="ROUND_FLOOR")
    return whole if min(values) >= middle else low


def _distinct(raw: Sequence[RawDot]) -> list[RawDot]:
    """Two sources printing the same value of a year are one dot, and so are a locked value and the same computed one;
    the table below the drawing names both."""
    best: dict[tuple[int, Decimal, bool], RawDot] = {}
    for dot in sorted(raw, key=lambda r: (r.year, r.value, r.kind not in ("chosen", "official"))):
        ours = dot.kind in ("computed", "official")
        kept = best.setdefault((dot.year, dot.value, ours), dot)
        if kept.interval is None and dot.interval is not None:
            best[dot.year, dot.value, ours] = kept._replace(interval=dot.interval)
    return list(best.values())


def _year_place(place: int, count: int) -> float:
    if count == 1:
        return (PLOT_LEFT_PERCENT + PLOT_RIGHT_PERCENT) / 2
    step = (PLOT_RIGHT_PERCENT - PLOT_LEFT_PERCENT - 12) / (count - 1)
    return round(PLOT_LEFT_PERCENT + 8 + place * step, 2)


def _height(value: Decimal, low: Decimal, high: Decimal) -> float:
    share = percent(value, low, high) / 100
    return round(PLOT_BOTTOM_PIXELS - share * (PLOT_BOTTOM_PIXELS - PLOT_TOP_PIXELS), 1)


def _spaced(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """Moves dots of a year apart where they touch: the reference stays, labels go above the highest, below the
    lowest, and beside the others."""
    placed: list[Dot] = []
    for _, group in groupby(sorted(dots, key=lambda d: (d.year, d.y)), key=lambda d: d.year):
        of_year = list(group)
        for place, dot in enumerate(of_year):
            crowd = sum(1 for other in of_year[:place] if abs(other.y - dot.y) < DOT_SPACE_PIXELS)
            crowd += dot.kind != "chosen" and any(
                other.kind == "chosen" and 0 <= other.y - dot.y < DOT_SPACE_PIXELS for other in of_year[place + 1 :]
            )
            aside = 0 if dot.kind == "chosen" else crowd * DOT_SPACE_PIXELS
            label_x, label_y = _label(place, len(of_year))
            placed.append(replace(dot, aside=aside, label_x=label_x, label_y=label_y))
    return tuple(placed)


def _label(place: int, count: int) -> tuple[int, int]:
    if count > 1 and place == 0:
        return 0, LABEL_ABOVE_PIXELS
    if place == count - 1:
        return 0, LABEL_BELOW_PIXELS
    return LABEL_BESIDE_PIXELS, 4


def _line(dots: Sequence[Dot]) -> Iterable[tuple[Dot, Dot]]:
    """From one year's reference to the next year's; a year without one breaks the line."""
    chosen = [dot for dot in dots if dot.kind == "chosen"]
    return ((a, b) for a, b in pairwise(chosen) if b.year == a.year + 1)
