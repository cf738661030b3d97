"""What-if touches nothing and says what the fold would; goal-seek finds sets that reach and can't be made smaller."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring import actions
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.goal import Action, Plan, cheapest_plans
from services.scoring.domain.state import canonical
from services.scoring.domain.whatif import SurveyMeans, suppose
from tests.unit.scoring.histories import COMPLETE, EVENTS, HISTORIES, KOTAN, city_after

BEGUN = [Evidence(2023, (("areas.recorded", 20), ("areas.level", 45), ("businesses.visited", 4)))]
BEGUN += [Evidence(2023, (("institutions.recorded", 3),), carries=True)]
CHOICES = tuple(action.priced({}, {}) for action in actions.load().actions)


@given(HISTORIES, st.lists(EVENTS, max_size=8))
@settings(max_examples=50)
def test_what_would_be_is_what_the_fold_makes_of_it_and_nothing_is_touched(
    history: list[Evidence], more: list[Evidence]
) -> None:
    more = [e for e in more if e.year == 2023]
    scored = city_after([*COMPLETE, *history]).years[2023]
    before = canonical(scored.state)
    supposed = suppose(scored, more, SurveyMeans())
    assert canonical(scored.state) == before
    for evidence in more:
        scored.add(evidence)
    assert supposed.scores == scored.scores()


def test_supposed_means_stand_for_the_survey() -> None:
    scored = city_after([Evidence(2023, (("sessions.held", 1),))]).years[2023]
    assert scored.scores().survey is None
    means = SurveyMeans(variables={v.key: Fraction(7, 2) for v in KOTAN.variables})
    survey = suppose(scored, [], means).scores.survey
    assert survey is not None
    assert (survey.value, survey.band) == (Decimal("3.500"), "tanggap")
    item = KOTAN.variables[0].survey[0].items[0]
    by_item = suppose(city_after(COMPLETE).years[2023], [], SurveyMeans(items={item: Fraction(4)})).scores
    plain = city_after(COMPLETE).years[2023].scores()
    assert by_item.survey is not None
    assert plain.survey is not None
    assert by_item.survey.exact > plain.survey.exact


@given(
    st.decimals(Decimal("1.3"), Decimal("3.2"), places=3),
    st.lists(st.integers(1, 100), min_size=len(CHOICES), max_size=len(CHOICES)),
)
@settings(max_examples=15)
def test_every_plan_reaches_and_can_do_with_no_unit_less(target: Decimal, costs: list[int]) -> None:
    scored = city_after(BEGUN).years[2023]
    priced = [Action(a.key, a.adds, Decimal(cost), a.most, a.within) for a, cost in zip(CHOICES, costs, strict=True)]
    goal = cheapest_plans(scored, priced, target, 5)
    assert goal.plans or goal.best
    assert [plan.cost for plan in goal.plans] == sorted(plan.cost for plan in goal.plans)
    by_key = {action.key: action for action in priced}
    for plan in goal.plans:
        assert plan.cost == sum(by_key[key].cost * units for key, units in plan.units)
        assert reached(plan, by_key, target)
        for key, _ in plan.units:
            fewer = [(k, units - (k == key)) for k, units in plan.units]
            assert not reached(plan._replace(units=tuple(fewer)), by_key, target)


def reached(plan: Plan, by_key: dict[str, Action], target: Decimal) -> bool:
    """Measured by folding, without anything of the search."""
    scored = city_after(BEGUN).years[2023]
    for key, units in plan.units:
        for counter, addition in by_key[key].adds:
            scored.add(Evidence(2023, ((counter, addition * units),)))
    score = scored.scores().running
    counters = scored.state.counters
    fits = all(
        counters.get(part, 0) <= factor * counters.get(whole, 0)
        for key, units in plan.units
        if units
        for part, whole, factor in by_key[key].within
    )
    return score is not None and score.value >= target and fits


def test_a_target_out_of_reach_says_how_far_everything_goes() -> None:
    goal = cheapest_plans(city_after(BEGUN).years[2023], CHOICES, Decimal("4.0"), 5)
    assert goal.plans == []
    assert goal.best is not None
    assert goal.best.value < 4


def test_a_target_reached_already_needs_nothing() -> None:
    goal = cheapest_plans(city_after(BEGUN).years[2023], CHOICES, Decimal("1.0"), 5)
    assert goal.plans == []


@pytest.mark.parametrize("cost", ["1", "250"])
def test_costs_decide_which_plan_is_first(cost: str) -> None:
    priced = [a.priced({"rencana_aksi": Decimal(cost)}, {}) for a in actions.load().actions]
    first = cheapest_plans(city_after(BEGUN).years[2023], priced, Decimal("1.9"), 5).plans[0]
    assert ("rencana_aksi" in dict(first.units)) == (cost == "1")
