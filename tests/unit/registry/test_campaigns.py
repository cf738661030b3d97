"""The life of a campaign, and whether it will be enough."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import answers, campaigns
from services.registry.domain.campaigns import STEPS, Outlook, check_answerable, check_other_hand, follow, forecast
from services.registry.domain.refusal import Refusal

FIRST = date(2023, 11, 1)
DAYS = st.integers(min_value=0, max_value=120)
STATES = ("draft", "open", "closed", "approved", "locked")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_from_where_it_starts_and_from_nowhere_else(state, step) -> None:
    if state in STEPS[step].sources:
        assert follow(state, step) == STEPS[step].target
    else:
        with pytest.raises(Refusal, match="campaign_elsewhere"):
            follow(state, step)


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_whatever_is_tried_only_a_revision_leads_out_of_a_lock(steps) -> None:
    state = "draft"
    for step in steps:
        before = state
        try:
            state = follow(state, step)
        except Refusal:
            continue
        if before == "locked":
            assert step == "revise"
        if state == "locked":
            assert before == "approved"


def test_three_people_sign_and_the_node_alone_may_sign_for_all() -> None:
    for step in ("approve", "lock"):
        with pytest.raises(Refusal, match="same_hand"):
            check_other_hand(step, "a", "a")
        check_other_hand(step, "b", "a")
        check_other_hand(step, campaigns.NODE, campaigns.NODE)
    check_other_hand("close", "a", "a")


@given(DAYS, DAYS, st.sampled_from(STATES))
def test_answers_are_taken_on_the_days_of_an_open_campaign_only(length, today, state) -> None:
    last = FIRST + timedelta(days=length)
    now = FIRST + timedelta(days=today - 60)
    if state == "open" and FIRST <= now <= last:
        check_answerable(state, FIRST, last, now)
    else:
        with pytest.raises(Refusal, match=r"campaign_not_begun|campaign_over"):
            check_answerable(state, FIRST, last, now)


@given(st.integers(0, 500), st.integers(1, 500), DAYS, st.integers(-30, 150))
def test_a_forecast_is_sober(given_answers, quota, length, today) -> None:
    found = forecast(given_answers, quota, FIRST, FIRST + timedelta(days=length), FIRST + timedelta(days=today))
    assert found.days_left >= 0
    assert found.expected >= given_answers
    assert (found.outlook == "met") == (given_answers >= quota)
    assert found.needed_per_day * max(found.days_left, 1) >= quota - given_answers
    if found.outlook == "on_track":
        assert found.expected >= quota
    if found.outlook == "short":
        assert found.days_left == 0


@given(st.integers(0, 499), st.integers(1, 500), st.integers(2, 100), st.integers(0, 100))
def test_one_more_answer_never_makes_the_outlook_worse(given_answers, quota, length, today) -> None:
    order: tuple[Outlook, ...] = ("short", "at_risk", "not_started", "on_track", "met")
    last, now = FIRST + timedelta(days=length), FIRST + timedelta(days=today)
    fewer, more = (forecast(n, quota, FIRST, last, now) for n in (given_answers, given_answers + 1))
    assert order.index(more.outlook) >= order.index(fewer.outlook)
    assert more.expected >= fewer.expected


def test_half_of_the_time_with_half_of_the_answers_is_on_track() -> None:
    # Ten of twenty days gone, today included: at one a day the other ten come.
    last = FIRST + timedelta(days=19)
    assert forecast(10, 20, FIRST, last, FIRST + timedelta(days=9)).outlook == "on_track"
    found = forecast(9, 20, FIRST, last, FIRST + timedelta(days=9))
    assert (found.outlook, found.days_left, found.expected, found.needed_per_day) == ("at_risk", 10, 18, 2)


@pytest.mark.parametrize(
    ("year", "opens", "closes", "code"),
    [
        (2023, date(2022, 12, 31), date(2023, 1, 5), "opens_in_another_year"),
        (2023, date(2023, 2, 1), date(2023, 1, 31), "closes_before_opening"),
        (2023, date(2023, 1, 1), date(2024, 1, 2), "campaign_too_long"),
    ],
)
def test_a_period_makes_sense(year, opens, closes, code) -> None:
    with pytest.raises(Refusal, match=code):
        campaigns.check_period(year, opens, closes)


SHEET = {f"item_{number}": number % 4 + 1 for number in range(20)}


def test_what_is_odd_is_flagged_and_what_is_not_is_not() -> None:
    assert answers.flags(SHEET, 300, seen_before=False) == ()
    assert answers.flags(dict.fromkeys(SHEET, 3), 300, seen_before=False) == ("straight_line",)
    assert answers.flags(SHEET, 39, seen_before=False) == ("too_fast",)
    assert answers.flags(SHEET, 40, seen_before=False) == ()
    assert answers.flags(SHEET, None, seen_before=True) == ("duplicate",)
    assert answers.flags({"a": 3, "b": 3}, 300, seen_before=True) == ()


@given(st.permutations(sorted(SHEET)))
def test_the_order_of_answering_makes_no_new_sheet(order) -> None:
    assert answers.vector({item: SHEET[item] for item in order}) == answers.vector(SHEET)
