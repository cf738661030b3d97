"""What is kept of questionnaires so that their spread is known: sums and products of every respondent's variables.

A respondent's score of a variable is the mean of the indicators, each the mean of its answered items, in units of 1e-6
of an answer. A cell holds the respondents of one group who answered the same variables (nearly always all of them):
their number, the sums of their scores, and the sums of the products of every two. Answers of one person go together, so
the products are needed: without them the standard error of the index would come out far too small.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import lcm
from operator import mul
from typing import NamedTuple

from services.scoring.domain.exact import Ratio, half_even, mean
from services.scoring.domain.instrument import Layout

MICRO = 10**6

Moments = dict[str, list[int]]
"""Cell -> number, sums, products of (first, first), (first, second), ... The cell is the group's key, with the
variables answered as ``:10111`` behind it where some are missing."""


def add(moments: Moments, group: str, answers: Mapping[str, int], layout: Layout, sign: int) -> None:
    """Add one questionnaire; with ``sign`` -1 take it out again."""
    scores = [_score(answers, indicators) for indicators in layout]
    given = [score for score in scores if score is not None]
    cell = group if len(given) == len(scores) else f"{group}:{''.join('01'[score is not None] for score in scores)}"
    row = [1, *given, *[a * b for place, a in enumerate(given) for b in given[place:]]]
    kept = moments.get(cell)
    moments[cell] = [sign * n for n in row] if kept is None else [k + sign * n for k, n in zip(kept, row, strict=True)]


def _score(answers: Mapping[str, int], indicators: tuple[tuple[str, ...], ...]) -> int | None:
    weights, denominator = _whole(indicators)
    if weights and answers.keys() >= weights.keys():
        total = sum(map(mul, map(answers.__getitem__, weights), weights.values()))
        return half_even((total, denominator), MICRO)
    means: list[Ratio] = []
    for items in indicators:
        given = [answers[item] for item in items if item in answers]
        if given:
            means.append((sum(given), len(given)))
    value = mean(means)
    return None if value is None else half_even(value, MICRO)


@lru_cache(maxsize=256)
def _whole(indicators: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, int], int]:
    """What each item counts for where all are answered, and of how many: nearly everybody answers everything."""
    asked = [items for items in indicators if items]
    common = lcm(*(len(items) for items in asked))
    return {item: common // len(items) for items in asked for item in items}, common * len(asked)


class Cell(NamedTuple):
    """The respondents of one group who answered the same ``variables`` (places): their number, sums and products."""

    group: str
    variables: tuple[int, ...]
    number: int
    sums: tuple[int, ...]
    products: Mapping[tuple[int, int], int]


def cells(moments: Moments, variables: int) -> Iterator[Cell]:
    """The cells that hold anybody, with the products by the places of two variables, the smaller first."""
    for key in sorted(moments):
        row = moments[key]
        if not row[0]:
            continue
        group, _, pattern = key.partition(":")
        places = tuple(n for n in range(variables) if not pattern or pattern[n] == "1")
        products = dict(zip(pairs_of(places), row[1 + len(places) :], strict=True))
        yield Cell(group, places, row[0], tuple(row[1 : 1 + len(places)]), products)


@lru_cache(maxsize=256)
def pairs_of(places: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Every two places, the smaller first, in the order products are kept."""
    return tuple((a, b) for n, a in enumerate(places) for b in places[n:])
