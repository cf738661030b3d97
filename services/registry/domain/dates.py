"""Dates of an office: what counts as the future, month ends, ages, the schedule of follow-up visits."""

from calendar import monthrange
from datetime import date, timedelta

from services.registry.domain.codes import Code
from services.registry.domain.refusal import Refusal

EARLIEST = date(2002, 3, 22)  # BNN was set up by Keppres 17/2002 of that day; nothing here can be older
FOLLOW_UP_MONTHS = (1, 3, 6, 12)
AGE_BANDS = ((55, "55_up"), (45, "45_54"), (35, "35_44"), (25, "25_34"), (18, "18_24"), (0, "under_18"))


def check_happened(field: str, day: date, today: date) -> None:
    """Refuses a date after ``today``, which is today in the office's own time zone, and one before BNN was."""
    if day > today:
        raise Refusal("date_in_future", field, today=today.isoformat())
    if day < EARLIEST:
        raise Refusal("date_too_early", field, earliest=EARLIEST.isoformat())


def check_not_before(field: str, day: date, start: date, code: Code = "before_start") -> None:
    """Refuses a date before the thing it belongs to began."""
    if day < start:
        raise Refusal(code, field, start=start.isoformat())


def check_year(field: str, year: int, today: date) -> None:
    """Refuses a year that hasn't begun."""
    if year > today.year:
        raise Refusal("year_in_future", field, year=today.year)


def add_days(day: date, days: int) -> date:
    """So many days later."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def follow_up_schedule(start: date) -> tuple[tuple[int, date], ...]:
    """When a business is visited: 1, 3, 6 and 12 months after its start, each counted from the start."""
    return tuple((months, add_months(start, months)) for months in FOLLOW_UP_MONTHS)


def age_on(birth: date, day: date) -> int:
    """Full years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_band(birth: date, day: date) -> str:
    """The band an age falls in on a day; a birth after that day is refused."""
    if birth > day:
        raise Refusal("birth_in_future", "birth_date")
    age = age_on(birth, day)
    return next(band for least, band in AGE_BANDS if age >= least)
