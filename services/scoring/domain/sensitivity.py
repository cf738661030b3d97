"""How much an index, and a city's place among others, owes to the weights: under named weights, and under any within
bounds. Exact: the weighted sum is linear in the weights, so its extremes lie where weights are at their bounds."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

Weights = tuple[Fraction, ...]
Values = tuple[Fraction, ...]
"""A city's variables, in the order of the weights."""


class BoundsError(ValueError):
    """No weights within the bounds sum to 1."""


class RankBand(NamedTuple):
    """The best and the worst place among others (1 is the highest index; equal ones share the better place)."""

    best: int
    worst: int


def index(values: Values, weights: Weights) -> Fraction:
    """The weighted sum."""
    return sum((w * v for w, v in zip(weights, values, strict=True)), Fraction(0))


def extremes(values: Values, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The least and the greatest weighted sum over all weights between ``low`` and ``high`` that sum to 1.

    Raises :class:`BoundsError`.
    """
    if not 0 <= low <= high or low * len(values) > 1 or high * len(values) < 1:
        raise BoundsError
    return _filled(sorted(values), low, high), _filled(sorted(values, reverse=True), low, high)


def _filled(ordered: Sequence[Fraction], low: Fraction, high: Fraction) -> Fraction:
    """Every weight at its lower bound, and what is left given to the first values, each up to its upper bound."""
    left, total = 1 - low * len(ordered), Fraction(0)
    for value in ordered:
        more = min(left, high - low)
        total += (low + more) * value
        left -= more
    return total


def rank(own: Values, others: Sequence[Values], weights: Weights) -> int:
    """The place among others under some weights."""
    mine = index(own, weights)
    return 1 + sum(index(other, weights) > mine for other in others)


def named_ranks(own: Values, others: Sequence[Values], sets: Mapping[str, Weights]) -> RankBand:
    """Over the named weights."""
    places = [rank(own, others, weights) for weights in sets.values()]
    return RankBand(min(places), max(places))


def possible_ranks(own: Values, others: Sequence[Values], low: Fraction, high: Fraction) -> RankBand:
    """Bounds over all weights within the bounds: who is ahead whatever the weights, and who could ever be."""
    always = ever = 0
    for other in others:
        least, most = extremes(tuple(o - m for o, m in zip(other, own, strict=True)), low, high)
        always += least > 0
        ever += most > 0
    return RankBand(1 + always, 1 + ever)
