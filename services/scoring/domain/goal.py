"""The smallest sets of actions that bring the running index to a target, the cheapest first.

An index is a sum over indicators, and an action adds to counters, so what an action brings is looked up indicator by
indicator, in floating point, to find candidates fast. Every candidate is then measured exactly and cut down: no
set that is answered could do with one unit less of anything. Whether it's a good plan is a person's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.instrument import EvidenceIndicator
from services.scoring.domain.score import Score, evidence_value, running_reading

GRID = 12
CANDIDATES_MAX = 40
STEPS = (1, 3, 9, 27, 81)
GREEDY_STEPS_MAX = 200
LEFT_OUT_MAX = 4
AS_GOOD = 0.999


@dataclass(frozen=True)
class Action:
    """Something an office can do: what one unit adds to the counters, what it costs, how many there can be.

    ``within`` bounds a part by its whole: (part, whole, factor) holds ``part <= factor * whole``.
    """

    key: str
    adds: tuple[tuple[str, int], ...]
    cost: Decimal
    most: int
    within: tuple[tuple[str, str, int], ...] = ()


class Plan(NamedTuple):
    """Units of each action, what they cost together, and the index they lead to."""

    units: tuple[tuple[str, int], ...]
    cost: Decimal
    score: Score


class Goal(NamedTuple):
    """The plans found; ``best`` is the index with every action taken as far as it goes, when none reaches."""

    plans: list[Plan]
    best: Score | None


Units = dict[int, int]
"""Place of an action -> units of it."""


class Search:
    """One search from one state. Actions that can't move anything are left out."""

    def __init__(self, scored: ScoredYear, actions: Sequence[Action], target: Decimal) -> None:
        self._scored, self._target = scored, target
        self._counters = dict(scored.state.counters)
        self._threshold = float(target) - 0.5 * 10.0**-scored.instrument.places - 1e-9
        instrument = scored.instrument
        self._indicators = [v.evidence for v in instrument.variables]
        self._weights = [weight / instrument.weight_total for weight in instrument.weights]
        self._values = [[_value(e, self._counters) for e in own] for own in self._indicators]
        self._means = [_mean(values) for values in self._values]
        self._actions = [action for action in actions if action.most > 0 and self._reach(action)]
        self._reached = [self._reach(action) for action in self._actions]
        self._variables = [frozenset(variable for variable, _ in reach) for reach in self._reached]
        self._base = sum(weight * mean for weight, mean in zip(self._weights, self._means, strict=True))

    def plans(self, limit: int) -> Goal:
        """The cheapest minimal sets. None when the target is reached already."""
        if self._reaches({}):
            return Goal([], self._score({}))
        found: dict[tuple[tuple[int, int], ...], Units] = {}
        for candidate in self._candidates():
            if self._reaches(candidate):
                cut = self._cut(candidate)
                found[tuple(sorted(cut.items()))] = cut
        plans = sorted((self._plan(units) for units in found.values()), key=lambda p: (p.cost, len(p.units), p.units))
        return Goal(plans[:limit], None if plans else self._as_far_as_it_goes())

    def _candidates(self) -> list[Units]:
        """One action alone, two together, and the best mixture with and without each of its parts."""
        places = range(len(self._actions))
        found = [units for place in places if (units := self._fewest({}, place))]
        for first, second in combinations(places, 2):
            most = self._actions[first].most
            for count in sorted({max(1, most * step // GRID) for step in range(1, GRID + 1)} | {1, 2, 3}):
                units = self._fewest({first: min(count, most)}, second)
                if units:
                    found.append(units)
        found.sort(key=self._cost)
        found = found[:CANDIDATES_MAX]
        mixture = self._greedy(frozenset())
        if mixture:
            dearest = sorted(mixture, key=lambda p: (-self._actions[p].cost * mixture[p], p))[:LEFT_OUT_MAX]
            found += [mixture, *(m for place in dearest if (m := self._greedy(frozenset({place}))))]
        return found

    def _fewest(self, given: Units, place: int) -> Units | None:
        """The fewest units of an action that reach the target together with what is given; ``None`` if none do."""
        low, high = 1, self._actions[place].most
        if self._estimate({**given, place: high}) < self._threshold:
            return None
        while low < high:
            middle = (low + high) // 2
            if self._estimate({**given, place: middle}) >= self._threshold:
                high = middle
            else:
                low = middle + 1
        return {**given, place: low}

    def _greedy(self, without: frozenset[int]) -> Units | None:
        """Whatever brings most for its cost, again and again; of steps that are as good the longest."""
        units: Units = {}
        reached = self._base
        steps: dict[int, tuple[float, int, int]] = {}
        for _ in range(GREEDY_STEPS_MAX):
            if reached >= self._threshold:
                return units
            for place in range(len(self._actions)):
                if place not in without and place not in steps:
                    steps[place] = self._best_step(units, place, reached)
            worth, place, step = max(steps.values(), key=lambda found: found[0])
            if not worth:
                return None
            units[place] = units.get(place, 0) + step
            reached = self._estimate(units)
            # What an action brings changes only with actions that move the same variables.
            steps = {p: found for p, found in steps.items() if self._variables[p].isdisjoint(self._variables[place])}
        return None

    def _best_step(self, units: Units, place: int, reached: float) -> tuple[float, int, int]:
        """(gain for its cost, action, number of units); no gain when nothing more can be had of this action."""
        had, action = units.get(place, 0), self._actions[place]
        best = (0.0, place, 0)
        for step in (*STEPS, action.most - had):
            more = {**units, place: had + step}
            if 0 < step <= action.most - had and self._fits(more):
                gain = self._estimate(more) - reached
                worth = gain / (float(action.cost) * step + 1e-9)
                if gain > 1e-9 and worth >= best[0] * AS_GOOD:
                    best = (worth, place, step)
        return best

    def _cut(self, units: Units) -> Units:
        """The same with no unit too many, the dearest tried first; exact."""
        units = dict(units)
        for place in sorted(units, key=lambda p: (-self._actions[p].cost, p)):
            low, high = 0, units[place]
            while low < high:
                middle = (low + high) // 2
                if self._reaches({**units, place: middle}):
                    high = middle
                else:
                    low = middle + 1
            units[place] = low
        units = {place: count for place, count in units.items() if count}
        for place in list(units):
            while units.get(place) and self._reaches(fewer := {**units, place: units[place] - 1}):
                units = {p: n for p, n in fewer.items() if n}
        return units

    def _reaches(self, units: Units) -> bool:
        score = self._score(units)
        return self._fits(units) and score is not None and score.value >= self._target

    def _score(self, units: Units) -> Score | None:
        state = replace(self._scored.state, counters=self._after(units))
        return running_reading(state, self._scored.instrument).index_score()

    def _after(self, units: Units) -> dict[str, int]:
        counters = dict(self._counters)
        for place, count in units.items():
            for name, addition in self._actions[place].adds:
                counters[name] = counters.get(name, 0) + addition * count
        return counters

    def _fits(self, units: Units) -> bool:
        counters = self._after(units)
        return all(
            counters.get(part, 0) <= factor * counters.get(whole, 0)
            for place in units
            for part, whole, factor in self._actions[place].within
        )

    def _as_far_as_it_goes(self) -> Score | None:
        """The index with every action taken until it brings nothing more or a bound stops it."""
        units: Units = {}
        for place, action in enumerate(self._actions):
            count = action.most
            while count and not self._fits({**units, place: count}):
                count -= 1
            if count:
                units[place] = count
        return self._score(units)

    def _estimate(self, units: Units) -> float:
        counters = self._after(units)
        touched: dict[int, list[float | None]] = {}
        for place in units:
            for variable, indicator in self._reached[place]:
                values = touched.setdefault(variable, list(self._values[variable]))
                values[indicator] = _value(self._indicators[variable][indicator], counters)
        changes = (self._weights[v] * (_mean(values) - self._means[v]) for v, values in touched.items())
        return self._base + sum(changes)

    def _reach(self, action: Action) -> tuple[tuple[int, int], ...]:
        """(variable, indicator) of everything an action moves."""
        names = {name for name, _ in action.adds}
        return tuple(
            (variable, place)
            for variable, own in enumerate(self._indicators)
            for place, indicator in enumerate(own)
            if not names.isdisjoint(indicator.of + indicator.over)
        )

    def _cost(self, units: Mapping[int, int]) -> Decimal:
        return sum((self._actions[place].cost * count for place, count in units.items()), Decimal(0))

    def _plan(self, units: Units) -> Plan:
        score = self._score(units)
        assert score is not None  # noqa: S101 - it reached the target
        named = tuple((self._actions[place].key, count) for place, count in sorted(units.items()))
        return Plan(named, self._cost(units), score)


def _value(indicator: EvidenceIndicator, counters: dict[str, int]) -> float | None:
    value = evidence_value(indicator, counters)
    return None if value is None else value[0] / value[1]


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def cheapest_plans(scored: ScoredYear, actions: Iterable[Action], target: Decimal, limit: int) -> Goal:
    """Plans for a year as it is. ``target`` is compared with the rounded index, as it's shown and classified."""
    return Search(scored, tuple(actions), target).plans(limit)
