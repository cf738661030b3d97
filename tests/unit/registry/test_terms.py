"""From when until when something stands: however it is corrected, followers end with the right counts."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.refusal import Refusal
from services.registry.domain.terms import DAY, Term, Turn, begin, check, end, restated

TODAY = date(2025, 6, 30)
YEARS = range(2018, 2031)
DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
PAST = st.dates(date(2020, 1, 1), TODAY)
TERMS = st.builds(
    lambda since, length: Term(since, None if length is None else since + timedelta(days=length)),
    DAYS,
    st.none() | st.integers(0, 900),
)


def counted(said: list[Turn]) -> dict[int, int]:
    """What a follower counts for the end of each year."""
    changes: Counter[int] = Counter()
    for turn in said:
        changes[turn.on.year] += 1 if turn.up else -1
    return {year: sum(changes[y] for y in changes if y <= year) for year in YEARS}


def expected(terms: list[Term]) -> dict[int, int]:
    """How many stand at the end of each year, as far as is known today: what stands today goes on standing."""
    return {
        year: sum(term.stands(min(date(year, 12, 31), TODAY)) for term in terms)
        if date(year, 12, 31) <= TODAY
        else sum(term.stands(TODAY) for term in terms)
        if year >= TODAY.year
        else 0
        for year in YEARS
    }


@given(st.lists(TERMS, min_size=1, max_size=8))
def test_corrections_in_any_order_leave_only_the_last_one(corrections: list[Term]) -> None:
    said: list[Turn] = []
    before: list[Turn] = []
    for term in corrections:
        turned = term.turns(TODAY)
        said += restated(before, turned)
        before = turned
    assert counted(said) == expected([corrections[-1]])


@given(TERMS, st.lists(st.dates(date(2020, 1, 1), date(2029, 12, 31)), max_size=12))
def test_turns_said_day_by_day_are_the_turns_said_at_once(term: Term, days: list[date]) -> None:
    last = max(days, default=TODAY)
    said: list[Turn] = []
    before: list[Turn] = []
    for day in [*sorted(days), last]:
        said += restated(before, term.turns(day))
        before = term.turns(day)
    assert counted(said) == counted(restated([], term.turns(last)))


@given(st.lists(st.tuples(st.booleans(), PAST), max_size=12))
def test_going_in_and_out_never_overlaps(changes: list[tuple[bool, date]]) -> None:
    term, said, standing = Term(None), [], []
    for up, on in changes:
        try:
            changed = (begin if up else end)(term, on, TODAY)
        except Refusal:
            continue
        check(changed)
        fresh = changed.after != term.after
        if fresh:
            standing.append(term)
        said += restated([] if fresh else term.turns(TODAY), changed.turns(TODAY))
        term = changed
        if up:
            assert term.stands(on)
        else:
            assert not term.stands(on)
    assert counted(said) == expected([*standing, term])
    assert all(0 <= n <= 1 for n in counted(said).values())


@given(TERMS)
def test_a_correction_that_changes_no_year_says_nothing(term: Term) -> None:
    assert restated(term.turns(TODAY), term.turns(TODAY)) == []


def test_the_last_day_still_counts() -> None:
    assert Term(date(2020, 1, 1), date(2024, 12, 31)).turns(TODAY)[-1] == Turn(date(2025, 1, 1), up=False)
    assert end(Term(date(2020, 1, 1)), date(2025, 1, 1), TODAY).until == date(2025, 1, 1) - DAY
