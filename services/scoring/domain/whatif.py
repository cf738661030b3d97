"""What an index would be: the same arithmetic on a copy of the counts, and nothing is touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from services.scoring.domain.evidence import Evidence
from services.scoring.domain.exact import Ratio
from services.scoring.domain.fold import Moved, ScoredYear, Scores
from services.scoring.domain.instrument import SurveyIndicator

Means = Mapping[str, Fraction]


@dataclass(frozen=True)
class SurveyMeans:
    """Supposed means of the survey: of items (in answers), of indicators or of variables (in scores)."""

    items: Means = field(default_factory=dict)
    indicators: Means = field(default_factory=dict)
    variables: Means = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.items or self.indicators or self.variables)


class Supposed(NamedTuple):
    """The scores that would be, and what each supposed event would move."""

    scores: Scores
    moved: list[list[Moved]]


def copy_of(scored: ScoredYear) -> ScoredYear:
    """The same year, to be changed without changing it."""
    state = scored.state
    copied = replace(
        state,
        counters=dict(state.counters),
        item_sums=dict(state.item_sums),
        item_counts=dict(state.item_counts),
        group_answers=dict(state.group_answers),
        moments=dict(state.moments),
    )
    return ScoredYear(copied, scored.instrument)


def suppose(scored: ScoredYear, events: Iterable[Evidence], means: SurveyMeans) -> Supposed:
    """Suppose some events and survey means. Means count as if every respondent group had answered."""
    year = copy_of(scored)
    moved = [year.add(evidence) for evidence in events]
    if means:
        _put_means(year, means)
    return Supposed(year.scores(), moved)


def _put_means(year: ScoredYear, means: SurveyMeans) -> None:
    reading = year.survey
    reading.complete = True
    for place, variable in enumerate(year.instrument.variables):
        changes: list[tuple[int, Ratio | None]] = []
        for own, indicator in enumerate(variable.survey):
            if indicator.key in means.indicators:
                changes.append((own, means.indicators[indicator.key].as_integer_ratio()))
            elif not means.items.keys().isdisjoint(indicator.items):
                changes.append((own, _indicator_of(year, indicator, means.items)))
        reading.put(place, changes)
        if variable.key in means.variables:
            reading.put_variable(place, means.variables[variable.key].as_integer_ratio())


def _indicator_of(year: ScoredYear, indicator: SurveyIndicator, items: Means) -> Ratio | None:
    state = year.state
    known = [
        items[item] if item in items else Fraction(state.item_sums[item], state.item_counts[item])
        for item in indicator.items
        if item in items or state.item_counts.get(item)
    ]
    mean = sum(known, Fraction(0)) / len(known)
    up, offset, down = indicator.stretch or (1, 0, 1)
    return ((up * mean + offset) / down).as_integer_ratio()
