"""How a business stands after its visits."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import businesses
from services.registry.domain.businesses import Found
from services.registry.domain.refusal import Refusal

START = date(2023, 4, 3)
days = st.integers(0, 500).map(lambda n: START + timedelta(days=n))
visits = st.lists(
    st.builds(Found, days, st.sampled_from([1, 3, 6, 12]), st.sampled_from(get_args(businesses.BusinessStatus))),
    max_size=4,
    unique_by=lambda visit: visit.months,
)


@given(visits, st.randoms())
def test_the_last_visit_counts_in_whatever_order_they_are_typed_in(made, random) -> None:
    mixed = random.sample(made, len(made))
    status = businesses.standing(mixed, None)
    assert status == businesses.standing(made, None)
    if made:
        last = max(visit.on for visit in made)
        assert status in {visit.status for visit in made if visit.on == last}
    else:
        assert status == "active"
    assert businesses.standing(mixed, START) == "closed"


@given(visits, days)
def test_a_closing_is_taken_back_exactly(made, on) -> None:
    status = businesses.standing(made, None)
    latest = max([START, *(visit.on for visit in made)])
    if status == "closed" or on < latest:
        with pytest.raises(Refusal):
            businesses.check_close(status, START, made, on)
        return
    businesses.check_close(status, START, made, on)
    businesses.check_reopen(businesses.standing(made, on), on)
    assert businesses.standing(made, None) == status
    with pytest.raises(Refusal, match="business_open"):
        businesses.check_reopen(status, None)


@given(visits, days)
def test_a_start_comes_before_everything_else(made, on) -> None:
    if made and on > min(visit.on for visit in made):
        with pytest.raises(Refusal, match="after_first_visit"):
            businesses.check_start(on, made, None)
    else:
        businesses.check_start(on, made, None)


def test_what_a_visit_found_is_mended_at_that_visit() -> None:
    with pytest.raises(Refusal, match="closed_by_visit"):
        businesses.check_reopen("closed", None)
