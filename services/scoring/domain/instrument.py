"""An instrument as the arithmetic needs it: frozen, exact, without texts, marks and sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm
from operator import itemgetter
from typing import NamedTuple

from services.scoring.domain.exact import Ratio

Point = tuple[Fraction, Fraction]

Stretch = tuple[int, int, int]
"""(a, b, c): an answer of x is a score of (a*x + b) / c."""


class Curve:
    """A piecewise linear map through points with rising x; constant before the first and after the last."""

    __slots__ = ("_last", "_pieces", "points")

    def __init__(self, points: Sequence[Point]) -> None:
        self.points = tuple(points)
        self._pieces = self._lines()
        self._last = points[-1][1].as_integer_ratio()

    def _lines(self) -> tuple[tuple[int, int, int, int, int], ...]:
        """(edge numerator, edge denominator, a, b, c): up to the edge, y of p/q is (a*p + b*q) / (c*q)."""
        first_x, first_y = self.points[0]
        pieces = [(*first_x.as_integer_ratio(), 0, *first_y.as_integer_ratio())]
        for (x0, y0), (x1, y1) in pairwise(self.points):
            slope = (y1 - y0) / (x1 - x0)
            offset = y0 - slope * x0
            common = lcm(slope.denominator, offset.denominator)
            pieces.append((*x1.as_integer_ratio(), int(slope * common), int(offset * common), common))
        return tuple(pieces)

    def at(self, numerator: int, denominator: int) -> Ratio:
        """The score at ``numerator / denominator``; the denominator is positive."""
        for edge, edge_denominator, a, b, c in self._pieces:
            if numerator * edge_denominator <= edge * denominator:
                return a * numerator + b * denominator, c * denominator
        return self._last


Layout = tuple[tuple[tuple[str, ...], ...], ...]
"""The items of every indicator of every variable."""


@dataclass(frozen=True)
class EvidenceIndicator:
    """A count of counters, or their ratio when ``over`` names some, mapped to the scale by ``curve``."""

    key: str
    of: tuple[str, ...]
    over: tuple[str, ...]
    curve: Curve


@dataclass(frozen=True)
class SurveyIndicator:
    """Items whose means are averaged; ``stretch`` maps answers to the scale where they differ."""

    key: str
    items: tuple[str, ...]
    stretch: Stretch | None = None


@dataclass(frozen=True)
class Variable:
    """One of the index's variables: its weight, and the indicators of both readings."""

    key: str
    weight: Fraction
    survey: tuple[SurveyIndicator, ...]
    evidence: tuple[EvidenceIndicator, ...]


@dataclass(frozen=True)
class Band:
    """A named stretch of the scale, from ``floor`` (inclusive, on rounded values) up to the next band's floor."""

    key: str
    floor: Fraction


@dataclass(frozen=True)
class Group:
    """A respondent group and the answers wanted from it."""

    key: str
    quota: int


class Linear(NamedTuple):
    """The survey index where every item has answers: the sum of ``weights`` times item means, and ``constant``.

    Both in units of 1 / ``denominator``; ``of`` gives the items' values in the order of the weights.
    """

    of: Callable[[Mapping[str, int]], tuple[int, ...]]
    weights: tuple[int, ...]
    constant: int
    denominator: int


Touched = tuple[tuple[int, tuple[int, ...]], ...]
"""(place of a variable, places of its indicators) for everything a piece of evidence reaches."""


@dataclass(frozen=True)
class Instrument:
    """Everything a score is a function of, beside the counts. ``places`` is the rounding, half-up."""

    key: str
    edition: str
    from_year: int
    lowest: int
    highest: int
    places: int
    variables: tuple[Variable, ...]
    bands: tuple[Band, ...]
    groups: tuple[Group, ...]
    provisional: bool
    level: str = "kabkota"
    lowest_answer: int = 1
    highest_answer: int = 4
    rollup: str = "equal"

    @cached_property
    def weight_total(self) -> int:
        """The common denominator of the weights."""
        return lcm(*(v.weight.denominator for v in self.variables))

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """The weights as integers over :attr:`weight_total`."""
        return tuple(int(v.weight * self.weight_total) for v in self.variables)

    @cached_property
    def group_keys(self) -> frozenset[str]:
        """The respondent groups' keys."""
        return frozenset(g.key for g in self.groups)

    @cached_property
    def layout(self) -> Layout:
        """The items by variable and indicator."""
        return tuple(tuple(indicator.items for indicator in variable.survey) for variable in self.variables)

    @cached_property
    def items(self) -> dict[str, tuple[int, int]]:
        """Item -> (place of its variable, place of its indicator)."""
        return {
            item: (v, i)
            for v, variable in enumerate(self.variables)
            for i, indicator in enumerate(variable.survey)
            for item in indicator.items
        }

    @cached_property
    def linear(self) -> Linear | None:
        """The survey index as one sum over the items; ``None`` where a variable asks nothing, and there is no index."""
        if not all(variable.survey for variable in self.variables):
            return None
        shares: dict[str, Fraction] = {}
        constant = Fraction(0)
        for variable in self.variables:
            of_indicator = variable.weight / len(variable.survey)
            for indicator in variable.survey:
                a, b, c = indicator.stretch or (1, 0, 1)
                constant += of_indicator * b / c
                shares |= {item: of_indicator * a / c / len(indicator.items) for item in indicator.items}
        common = lcm(constant.denominator, *(share.denominator for share in shares.values()))
        weights = tuple(int(share * common) for share in shares.values())
        return Linear(_getter(tuple(shares)), weights, int(constant * common), common)

    @cached_property
    def _reach(self) -> dict[tuple[str, ...], Touched]:
        return {}

    def reached_by(self, counters: tuple[str, ...]) -> Touched:
        """The evidence indicators that use any of these counters. Remembered: events come in few shapes."""
        reach = self._reach.get(counters)
        if reach is None:
            reach = self._reach[counters] = self._find_reach(frozenset(counters))
        return reach

    def _find_reach(self, counters: frozenset[str]) -> Touched:
        found = []
        for v, variable in enumerate(self.variables):
            places = tuple(i for i, e in enumerate(variable.evidence) if not counters.isdisjoint(e.of + e.over))
            if places:
                found.append((v, places))
        return tuple(found)

    @cached_property
    def scale(self) -> int:
        """Ten to the number of places: scores are rounded in units of its inverse."""
        return int(10**self.places)

    @cached_property
    def _floors(self) -> tuple[tuple[int, str], ...]:
        return tuple(sorted(((int(b.floor * self.scale), b.key) for b in self.bands), reverse=True))

    def band_of(self, rounded: int) -> str:
        """The band of a rounded score, given in units of ``10**-places``."""
        for floor, key in self._floors:
            if rounded >= floor:
                return key
        raise ValueError(f"{rounded} is below every band of {self.key}")


def _getter(items: tuple[str, ...]) -> Callable[[Mapping[str, int]], tuple[int, ...]]:
    """The values of these items; of one, still a tuple."""
    first, *others = items
    return itemgetter(first, *others) if others else lambda values: (values[first],)
