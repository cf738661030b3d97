"""The whole way of one event's effect: event -> item or counter -> indicator -> variable -> index.

The fold shares a change between variables (:mod:`fold`); here each variable's share is divided among the indicators
that moved, and each indicator's among the items or counters that moved it. A part is what its own movement is worth,
rounded to 1e-9; what rounding leaves over, and what can't be told apart (an indicator that came to be), is put to
the part that moved most. So at every level the parts sum exactly to what they are parts of.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.scoring.domain.evidence import Evidence
from services.scoring.domain.exact import Ratio, half_even, nine_places
from services.scoring.domain.fold import Moved, ReadingName, ScoredYear
from services.scoring.domain.instrument import EvidenceIndicator, SurveyIndicator
from services.scoring.domain.score import evidence_value

WHOLE_SCALE = 10**12


class Link(NamedTuple):
    """One item's or counter's part in one event's effect on a reading. Shares in units of 1e-9, ``None`` when the
    index (or the variable) came to be or ceased to be with this event."""

    reading: ReadingName
    variable: str
    indicator: str
    evidence: str
    index_share: int | None
    variable_share: int | None


class _Before(NamedTuple):
    """What the links are measured against."""

    indicators: dict[ReadingName, list[list[Ratio | None]]]
    counters: dict[str, int]
    items: dict[str, tuple[int, int]]


def linked(scored: ScoredYear, evidence: Evidence) -> tuple[list[Moved], list[Link]]:
    """Fold one event in, as :meth:`ScoredYear.add` does, and follow each movement down to the evidence."""
    before = _remember(scored, evidence)
    moved = scored.add(evidence)
    return moved, [link for movement in moved for link in _links(scored, evidence, before, movement)]


def divide(total: int | None, movements: Sequence[int | None], factor: Ratio) -> list[int | None]:
    """``total`` in parts: each movement times the factor, rounded; the rest to the part that moved most.

    A movement of ``None`` is one that came to be or ceased to be.
    """
    if total is None:
        return [None] * len(movements)
    numerator, denominator = factor
    parts = [0 if m is None else half_even((m * numerator, denominator), 1) for m in movements]
    sizes = [WHOLE_SCALE if m is None else abs(m) for m in movements]
    parts[sizes.index(max(sizes))] += total - sum(parts)
    return list(parts)


def _remember(scored: ScoredYear, evidence: Evidence) -> _Before:
    state = scored.state
    return _Before(
        {
            "survey": [list(values) for values in scored.survey.indicators],
            "running": [list(values) for values in scored.running.indicators],
        },
        dict(state.counters),
        {item: (state.item_sums.get(item, 0), state.item_counts.get(item, 0)) for item in evidence.answers},
    )


def _links(scored: ScoredYear, evidence: Evidence, before: _Before, moved: Moved) -> list[Link]:
    reading = scored.running if moved.reading == "running" else scored.survey
    place = next(n for n, v in enumerate(scored.instrument.variables) if v.key == moved.variable)
    variable = scored.instrument.variables[place]
    indicators: Sequence[EvidenceIndicator | SurveyIndicator] = (
        variable.evidence if moved.reading == "running" else variable.survey
    )
    now, was = reading.indicators[place], before.indicators[moved.reading][place]
    touched = [n for n, indicator in enumerate(indicators) if _evidence_of(indicator, evidence)]
    changes = [_difference(was[n], now[n]) for n in touched]
    present = sum(value is not None for value in now) or 1
    weight = scored.instrument.weights[place]
    index_factor = (weight, scored.instrument.weight_total * present)
    index_parts = divide(moved.index_share, changes, index_factor)
    variable_parts = divide(moved.variable_share, changes, (1, present))
    links: list[Link] = []
    for n, index_part, variable_part in zip(touched, index_parts, variable_parts, strict=True):
        names, own = _movements(indicators[n], scored, evidence, before)
        up, down = _worth(indicators[n], scored)
        in_index = divide(index_part, own, (index_factor[0] * up, index_factor[1] * down))
        in_variable = divide(variable_part, own, (up, present * down))
        links += [
            Link(moved.reading, moved.variable, indicators[n].key, name, i, v)
            for name, i, v in zip(names, in_index, in_variable, strict=True)
            if i != 0 or v != 0
        ]
    return links


def _evidence_of(indicator: EvidenceIndicator | SurveyIndicator, evidence: Evidence) -> list[str]:
    """The names in an event's evidence that an indicator looks at."""
    if isinstance(indicator, SurveyIndicator):
        return [item for item in indicator.items if item in evidence.answers]
    used = {*indicator.of, *indicator.over}
    return [name for name, addition in evidence.counters if name in used and addition]


def _movements(
    indicator: EvidenceIndicator | SurveyIndicator, scored: ScoredYear, evidence: Evidence, before: _Before
) -> tuple[list[str], list[int | None]]:
    """The items or counters of an indicator, and by how much each moved it: items by their means, counters one after
    the other."""
    names = _evidence_of(indicator, evidence)
    state = scored.state
    if isinstance(indicator, SurveyIndicator):
        means = [(_mean(before.items[i]), _mean((state.item_sums[i], state.item_counts[i]))) for i in names]
        return names, [_difference(was, now) for was, now in means]
    additions = dict(evidence.counters)
    counters = dict(before.counters)
    steps: list[int | None] = []
    value = evidence_value(indicator, counters)
    for name in names:
        counters[name] = counters.get(name, 0) + additions[name]
        after = evidence_value(indicator, counters)
        steps.append(_difference(value, after))
        value = after
    return names, steps


def _worth(indicator: EvidenceIndicator | SurveyIndicator, scored: ScoredYear) -> Ratio:
    """What a movement of one item or counter is worth in its indicator: an item is one of those answered."""
    if isinstance(indicator, EvidenceIndicator):
        return 1, 1
    answered = sum(1 for item in indicator.items if scored.state.item_counts.get(item))
    up, _, down = indicator.stretch or (1, 0, 1)
    return up, down * max(answered, 1)


def _mean(sum_and_count: tuple[int, int]) -> Ratio | None:
    return sum_and_count if sum_and_count[1] > 0 else None


def _difference(before: Ratio | None, after: Ratio | None) -> int | None:
    was, now = nine_places(before), nine_places(after)
    if was is None and now is None:
        return 0
    return None if was is None or now is None else now - was
