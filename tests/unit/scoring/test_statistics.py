"""The standard error against the textbook: worked out from every respondent, and never from more than is kept."""

from decimal import Decimal
from fractions import Fraction
from statistics import mean, variance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain import statistics
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.fold import City
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.state import canonical, from_canonical
from services.scoring.instrument import load_catalogue

CATALOGUE = load_catalogue()
KOTAN = CATALOGUE.get("kotan-2022").plain
GROUPS = [g.key for g in KOTAN.groups]
ITEMS = sorted(KOTAN.items)
SHEETS = st.lists(
    st.tuples(st.sampled_from(GROUPS), st.lists(st.integers(1, 4), min_size=40, max_size=40)), min_size=2, max_size=25
)


def city_of(sheets: list[tuple[str, dict[str, int]]], instrument: Instrument = KOTAN, year: int = 2023) -> City:
    city = City("32.76", [], lambda _: instrument)
    for group, answers in sheets:
        city.add(Evidence(year, instrument=instrument.key, group=group, answers=answers))
    return city


def full(scores: list[int]) -> dict[str, int]:
    return dict(zip(ITEMS, scores, strict=True))


def own_index(answers: dict[str, int], instrument: Instrument = KOTAN) -> float:
    """One respondent's own index, in answers."""
    return sum(
        float(v.weight) * mean(mean(answers[item] for item in i.items) for i in v.survey) for v in instrument.variables
    )


@given(SHEETS)
@settings(max_examples=40)
def test_with_every_item_answered_it_is_the_stratified_formula(sheets: list[tuple[str, list[int]]]) -> None:
    respondents = [(group, own_index(full(scores))) for group, scores in sheets]
    overall = mean(y for _, y in respondents)
    expected = 0.0
    for group in GROUPS:
        own = [y for g, y in respondents if g == group]
        if len(own) > 1:
            expected += len(own) * variance(own)
        elif own:
            expected += (own[0] - overall) ** 2
    expected /= len(respondents) ** 2
    state = city_of([(group, full(scores)) for group, scores in sheets]).years[2023].state
    found = statistics.variance(state, KOTAN, KOTAN.weights, KOTAN.weight_total)
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-6)


@given(SHEETS)
@settings(max_examples=20)
def test_both_formulas_agree_where_both_apply(sheets: list[tuple[str, list[int]]]) -> None:
    state = city_of([(group, full(scores)) for group, scores in sheets]).years[2023].state
    found = list(statistics.cells(state.moments, 5))
    complete = statistics._of_complete(found, KOTAN.weights, KOTAN.weight_total)
    assert statistics._of_patterns(found, KOTAN.weights, KOTAN.weight_total) == complete


@given(st.data(), SHEETS)
@settings(max_examples=25)
def test_what_was_left_out_is_linearised(data: st.DataObject, sheets: list[tuple[str, list[int]]]) -> None:
    """Against the definition: u of every respondent, group by group."""
    laid = [[item for items in indicators for item in items] for indicators in KOTAN.layout]
    given_sheets = []
    for group, scores in sheets:
        left_out = data.draw(st.sets(st.integers(0, 4), max_size=3))
        answers = full(scores)
        for v in left_out:
            for item in laid[v]:
                del answers[item]
        given_sheets.append((group, answers))
    state = city_of(given_sheets).years[2023].state
    found = statistics.variance(state, KOTAN, KOTAN.weights, KOTAN.weight_total)
    scored = [(group, [_variable(answers, v) for v in range(5)]) for group, answers in given_sheets]
    numbers = [sum(xs[v] is not None for _, xs in scored) for v in range(5)]
    if not all(numbers):
        assert found is None
        return
    means = [mean(x for _, xs in scored if (x := xs[v]) is not None) for v in range(5)]
    expected = 0.0
    for group in GROUPS:
        us = [
            sum(
                float(KOTAN.variables[v].weight) * (x - means[v]) / numbers[v]
                for v, x in enumerate(xs)
                if x is not None
            )
            for g, xs in scored
            if g == group
        ]
        expected += len(us) * variance(us) if len(us) > 1 else sum(u * u for u in us)
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-6)


def _variable(answers: dict[str, int], place: int) -> float | None:
    means = [mean(g) for items in KOTAN.layout[place] if (g := [answers[i] for i in items if i in answers])]
    return mean(means) if means else None


@given(SHEETS, SHEETS)
@settings(max_examples=20)
def test_taking_questionnaires_out_leaves_no_trace(
    kept: list[tuple[str, list[int]]], taken: list[tuple[str, list[int]]]
) -> None:
    city = city_of([(group, full(scores)) for group, scores in kept + taken])
    for group, scores in taken:
        city.add(Evidence(2023, instrument=KOTAN.key, group=group, answers=full(scores), sign=-1))
    expected = canonical(city_of([(group, full(scores)) for group, scores in kept]).years[2023].state)
    assert canonical(from_canonical(canonical(city.years[2023].state))) == expected


def test_an_interval_by_hand() -> None:
    """Nine groups, each with one questionnaire of threes and one of fours: index 3.5, and in each group a variance of
    one half over two: the standard error is sqrt(9 * 2 * 0.5) / 18 = 1/6."""
    sheets = [(group, dict.fromkeys(ITEMS, answer)) for group in GROUPS for answer in (3, 4)]
    scored = city_of(sheets).years[2023]
    found = statistics.interval(scored.survey.index, scored.state, KOTAN)
    assert found == (Decimal("0.166667"), Decimal("3.173"), Decimal("3.827"))
    one = statistics.variable_interval(scored.survey.variables[0], 0, scored.state, KOTAN)
    assert one == found


def test_on_a_wider_scale_the_error_is_wider() -> None:
    kotan = CATALOGUE.get("kotan-2019").plain
    sheets = [(group, dict.fromkeys(ITEMS, answer)) for group in GROUPS for answer in (3, 4)]
    scored = city_of(sheets, kotan, 2019).years[2019]
    found = statistics.interval(scored.survey.index, scored.state, kotan)
    assert found is not None
    assert found.standard_error == Decimal("5.555556")  # a sixth of an answer; an answer is 100/3


def test_the_interval_stays_on_the_scale_and_without_spread_it_is_the_value() -> None:
    scored = city_of([(group, dict.fromkeys(ITEMS, 4)) for group in GROUPS]).years[2023]
    found = statistics.interval(scored.survey.index, scored.state, KOTAN)
    assert found == (Decimal("0.000000"), Decimal("4.000"), Decimal("4.000"))
    lone = city_of([("polres", dict.fromkeys(ITEMS, 4))]).years[2023]
    assert statistics.variance(lone.state, KOTAN, KOTAN.weights, KOTAN.weight_total) is None


def test_a_hair_is_not_sold_as_a_fall() -> None:
    found = statistics.compare(Decimal("3.602"), Decimal("0.021"), Decimal("3.604"))
    assert (found.difference, found.significant) == (Decimal("-0.002"), False)
    assert statistics.compare(Decimal("3.502"), Decimal("0.021"), Decimal("3.604")).significant
    both = statistics.compare(Decimal("3.555"), Decimal("0.021"), Decimal("3.604"), Decimal("0.021"))
    assert (both.margin, both.significant) == (Decimal("0.058209"), False)
    assert statistics.root(Fraction(2)) == Fraction(1414213562, 10**9)
