"""No piece of positive evidence ever lowers anything, in any instrument that is shipped.

Positive is what stands above the line of an indicator. A ratio may fall by what stands below it alone: one more
business visited and found closed is no good news. So what is below is raised together with all that can be above it.
"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.evidence import COUNTERS, Evidence
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.instrument import EvidenceIndicator, Instrument
from services.scoring.domain.state import CityYear
from services.scoring.instrument import load_catalogue

SHIPPED = [file.plain for file in load_catalogue().instruments.values()]
INDICATORS = [(i, v.key, e) for i in SHIPPED for v in i.variables for e in v.evidence]
MOST_OF_ONE = {"areas.level": 4}
"""How much one thing below the line can bring above it, where that isn't one."""


def parts_of(instrument: Instrument) -> dict[str, set[str]]:
    """What is below a line -> everything that stands above it."""
    found: dict[str, set[str]] = {}
    for variable in instrument.variables:
        for indicator in variable.evidence:
            for whole in indicator.over:
                found.setdefault(whole, set()).update(indicator.of)
    return found


@st.composite
def honest(draw: st.DrawFn, instrument: Instrument) -> CityYear:
    """Any counts a registry could come to: no part above its whole."""
    parts = parts_of(instrument)
    state = CityYear("32.76", instrument.from_year, instrument.key)
    of_parts = {part for own in parts.values() for part in own}
    for name in sorted(COUNTERS):
        if name not in of_parts:
            state.counters[name] = draw(st.integers(0, 150))
    for whole, own in parts.items():
        for part in sorted(own):
            state.counters[part] = draw(st.integers(0, state.counters[whole] * MOST_OF_ONE.get(part, 1)))
    return state


def raised(instrument: Instrument, name: str, by: int) -> dict[str, int]:
    """One counter more, with what belongs to it."""
    more = {name: by}
    for whole, own in parts_of(instrument).items():
        if name == whole or (name in own and name not in MOST_OF_ONE):
            more |= {whole: by} | {part: by * MOST_OF_ONE.get(part, 1) for part in own}
    return more


def values(scored: ScoredYear) -> list[Fraction]:
    reading = scored.running
    found = [reading.index, *reading.variables, *(value for own in reading.indicators for value in own)]
    return [Fraction(-1) if value is None else Fraction(*value) for value in found]


@pytest.mark.parametrize(
    ("instrument", "indicator"), [pytest.param(i, e, id=f"{i.key}-{v}-{e.key}") for i, v, e in INDICATORS]
)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_more_of_what_an_indicator_counts_lowers_nothing(
    instrument: Instrument, indicator: EvidenceIndicator, data: st.DataObject
) -> None:
    state = data.draw(honest(instrument))
    name, by = data.draw(st.sampled_from(indicator.of)), data.draw(st.integers(1, 40))
    before = values(ScoredYear(state, instrument))
    alone = bool(indicator.over) and data.draw(st.booleans())  # what was recorded already turned out well
    more = {name: by} if alone else raised(instrument, name, by)
    scored = ScoredYear(state, instrument)
    moved = scored.add(Evidence(state.year, tuple(more.items())))
    after = values(scored)
    assert all(now >= was for was, now in zip(before, after, strict=True))
    assert all(m.index_share is None or m.index_share >= 0 for m in moved)


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda i: i.key)
def test_every_curve_rises_within_the_scale_and_is_bounded(instrument: Instrument) -> None:
    for variable in instrument.variables:
        for indicator in variable.evidence:
            heights = [y for _, y in indicator.curve.points]
            assert heights == sorted(heights), indicator.key
            assert instrument.lowest <= heights[0]
            assert heights[-1] == instrument.highest
            for number in (-5, 0, 10**9):
                assert instrument.lowest <= Fraction(*indicator.curve.at(number, 1)) <= instrument.highest


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda i: i.key)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_better_answer_to_any_item_raises_the_survey_index(instrument: Instrument, data: st.DataObject) -> None:
    lowest, highest = instrument.lowest_answer, instrument.highest_answer
    sheet = {item: data.draw(st.integers(lowest, highest)) for item in instrument.items}
    item = data.draw(st.sampled_from(sorted(instrument.items)))
    indices = []
    for given_answer in (lowest, data.draw(st.integers(lowest + 1, highest))):
        scored = ScoredYear(CityYear("32.76", instrument.from_year, instrument.key), instrument)
        for group in instrument.groups:
            own = {**sheet, item: given_answer} if group == instrument.groups[-1] else sheet
            scored.add(Evidence(instrument.from_year, instrument=instrument.key, group=group.key, answers=own))
        assert scored.survey.index is not None
        indices.append(Fraction(*scored.survey.index))
    assert instrument.lowest <= indices[0] < indices[1] <= instrument.highest
