"""The same counts under another edition."""

from collections.abc import Mapping
from dataclasses import replace
from math import lcm
from operator import mul
from typing import NamedTuple

from services.scoring.domain.exact import Ratio, half_up
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.score import survey_reading
from services.scoring.domain.state import CityYear


def under(state: CityYear, instrument: Instrument) -> ScoredYear:
    """A state scored with an instrument that need not be its own.

    What the registry counted means the same in every edition. Answers count only where the other edition asks the
    same of the same groups: answers to another questionnaire give no survey index, never a wrong one.
    """
    if instrument.key == state.instrument or _asks_the_same(state, instrument):
        return ScoredYear(state, instrument)
    return ScoredYear(replace(state, item_sums={}, item_counts={}, group_answers={}, moments={}), instrument)


class Surveyed(NamedTuple):
    """What a survey index is made of, and whose it is: sums and numbers of answers by item, questionnaires by group.

    As in a canonical state: no zeros. ``instrument`` is the edition that was asked.
    """

    region: str
    year: int
    instrument: str
    item_sums: Mapping[str, int]
    item_counts: Mapping[str, int]
    group_answers: Mapping[str, int]


def survey_band(surveyed: Surveyed, instrument: Instrument) -> str | None:
    """The band of the survey index under an edition; ``None`` where it has no index."""
    index = survey_index(surveyed, instrument)
    return None if index is None else instrument.band_of(half_up(index, instrument.scale))


def survey_index(surveyed: Surveyed, instrument: Instrument) -> Ratio | None:
    """The survey index under an edition, and nothing else: there are 83,762 villages.

    Where every item has answers, as in nearly all of them, it's one sum over the items.
    """
    _, _, _, sums, counts, groups = surveyed
    linear = instrument.linear
    if groups.keys() != instrument.group_keys or linear is None:
        return None  # asked of others, or not yet of all
    if counts.keys() == instrument.items.keys():
        numbers = linear.of(counts)
        common = lcm(*set(numbers))
        shares = map(mul, linear.weights, [common // number for number in numbers])
        return sum(map(mul, linear.of(sums), shares)) + linear.constant * common, linear.denominator * common
    if not counts.keys() <= instrument.items.keys():
        return None
    state = CityYear("", 0, "", {}, dict(sums), dict(counts), dict(groups))
    return survey_reading(state, instrument).index


def _asks_the_same(state: CityYear, instrument: Instrument) -> bool:
    return state.item_counts.keys() <= instrument.items.keys() and state.group_answers.keys() <= instrument.group_keys
