"""What weights can do: the extremes are exact, and every choice of weights lies between them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.domain.sensitivity import (
    BoundsError,
    extremes,
    index,
    named_ranks,
    possible_ranks,
    rank,
)

SCORES = st.fractions(1, 4, max_denominator=1000)
CITY = st.tuples(SCORES, SCORES, SCORES, SCORES, SCORES)
LOW, HIGH = Fraction(1, 10), Fraction(2, 5)


@st.composite
def weights_within(draw: st.DrawFn) -> tuple[Fraction, ...]:
    """Weights between LOW and HIGH that sum to 1: a mean of corners."""
    parts = draw(st.lists(st.permutations([HIGH, Fraction(3, 10), LOW, LOW, LOW]), min_size=1, max_size=4))
    return tuple(sum(part[n] for part in parts) / len(parts) for n in range(5))


@given(CITY, weights_within())
def test_any_weights_within_the_bounds_give_an_index_between_the_extremes(
    city: tuple[Fraction, ...], weights: tuple[Fraction, ...]
) -> None:
    assert sum(weights) == 1
    least, most = extremes(city, LOW, HIGH)
    assert least <= index(city, weights) <= most
    corners = sorted(city)
    assert most == index(tuple(corners[::-1]), (HIGH, Fraction(3, 10), LOW, LOW, LOW))
    assert least == index(tuple(corners), (HIGH, Fraction(3, 10), LOW, LOW, LOW))


@given(CITY)
def test_without_bounds_the_extremes_are_the_variables(city: tuple[Fraction, ...]) -> None:
    assert extremes(city, Fraction(0), Fraction(1)) == (min(city), max(city))
    mean = sum(city) / 5
    assert extremes(city, Fraction(1, 5), Fraction(1, 5)) == (mean, mean)


@given(CITY, st.lists(CITY, max_size=6), st.lists(weights_within(), min_size=1, max_size=3))
def test_ranks_stay_within_what_is_possible(
    own: tuple[Fraction, ...], others: list[tuple[Fraction, ...]], choices: list[tuple[Fraction, ...]]
) -> None:
    bounds = possible_ranks(own, others, LOW, HIGH)
    found = named_ranks(own, others, {str(n): weights for n, weights in enumerate(choices)})
    assert bounds.best <= found.best <= found.worst <= bounds.worst
    assert rank(own, [], choices[0]) == 1


@pytest.mark.parametrize(("low", "high"), [("0.3", "1"), ("0", "0.1"), ("0.3", "0.2"), ("-1", "1")])
def test_bounds_no_weights_fit(low: str, high: str) -> None:
    with pytest.raises(BoundsError):
        extremes((Fraction(1),) * 5, Fraction(low), Fraction(high))
