"""Why a variable is where it is: every indicator with its own value and its part of the variable and the index.

Parts are in units of 1e-9 and sum exactly: items and counters to their indicator, indicators to the variable,
variables to the index.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.scoring.domain.exact import Ratio, half_even, nine_places
from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.instrument import EvidenceIndicator, SurveyIndicator


class ItemPart(NamedTuple):
    """An item with the sum and number of its answers, and what it's worth in the variable."""

    item: str
    answers: int
    total: int
    variable_part: int


class CounterPart(NamedTuple):
    """A counter an indicator looks at; ``over`` when it's what another is divided by."""

    counter: str
    value: int
    over: bool


class IndicatorPart(NamedTuple):
    """One indicator: its value on the scale (``None`` when there's nothing to measure), its parts, what it's made of.

    ``next_breakpoint`` is (value of the measure, score) of the next point of its curve, ``None`` at the end.
    """

    indicator: str
    value: int | None
    variable_part: int | None
    index_part: int | None
    items: tuple[ItemPart, ...] = ()
    counters: tuple[CounterPart, ...] = ()
    next_breakpoint: tuple[str, str] | None = None


class VariablePart(NamedTuple):
    """A variable: its value and its part of the index, and the indicators it's the mean of."""

    variable: str
    value: int | None
    index_part: int | None
    indicators: tuple[IndicatorPart, ...]


def composition(scored: ScoredYear, name: ReadingName) -> tuple[VariablePart, ...]:
    """The whole present value of a reading, taken apart."""
    reading = scored.running if name == "running" else scored.survey
    instrument = scored.instrument
    exact = [
        None if value is None else (value[0] * weight, value[1] * instrument.weight_total)
        for value, weight in zip(reading.variables, instrument.weights, strict=True)
    ]
    in_index = shared_out(reading.index_nine, exact)
    return tuple(
        VariablePart(
            variable.key,
            reading.variable_nine[place],
            in_index[place],
            _indicators(scored, name, place, reading.variable_nine[place], in_index[place]),
        )
        for place, variable in enumerate(instrument.variables)
    )


def shared_out(total: int | None, exact: Sequence[Ratio | None]) -> list[int | None]:
    """The exact parts rounded so that they sum to ``total``; the largest takes what rounding left over."""
    if total is None:
        return [None] * len(exact)
    parts = [0 if value is None else half_even(value, 10**9) for value in exact]
    if parts:
        parts[parts.index(max(parts))] += total - sum(parts)
    return list(parts)


def _indicators(
    scored: ScoredYear, name: ReadingName, place: int, total: int | None, in_index: int | None
) -> tuple[IndicatorPart, ...]:
    variable = scored.instrument.variables[place]
    values = (scored.running if name == "running" else scored.survey).indicators[place]
    present = sum(value is not None for value in values) or 1
    weight, weights = scored.instrument.weights[place], scored.instrument.weight_total
    parts = shared_out(total, [_divided(value, present) for value in values])
    index_parts = shared_out(in_index, [_divided(value, present, weight, weights) for value in values])
    kinds: Sequence[EvidenceIndicator | SurveyIndicator] = variable.evidence if name == "running" else variable.survey
    return tuple(
        _indicator(scored, kind, value, part, index_part)
        for kind, value, part, index_part in zip(kinds, values, parts, index_parts, strict=True)
    )


def _divided(value: Ratio | None, by: int, weight: int = 1, weights: int = 1) -> Ratio | None:
    return None if value is None else (value[0] * weight, value[1] * by * weights)


def _indicator(
    scored: ScoredYear,
    kind: EvidenceIndicator | SurveyIndicator,
    value: Ratio | None,
    part: int | None,
    index_part: int | None,
) -> IndicatorPart:
    found = IndicatorPart(kind.key, nine_places(value), None if value is None else part, index_part)
    if value is None:
        found = found._replace(index_part=None)
    if isinstance(kind, SurveyIndicator):
        return found._replace(items=_items(scored, kind, found.variable_part))
    counters = scored.state.counters
    named = [CounterPart(name, counters.get(name, 0), over) for over in (False, True) for name in _named(kind, over)]
    return found._replace(counters=tuple(named), next_breakpoint=_next_breakpoint(kind, counters))


def _items(scored: ScoredYear, kind: SurveyIndicator, total: int | None) -> tuple[ItemPart, ...]:
    sums, counts = scored.state.item_sums, scored.state.item_counts
    answered = [item for item in kind.items if counts.get(item)]
    up, offset, down = kind.stretch or (1, 0, 1)
    if not answered or total is None:
        return ()
    means = [(up * sums[i] + offset * counts[i], down * counts[i]) for i in answered]
    whole = sum(half_even(mean, 10**9) for mean in means) or 1
    parts = shared_out(total, [(half_even(mean, 10**9) * total, whole * 10**9) for mean in means])
    return tuple(
        ItemPart(item, counts[item], sums[item], part or 0) for item, part in zip(answered, parts, strict=True)
    )


def _named(kind: EvidenceIndicator, over: bool) -> tuple[str, ...]:
    return kind.over if over else kind.of


def _next_breakpoint(kind: EvidenceIndicator, counters: dict[str, int]) -> tuple[str, str] | None:
    numerator = sum(counters.get(name, 0) for name in kind.of)
    denominator = sum(counters.get(name, 0) for name in kind.over) if kind.over else 1
    for x, y in kind.curve.points:
        if denominator > 0 and x * denominator > numerator:
            return f"{float(x):g}", f"{float(y):g}"
    return None
