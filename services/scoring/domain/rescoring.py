"""The same counts under another edition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import lcm
from operator import mul
from typing import NamedTuple

from services.scoring.domain.exact import Ratio, half_up
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.score import survey_reading
from services.scoring.domain.state import CityYear

ASKED_KEPT_MAX = 4_096


def under(state: CityYear, instrument: Instrument) -> ScoredYear:
    """A state scored with an instrument that need not be its own.

    What the registry counted means the same in every edition. Answers count only where the other edition asks the
    same of the same groups: answers to another questionnaire give no survey index, never a wrong one.
    """
    if instrument.key == state.instrument or _asks_the_same(state, instrument):
        return ScoredYear(state, instrument)
    return ScoredYear(replace(state, item_sums={}, item_counts={}, group_answers={}, moments={}), instrument)


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """Who answered what, of which edition: numbers of answers by item, questionnaires by group; no zeros.

    A complete survey asks as many of each, so most villages were asked alike and share one of these.
    """

    instrument: str
    item_counts: Mapping[str, int]
    group_answers: Mapping[str, int]


class Surveyed(NamedTuple):
    """What a survey index is made of, and whose it is: who was asked, and the sums of answers by item."""

    region: str
    year: int
    asked: Asked
    item_sums: Mapping[str, int]


class Shares(NamedTuple):
    """A survey index as one sum: ``weights`` times the items' sums, and ``constant``, over ``denominator``."""

    of: Callable[[Mapping[str, int]], tuple[int, ...]]
    weights: tuple[int, ...]
    constant: int
    denominator: int


class SurveyUnder:
    """Survey indices under one edition, and nothing else: there are 83,762 villages.

    What depends on who was asked alone is worked out once for all who were asked alike.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._shares = lru_cache(ASKED_KEPT_MAX)(self._shares_of)

    def band(self, surveyed: Surveyed) -> str | None:
        """The band of the survey index; ``None`` where there is no index."""
        index, instrument = self.index(surveyed), self._instrument
        return None if index is None else instrument.band_of(half_up(index, instrument.scale))

    def index(self, surveyed: Surveyed) -> Ratio | None:
        """The survey index; ``None`` where other things were asked, or not yet all groups."""
        shares = self._shares(surveyed.asked)
        if shares is None:
            return self._step_by_step(surveyed)
        of, weights, constant, denominator = shares
        return sum(map(mul, of(surveyed.item_sums), weights)) + constant, denominator

    def _shares_of(self, asked: Asked) -> Shares | None:
        """Where every item has answers, as in nearly all villages."""
        linear, counts = self._instrument.linear, asked.item_counts
        if linear is None or not self._fits(asked) or counts.keys() != self._instrument.items.keys():
            return None
        numbers = linear.of(counts)
        common = lcm(*set(numbers))
        weights = tuple([weight * (common // number) for weight, number in zip(linear.weights, numbers, strict=True)])
        return Shares(linear.of, weights, linear.constant * common, linear.denominator * common)

    def _step_by_step(self, surveyed: Surveyed) -> Ratio | None:
        asked = surveyed.asked
        if not self._fits(asked):
            return None
        counts, groups = dict(asked.item_counts), dict(asked.group_answers)
        state = CityYear("", 0, "", {}, dict(surveyed.item_sums), counts, groups)
        return survey_reading(state, self._instrument).index

    def _fits(self, asked: Asked) -> bool:
        instrument = self._instrument
        return (
            asked.group_answers.keys() == instrument.group_keys and asked.item_counts.keys() <= instrument.items.keys()
        )


def _asks_the_same(state: CityYear, instrument: Instrument) -> bool:
    return state.item_counts.keys() <= instrument.items.keys() and state.group_answers.keys() <= instrument.group_keys
