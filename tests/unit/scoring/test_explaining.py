"""Explanations sum exactly, at every level, for every history; and what is kept tells the past as it was."""

import dataclasses
import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.attribution import divide, linked
from services.scoring.domain.composition import composition
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.fold import City, ScoredYear
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.ledger import entries_of, entry_line, entry_of, fold_again, page_text, retell
from services.scoring.domain.rescoring import under
from services.scoring.domain.state import CityYear, canonical, from_canonical
from services.scoring.domain.window import READINGS, windows
from tests.unit.scoring.histories import (
    COMPLETE,
    EVENTS,
    HISTORIES,
    KOTAN,
    OLD_KOTAN,
    city_after,
    entry,
    instrument_of,
)

BEGUN = [*COMPLETE, Evidence(2023, (("areas.recorded", 2), ("areas.level", 5)))]


def year_2023(history: list[Evidence]) -> ScoredYear:
    return city_after(BEGUN + history).years[2023]


def of_2023(history: list[Evidence]) -> list[Evidence]:
    """What reaches 2023 when it is there already."""
    return [e for e in history if e.year == 2023 or (e.carries and e.year < 2023)]


@given(HISTORIES, st.lists(EVENTS, min_size=1, max_size=10))
@settings(max_examples=60)
def test_links_sum_to_movements_and_movements_are_those_of_the_fold(
    earlier: list[Evidence], more: list[Evidence]
) -> None:
    plain, followed = year_2023(earlier), year_2023(earlier)
    for evidence in of_2023(more):
        moved, links = linked(followed, evidence)
        assert moved == plain.add(evidence)
        for movement in moved:
            own = [k for k in links if (k.reading, k.variable) == (movement.reading, movement.variable)]
            assert sum(k.variable_share or 0 for k in own) == (movement.variable_share or 0)
            assert sum(k.index_share or 0 for k in own) == (movement.index_share or 0)


@given(HISTORIES, HISTORIES, st.sampled_from([KOTAN, OLD_KOTAN]))
@settings(max_examples=60)
def test_what_moved_between_two_moments_sums_to_the_change(
    earlier: list[Evidence], more: list[Evidence], edition
) -> None:
    scored = under(year_2023(earlier).state, edition)
    entries = [entry(n, e) for n, e in enumerate(of_2023(more), 100)]
    found = windows(scored, entries)
    for name in READINGS:
        window, reading = found[name], scored.survey if name == "survey" else scored.running
        assert window.after == reading.index_nine
        assert sum(window.parts.values()) == sum(window.events.values()) == (window.change or 0)


@given(HISTORIES, st.sampled_from([KOTAN, OLD_KOTAN]))
@settings(max_examples=60)
def test_a_present_value_is_taken_apart_without_a_rest(history: list[Evidence], edition: Instrument) -> None:
    scored = under(year_2023(history).state, edition)
    for name in READINGS:
        reading = scored.survey if name == "survey" else scored.running
        variables = composition(scored, name)
        if reading.index_nine is not None:
            assert sum(v.index_part or 0 for v in variables) == reading.index_nine
        for place, variable in enumerate(variables):
            assert variable.value == reading.variable_nine[place]
            assert sum(i.variable_part or 0 for i in variable.indicators) == (variable.value or 0)
            assert sum(i.index_part or 0 for i in variable.indicators) == (variable.index_part or 0)
            for indicator in variable.indicators:
                assert not indicator.items or sum(i.variable_part for i in indicator.items) == indicator.variable_part


@given(st.integers(-(10**9), 10**9), st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1))
def test_dividing_leaves_no_rest(total: int, movements: list[int | None]) -> None:
    assert sum(part or 0 for part in divide(total, movements, (1, 3))) == total


@given(HISTORIES)
@settings(max_examples=60)
def test_a_page_gives_its_entries_back_and_folds_to_the_same_state(history: list[Evidence]) -> None:
    city = City("32.76", [], instrument_of)
    kept: list[list[object]] = []
    begun: CityYear | None = None
    for number, evidence in enumerate(history, 1):
        for scored in city.reached_by(evidence):
            if scored.state.year == 2023:
                begun = begun or from_canonical(canonical(scored.state))
                kept.append(entry_line(entry(number, evidence).cause, evidence))
            scored.count(evidence)
    if begun is None:
        return
    text = page_text(kept)
    assert [e.number for e in entries_of(1, text)] == list(range(1, len(kept) + 1))
    start = canonical(begun)
    assert canonical(fold_again(from_canonical(start), entries_of(1, text), KOTAN)) == canonical(city.years[2023].state)
    told = [moved for _, moves, _ in retell(from_canonical(start), entries_of(1, text), KOTAN) for moved in moves]
    again = city_after(history)
    assert canonical(again.years[2023].state) == canonical(city.years[2023].state)
    assert all(moved.year == 2023 for moved in told)


@given(EVENTS, st.booleans(), st.sampled_from([1, -1]))
def test_nothing_of_an_event_is_lost_in_a_line(evidence: Evidence, synthetic: bool, sign: int) -> None:
    evidence = evidence._replace(sign=sign)
    kept = entry(7, evidence)
    kept = dataclasses.replace(kept, cause=kept.cause._replace(synthetic=synthetic, village="32.76.07.1003"))
    assert entry_of(7, json.loads(entry_line(kept.cause, evidence).text)) == kept
    assert Counter(Evidence._fields) == Counter(
        ["year", "counters", "carries", "instrument", "group", "answers", "synthetic", "sign"]
    ), "a new field of evidence belongs into entry_line and entry_of"
