"""Exact rational arithmetic on pairs of integers, for the hot path.

A :data:`Ratio` is ``(numerator, denominator)`` with a positive denominator, not reduced. ``fractions.Fraction``
reduces after every step, which costs more than the whole fold; here the pairs are short-lived and every rounding is
done once, on the exact value.
"""

from collections.abc import Iterable, Sequence

Ratio = tuple[int, int]

NINE_PLACES = 10**9


def mean(values: Iterable[Ratio | None]) -> Ratio | None:
    """The plain mean of the values that are there; ``None`` when none is."""
    total, denominator, count = 0, 1, 0
    for value in values:
        if value is None:
            continue
        numerator, own = value
        if own == denominator:
            total += numerator
        else:
            total = total * own + numerator * denominator
            denominator *= own
        count += 1
    return (total, denominator * count) if count else None


def weighted(values: Sequence[Ratio | None], weights: Sequence[int], weight_total: int) -> Ratio | None:
    """The weighted sum over ``weight_total``; ``None`` when any value is missing (missing is never zero)."""
    total, denominator = 0, 1
    for value, weight in zip(values, weights, strict=True):
        if value is None:
            return None
        numerator, own = value
        if own == denominator:
            total += weight * numerator
        else:
            total = total * own + weight * numerator * denominator
            denominator *= own
    return total, denominator * weight_total


def half_up(value: Ratio, scale: int) -> int:
    """``value * scale`` rounded to the nearest integer, halves towards plus infinity."""
    numerator, denominator = value
    return (2 * numerator * scale + denominator) // (2 * denominator)


def half_even(value: Ratio, scale: int) -> int:
    """``value * scale`` rounded to the nearest integer, halves to the even neighbour."""
    numerator, denominator = value
    whole, rest = divmod(numerator * scale, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and whole & 1):
        return whole + 1
    return whole


def nine_places(value: Ratio | None) -> int | None:
    """The value in units of 1e-9, half-even: the precision in which scores are explained."""
    return None if value is None else half_even(value, NINE_PLACES)


def nine_text(units: int) -> str:
    """Units of 1e-9 written out, with all nine places."""
    digits = f"{abs(units):010d}"
    return f"{'-' if units < 0 else ''}{digits[:-9]}.{digits[-9:]}"
