"""Guessing gets slower, and whoever remembers isn't kept out for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.lockout import FORGOTTEN_AFTER, FREE_TRIES, LONGEST_WAIT_SECONDS, Tries

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
pauses = st.lists(st.integers(0, 5_000), max_size=40)


def _guessed(gaps: list[int]) -> tuple[Tries, datetime, list[int]]:
    """Wrong passwords as early as they are allowed, plus some pause; the waits after each."""
    tries, now, waits = Tries(), NOW, []
    for gap in gaps:
        now += timedelta(seconds=tries.wait_seconds(now) + gap)
        assert tries.wait_seconds(now) == 0
        tries = tries.failed(now)
        waits.append(tries.wait_seconds(now))
    return tries, now, waits


@given(pauses)
def test_waits_never_shrink_and_never_pass_the_longest(gaps: list[int]) -> None:
    _, _, waits = _guessed(gaps)
    assert waits == sorted(waits)
    assert all(wait <= LONGEST_WAIT_SECONDS for wait in waits)


@given(pauses)
def test_the_first_tries_are_free_and_no_later_one_is(gaps: list[int]) -> None:
    _, _, waits = _guessed(gaps)
    assert all(wait == 0 for wait in waits[: FREE_TRIES - 1])
    assert all(wait > 0 for wait in waits[FREE_TRIES - 1 :])


@given(pauses, st.integers(0, 10**6))
def test_a_day_later_the_count_begins_anew(gaps: list[int], more: int) -> None:
    tries, now, _ = _guessed(gaps)
    later = now + FORGOTTEN_AFTER + timedelta(seconds=more)
    assert tries.wait_seconds(later) == 0
    assert tries.failed(later).failures == 1


def test_a_day_of_guessing_tries_few_passwords() -> None:
    tries, now, count = Tries(), NOW, 0
    while now < NOW + timedelta(days=1):
        now += timedelta(seconds=tries.wait_seconds(now))
        tries, count = tries.failed(now), count + 1
    assert count < 40


def test_the_wait_is_told_in_whole_seconds_that_are_enough() -> None:
    tries = Tries(9, NOW, NOW + timedelta(seconds=10, microseconds=1))
    assert tries.wait_seconds(NOW) == 11
    assert tries.wait_seconds(NOW + timedelta(seconds=11)) == 0
