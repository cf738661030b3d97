"""Dates of an office, for every date hypothesis can think of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import dates
from services.registry.domain.refusal import Refusal

days = st.dates(min_value=date(2002, 3, 22), max_value=date(2090, 1, 1))


@given(days, st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    later = dates.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    is_last = (later + timedelta(days=1)).day == 1
    assert later.day == day.day or (later.day < day.day and is_last)


@given(days)
def test_visits_come_in_order_after_the_start(start: date) -> None:
    schedule = dates.follow_up_schedule(start)
    assert [months for months, _ in schedule] == [1, 3, 6, 12]
    due = [day for _, day in schedule]
    assert due == sorted(due)
    assert due[0] > start


def test_a_business_of_the_last_of_january_is_visited_on_the_last_days() -> None:
    assert [day for _, day in dates.follow_up_schedule(date(2023, 1, 31))] == [
        date(2023, 2, 28),
        date(2023, 4, 30),
        date(2023, 7, 31),
        date(2024, 1, 31),
    ]
    assert dates.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


@given(days, days)
def test_what_is_to_come_is_refused(day: date, today: date) -> None:
    if day <= today:
        dates.check_happened("on", day, today)
        return
    with pytest.raises(Refusal) as refused:
        dates.check_happened("on", day, today)
    assert (refused.value.code, refused.value.field) == ("date_in_future", "on")


def test_years_to_come_and_days_before_bnn_are_refused() -> None:
    dates.check_year("year", 2026, date(2026, 1, 1))
    with pytest.raises(Refusal, match="year_in_future"):
        dates.check_year("year", 2027, date(2026, 12, 31))
    with pytest.raises(Refusal, match="date_too_early"):
        dates.check_happened("on", date(1923, 3, 6), date(2026, 1, 1))


@given(days, days)
def test_an_age_counts_full_years(birth: date, day: date) -> None:
    if birth > day:
        with pytest.raises(Refusal):
            dates.age_band(birth, day)
        return
    age = dates.age_on(birth, day)
    assert age >= 0
    assert dates.add_months(birth, 12 * age) <= day < dates.add_months(birth, 12 * (age + 1)) + timedelta(days=1)


@pytest.mark.parametrize(
    ("birth", "band"),
    [
        (date(2005, 3, 7), "under_18"),
        (date(2005, 3, 6), "18_24"),
        (date(1998, 3, 6), "25_34"),
        (date(1968, 3, 7), "45_54"),
        (date(1968, 3, 6), "55_up"),
    ],
)
def test_bands_begin_on_the_birthday(birth: date, band: str) -> None:
    assert dates.age_band(birth, date(2023, 3, 6)) == band
