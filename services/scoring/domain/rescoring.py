"""The same counts under another edition."""

from dataclasses import replace

from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.state import CityYear


def under(state: CityYear, instrument: Instrument) -> ScoredYear:
    """A state scored with an instrument that need not be its own.

    What the registry counted means the same in every edition. Answers count only where the other edition asks the
    same of the same groups: answers to another questionnaire give no survey index, never a wrong one.
    """
    if instrument.key == state.instrument or _asks_the_same(state, instrument):
        return ScoredYear(state, instrument)
    return ScoredYear(replace(state, item_sums={}, item_counts={}, group_answers={}, moments={}), instrument)


def _asks_the_same(state: CityYear, instrument: Instrument) -> bool:
    return state.item_counts.keys() <= instrument.items.keys() and state.group_answers.keys() <= instrument.group_keys
