"""The rules of a participant's life and of consent, for every order of events."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import consent, participants
from services.registry.domain.consent import Said
from services.registry.domain.participants import NEXT, State
from services.registry.domain.refusal import Refusal

STATES: tuple[State, ...] = get_args(State)
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
SAID = st.builds(
    lambda at, after: Said(at, None if after is None else at + timedelta(minutes=after)),
    MOMENTS,
    st.none() | st.integers(1, 100_000),
)


def _code(rule: Callable[..., object], *given: Any, **named: Any) -> str | None:
    """What a rule refuses with, if it does."""
    try:
        rule(*given, **named)
    except Refusal as refusal:
        return refusal.code
    return None


@given(st.lists(st.tuples(st.sampled_from(STATES), DAYS)))
def test_every_life_follows_the_rules(wishes: list[tuple[State, date]]) -> None:
    state: State = "registered"
    since, was = date(2020, 1, 1), [state]
    for wish, on in wishes:
        code = _code(participants.change_state, state, wish, since, on)
        if state == "erased":
            assert code == "participant_erased"
        elif wish not in NEXT[state]:
            assert code == "participant_state"
        elif on < since:
            assert code == "before_start"
        else:
            assert code is None
            state, since = wish, on
            was.append(state)
    assert "erased" not in was[:-1], "nothing follows on erasure"
    assert all(was[place - 1] == "active" for place, one in enumerate(was) if one == "graduated")


@given(st.sampled_from(STATES))
def test_only_people_who_are_here_are_worked_with(state: State) -> None:
    here = state in ("registered", "active", "graduated")
    assert _code(participants.check_usable, state, "participant_id") == (None if here else f"participant_{state}")


@given(st.sampled_from(STATES), st.sampled_from("ab"), st.sampled_from("ab"), DAYS, DAYS)
def test_a_move_goes_elsewhere_and_not_back_in_time(state: State, here: str, to: str, since: date, on: date) -> None:
    refused = state in ("left", "moved", "erased") or here == to or on < since
    assert bool(_code(participants.check_move, state, here, to, since, on)) is refused


@given(st.lists(SAID), st.booleans())
def test_what_was_said_last_about_consent_counts(said: list[Said], required: bool) -> None:
    moments = [(one.recorded_at, 1) for one in said if one.withdrawn_at is None]
    moments += [(one.withdrawn_at, 0) for one in said if one.withdrawn_at is not None]
    allowed = (max(moments)[1] == 1) if moments else not required
    code = _code(consent.check, said, required=required, field="x")
    assert code == (None if allowed else "consent_withdrawn" if said else "consent_missing")


def test_the_deadline_is_three_days() -> None:
    assert consent.deadline(datetime(2026, 1, 30, 8, tzinfo=UTC)) == datetime(2026, 2, 2, 8, tzinfo=UTC)
