"""What holds for every sequence of events, whatever it is."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.evidence import FLOWS, STOCKS, Evidence
from services.scoring.domain.explain import fold_batch, tell
from services.scoring.domain.fold import City, ScoredYear
from services.scoring.domain.score import nine_decimal, running_reading, survey_reading
from services.scoring.domain.state import canonical, digest, from_canonical
from tests.unit.scoring.histories import COMPLETE, EVENTS, HISTORIES, ITEMS, KOTAN, city_after, instrument_of

RATIOS = {
    indicator.of[0]: indicator.over[0]
    for variable in KOTAN.variables
    for indicator in variable.evidence
    if indicator.over and indicator.of[0] != "areas.level"
}
"""What is counted, and out of what. ``areas.level`` is a sum of levels, not a part of ``areas.recorded``."""
POSITIVE = sorted({*FLOWS, *STOCKS} - set(RATIOS.values()) - {"areas.level"})


def states_of(city: City) -> dict[int, str]:
    return {year: canonical(scored.state) for year, scored in city.years.items()}


@given(HISTORIES)
@settings(max_examples=60, deadline=None)
def test_every_score_stays_on_the_scale(history: list[Evidence]) -> None:
    for scored in city_after(COMPLETE + history).years.values():
        for reading in (scored.running, scored.survey):
            for value in (reading.index, *reading.variables):
                assert value is None or 1 <= Fraction(*value) <= 4


@given(st.data(), HISTORIES)
@settings(max_examples=60, deadline=None)
def test_the_order_of_events_does_not_matter(data: st.DataObject, history: list[Evidence]) -> None:
    shuffled = data.draw(st.permutations(history))
    assert states_of(city_after(history)) == states_of(city_after(shuffled))


@given(HISTORIES)
@settings(max_examples=60, deadline=None)
def test_kept_up_to_date_equals_worked_out_from_scratch(history: list[Evidence]) -> None:
    for scored in city_after(COMPLETE + history).years.values():
        for kept, fresh in (
            (scored.running, running_reading(scored.state, KOTAN)),
            (scored.survey, survey_reading(scored.state, KOTAN)),
        ):
            assert (kept.index_nine, kept.variable_nine) == (fresh.index_nine, fresh.variable_nine)
            assert kept.complete == fresh.complete
            assert (kept.index is None) == (fresh.index is None)
            if kept.index is not None and fresh.index is not None:
                assert Fraction(*kept.index) == Fraction(*fresh.index)


@given(HISTORIES, st.integers(0, 25))
@settings(max_examples=60, deadline=None)
def test_a_batch_may_be_cut_anywhere_and_stored_between(history: list[Evidence], cut: int) -> None:
    whole = City("32.76", [], instrument_of)
    movements = [m.moved for m in fold_batch(whole, enumerate(history))]
    first = city_after(history[:cut])
    stored = [from_canonical(text) for text in states_of(first).values()]
    second = City("32.76", [ScoredYear(s, KOTAN) for s in stored], instrument_of)
    again = [m.moved for m in fold_batch(city_after([]), enumerate(history[:cut]))]
    again += [m.moved for m in fold_batch(second, enumerate(history[cut:]))]
    assert states_of(second) == states_of(whole)
    assert again == movements


@given(st.lists(EVENTS, min_size=1, max_size=25), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_shares_sum_exactly_to_the_change(history: list[Evidence], limit: int) -> None:
    city = city_after([*COMPLETE, Evidence(2023, (("areas.recorded", 2), ("areas.level", 5)))])
    scored = city.years[2023]
    before = scored.scores()
    # Ratios of this year stay ratios over something, so no indicator ceases to be in between and hides a change.
    movements = [m for m in fold_batch(city, enumerate(history)) if m.moved.year == 2023]
    after = scored.scores()
    told = tell(movements, limit)
    assert len(told.movements) + told.left_out == len(movements)
    for name in ("survey", "running"):
        earlier, later = getattr(before, name), getattr(after, name)
        shares = [m.moved.index_share or 0 for m in movements if m.moved.reading == name]
        assert nine_decimal(sum(shares)) == later.exact - earlier.exact
        of_told = sum(m.moved.index_share or 0 for m in told.movements if m.moved.reading == name)
        assert of_told + told.share_left_out.get(name, 0) == sum(shares)
        for place, variable in enumerate(KOTAN.variables):
            change = getattr(after.variables[place], name).exact - getattr(before.variables[place], name).exact
            own = [
                m.moved.variable_share or 0
                for m in movements
                if (m.moved.reading, m.moved.variable) == (name, variable.key)
            ]
            assert nine_decimal(sum(own)) == change


@pytest.mark.parametrize("name", POSITIVE)
@given(HISTORIES, st.integers(1, 20))
@settings(max_examples=15, deadline=None)
def test_positive_evidence_never_lowers_the_running_index(name: str, history: list[Evidence], amount: int) -> None:
    city = city_after([Evidence(2023, (("sessions.held", 1),)), *_without_taking_back(history)])
    before = city.years[2023].running.index
    more = [(name, amount)]
    if name in RATIOS:
        more.append((RATIOS[name], more[0][1]))
    if name == "areas.safe_or_better":
        more.append(("areas.level", 4 * more[0][1]))
    city.add(Evidence(2023, tuple(more), carries=name in STOCKS))
    after = city.years[2023].running.index
    assert before is not None
    assert after is not None
    assert Fraction(*after) >= Fraction(*before)


@given(st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 3), min_size=1), st.data())
@settings(max_examples=40, deadline=None)
def test_a_better_answer_never_lowers_the_survey_index(answers: dict[str, int], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(sorted(answers)))
    better = {**answers, item: answers[item] + 1}
    indices = []
    for given_answers in (answers, better):
        city = city_after([*COMPLETE, Evidence(2023, instrument=KOTAN.key, group="polres", answers=given_answers)])
        index = city.years[2023].survey.index
        assert index is not None
        indices.append(Fraction(*index))
    assert indices[0] < indices[1]


@given(HISTORIES)
@settings(max_examples=30, deadline=None)
def test_a_state_and_its_text_are_the_same_thing(history: list[Evidence]) -> None:
    for scored in city_after(history).years.values():
        again = from_canonical(canonical(scored.state))
        assert canonical(again) == canonical(scored.state)
        assert digest(again) == digest(scored.state)


def _without_taking_back(history: list[Evidence]) -> list[Evidence]:
    """Honest evidence: nothing negative, and the part of a ratio never above its whole."""
    wholes = set(RATIOS) | set(RATIOS.values()) | {"areas.level"}
    kept = []
    for evidence in history:
        counters = [(n, abs(a)) for n, a in evidence.counters if n not in wholes]
        for part, whole in RATIOS.items():
            count = sum(abs(a) for n, a in evidence.counters if n == part)
            if count and (whole in STOCKS) == evidence.carries:
                counters += [(part, count), (whole, count + 1)]
                counters += [("areas.level", 3 * count)] if whole == "areas.recorded" else []
        kept.append(
            Evidence(
                evidence.year, tuple(counters), evidence.carries, evidence.instrument, evidence.group, evidence.answers
            )
        )
    return kept


SHEETS = st.builds(
    lambda group, answers: Evidence(2023, instrument=KOTAN.key, group=group, answers=answers),
    st.sampled_from([group.key for group in KOTAN.groups]),
    st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 4), min_size=1, max_size=5),
)


@given(HISTORIES, SHEETS, HISTORIES)
@settings(max_examples=60)
def test_a_questionnaire_taken_out_was_never_there(
    before: list[Evidence], sheet: Evidence, after: list[Evidence]
) -> None:
    out = Evidence(2023, instrument=KOTAN.key, group=sheet.group, answers=sheet.answers, sign=-1)
    never = city_after([*COMPLETE[:1], *before, *after])
    taken = city_after([*COMPLETE[:1], *before, sheet, *after, out])
    assert states_of(taken) == states_of(never)
    for year, scored in taken.years.items():
        assert scored.scores() == never.years[year].scores()


def test_the_last_questionnaire_of_a_group_takes_the_index_with_it() -> None:
    city = city_after(COMPLETE)
    assert city.years[2023].scores().survey is not None
    last = COMPLETE[-1]
    city.add(Evidence(2023, instrument=KOTAN.key, group=last.group, answers=last.answers, sign=-1))
    assert city.years[2023].scores().survey is None
