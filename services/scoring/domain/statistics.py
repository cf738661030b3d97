"""How sure a survey index is: its standard error and 95% interval, stratified by respondent group.

The index is taken as a weighted sum of ratios: of each variable the sum of the respondents' scores over their number.
To first order its error is the sum of u = sum over v of w_v (x_v - R_v) / N_v over the respondents, where x_v is the
respondent's score, R_v the variable's mean and N_v how many answered it. Groups are strata, drawn independently, so

    variance = sum over groups of n/(n-1) * (sum of u^2 - (sum of u)^2 / n).

A group with one respondent has no spread of its own: its u^2 counts, as if spread around the mean of all (cautious). No
finite population correction: a survey speaks of the year, not of the people who happened to be there. The interval is
the index +- 1.96 standard errors, rounded outwards, within the scale. All in integers and fractions, so that it's the
same everywhere.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from operator import mul
from typing import NamedTuple

from services.scoring.domain.exact import Ratio
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.moments import MICRO, Cell, cells, pairs_of
from services.scoring.domain.state import CityYear

Z = Fraction(196, 100)
"""The normal quantile of a two-sided 95% interval."""

PLACES = 6


class Interval(NamedTuple):
    """A standard error (six places) and the 95% interval around a value, in the places of its instrument."""

    standard_error: Decimal
    lower: Decimal
    upper: Decimal


class Comparison(NamedTuple):
    """Two values side by side. The difference is significant when it's beyond ``margin``, its own 95% half-width."""

    difference: Decimal
    margin: Decimal
    significant: bool


def variance(state: CityYear, instrument: Instrument, weights: Sequence[int], weight_total: int) -> Fraction | None:
    """The variance of the weighted sum of variables; ``None`` with fewer than two respondents, or none for a weight."""
    found = list(cells(state.moments, len(weights)))
    if sum(cell.number for cell in found) < 2:
        return None
    if all(len(cell.variables) == len(weights) for cell in found):
        plain = _of_complete(found, weights, weight_total)
    else:
        linear = _of_patterns(found, weights, weight_total)
        if linear is None:
            return None
        plain = linear
    return plain * _stretched(instrument) ** 2


def interval(value: Ratio | None, state: CityYear, instrument: Instrument) -> Interval | None:
    """Of the survey index ``value``."""
    if value is None:
        return None
    return _interval(value, variance(state, instrument, instrument.weights, instrument.weight_total), instrument)


def variable_interval(value: Ratio | None, place: int, state: CityYear, instrument: Instrument) -> Interval | None:
    """Of the survey score ``value`` of the variable at ``place``."""
    if value is None:
        return None
    only = [int(n == place) for n in range(len(instrument.variables))]
    return _interval(value, variance(state, instrument, only, 1), instrument)


def compare(value: Decimal, error: Decimal, other: Decimal, other_error: Decimal | None = None) -> Comparison:
    """``value - other``; without an error of its own the other is taken as it stands."""
    both = Fraction(error) ** 2 + Fraction(other_error or 0) ** 2
    margin = Z * root(both)
    difference = value - other
    return Comparison(difference, _decimal(margin, PLACES), abs(Fraction(difference)) > margin)


def root(square: Fraction) -> Fraction:
    """The square root, rounded down to nine places."""
    return Fraction(isqrt(square.numerator * 10**18 // square.denominator), 10**9)


def _interval(value: Ratio, square: Fraction | None, instrument: Instrument) -> Interval | None:
    if square is None:
        return None
    error, middle, scale = root(square), Fraction(*value), instrument.scale
    lower, upper = middle - Z * error, middle + Z * error
    floor = max(lower * scale // 1, instrument.lowest * scale)
    ceiling = min(-(-upper * scale // 1), instrument.highest * scale)
    return Interval(_decimal(error, PLACES), *(Decimal(int(n)).scaleb(-instrument.places) for n in (floor, ceiling)))


def _of_complete(found: Sequence[Cell], weights: Sequence[int], weight_total: int) -> Fraction:
    """Everybody answered every variable: u is y - mean of y, with y the respondent's own index."""
    everyone = sum(cell.number for cell in found)
    sums = [sum(map(mul, weights, cell.sums)) for cell in found]
    overall, of_pairs = sum(sums), _pair_weights(tuple(weights))
    numerator, denominator = 0, 1  # a fraction of its own would look for a common divisor at every step
    for cell, y in zip(found, sums, strict=True):
        n = cell.number
        if n > 1:
            squares = sum(map(mul, of_pairs, cell.products.values()))
            part, below = n * squares - y * y, n - 1
        else:
            part, below = (y * everyone - overall) ** 2, everyone**2
        numerator, denominator = numerator * below + part * denominator, denominator * below
    return Fraction(numerator, denominator * (weight_total * MICRO * everyone) ** 2)


@lru_cache(maxsize=64)
def _pair_weights(weights: tuple[int, ...]) -> tuple[int, ...]:
    places = tuple(range(len(weights)))
    return tuple((1 if a == b else 2) * weights[a] * weights[b] for a, b in pairs_of(places))


def _of_patterns(found: Sequence[Cell], weights: Sequence[int], weight_total: int) -> Fraction | None:
    """Some left variables out: the general formula."""
    numbers, sums = [0] * len(weights), [0] * len(weights)
    for cell in found:
        for v, s in zip(cell.variables, cell.sums, strict=True):
            numbers[v] += cell.number
            sums[v] += s
    if any(weight and not n for weight, n in zip(weights, numbers, strict=True)):
        return None
    means = [Fraction(s, n) if n else Fraction(0) for s, n in zip(sums, numbers, strict=True)]
    parts = [Fraction(w, n * weight_total) if n else Fraction(0) for w, n in zip(weights, numbers, strict=True)]
    strata: dict[str, tuple[int, Fraction, Fraction]] = {}
    for cell in found:
        n, first, second = strata.get(cell.group, (0, Fraction(0), Fraction(0)))
        strata[cell.group] = (n + cell.number, first + _first(cell, parts, means), second + _second(cell, parts, means))
    total = sum((n * second - first * first) / (n - 1) if n > 1 else second for n, first, second in strata.values())
    return Fraction(total) / MICRO**2


def _first(cell: Cell, parts: Sequence[Fraction], means: Sequence[Fraction]) -> Fraction:
    pairs = zip(cell.variables, cell.sums, strict=True)
    return sum((parts[v] * (s - means[v] * cell.number) for v, s in pairs), Fraction(0))


def _second(cell: Cell, parts: Sequence[Fraction], means: Sequence[Fraction]) -> Fraction:
    sums = dict(zip(cell.variables, cell.sums, strict=True))
    total = Fraction(0)
    for (a, b), product in cell.products.items():
        centred = product - means[a] * sums[b] - means[b] * sums[a] + means[a] * means[b] * cell.number
        total += (1 if a == b else 2) * parts[a] * parts[b] * centred
    return total


def _stretched(instrument: Instrument) -> Fraction:
    """How much wider a score is than an answer."""
    return Fraction(instrument.highest - instrument.lowest, instrument.highest_answer - instrument.lowest_answer)


def _decimal(value: Fraction, places: int) -> Decimal:
    scale = 10**places
    return Decimal((2 * value.numerator * scale + value.denominator) // (2 * value.denominator)).scaleb(-places)
