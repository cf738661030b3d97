"""Referral steps, forums and commitments: the rules alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.data import practice
from services.registry.domain import forums, referrals
from services.registry.domain.forums import Promise
from services.registry.domain.organisations import KEY_MAX_LENGTH, name_key
from services.registry.domain.referrals import AWAITS, NEXT, Step
from services.registry.domain.refusal import Refusal

STATES = sorted(NEXT)
DAYS = practice.packaged().referral_days
DATES = st.dates(date(2023, 1, 1), date(2023, 12, 31))


def walk(wishes: list[str], gaps: list[int], answer_by: date) -> list[Step]:
    """The steps that come of wishing for these, one after the other; what isn't possible is refused."""
    steps = [Step("sent", date(2023, 1, 1), referrals.due_after("sent", date(2023, 1, 1), DAYS, answer_by))]
    for wish, gap in zip(wishes, gaps, strict=False):
        state, on = steps[-1].state, steps[-1].on + timedelta(days=gap)
        if wish == "undo":
            if len(steps) == 1:
                with pytest.raises(Refusal, match="nothing_to_undo"):
                    referrals.undo(steps)
            else:
                undone, now = referrals.undo(steps)
                assert (undone, now) == (steps[-1], steps[-2])
                steps.pop()
        elif wish not in NEXT[state]:
            with pytest.raises(Refusal, match="referral_over"):
                referrals.check_next(state, wish)
        else:
            referrals.check_next(state, wish)
            steps.append(Step(wish, on, referrals.due_after(wish, on, DAYS, answer_by)))  # type: ignore[arg-type]
    return steps


@given(
    st.lists(st.sampled_from([*STATES, "undo"]), max_size=12),
    st.lists(st.integers(0, 40), min_size=12, max_size=12),
    st.integers(0, 60),
)
def test_a_referral_goes_forward_ends_and_never_repeats_a_step(wishes: list[str], gaps: list[int], days: int) -> None:
    steps = walk(wishes, gaps, date(2023, 1, 1) + timedelta(days=days))
    states = [step.state for step in steps]
    assert len(states) == len(set(states))
    assert "closed" not in states[:-1]
    assert states[0] == "sent"
    if "placed" in states:
        assert states[states.index("placed") - 1] == "accepted"
    assert [step.on for step in steps] == sorted(step.on for step in steps)
    for step in steps:
        assert (step.due_on is None) == (step.state == "closed")
    assert steps[0].due_on is not None
    assert steps[0].due_on <= date(2023, 1, 1) + timedelta(days=days), "receipt is never due after the answer"


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_only_what_fails_needs_a_reason(state: str, wanted: str) -> None:
    needed = wanted == "declined" or (wanted == "closed" and state not in ("placed", "declined"))
    if needed:
        with pytest.raises(Refusal, match="referral_reason_missing"):
            referrals.check_reason(state, wanted, None, ["full"])
    else:
        referrals.check_reason(state, wanted, None, ["full"])
    referrals.check_reason(state, wanted, "full", ["full"])
    with pytest.raises(Refusal, match="referral_reason_unknown") as refused:
        referrals.check_reason(state, wanted, "bored", ["full"])
    assert refused.value.values == {"known": "full"}


def test_every_state_says_what_it_waits_for() -> None:
    assert set(AWAITS) == set(NEXT)
    assert [state for state in STATES if AWAITS[state] is None] == ["closed"]
    assert set(DAYS) == {awaited for awaited in AWAITS.values() if awaited}


@given(st.text(max_size=80) | st.text("ﬃŉß. ", min_size=60, max_size=80))
def test_a_name_has_one_key_however_it_is_spelled(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key
    assert name_key(f"  {name}. ") == key
    assert len(key) <= KEY_MAX_LENGTH


def test_two_offices_keep_their_own_keys() -> None:
    assert name_key("DKUM, Kota  Depok") == name_key("dkum kota depok") != name_key("DKUM Kota Bogor")


PROMISES = st.builds(
    Promise,
    id=st.uuids().map(str),
    forum_id=st.sampled_from(["a", "b", "c"]),
    on=DATES,
    state=st.sampled_from(["open", "withdrawn"]),
) | st.builds(
    Promise,
    id=st.uuids().map(str),
    forum_id=st.sampled_from(["a", "b", "c"]),
    on=DATES,
    state=st.sampled_from(["kept", "not_kept"]),
    settled_on=DATES,
)


@given(st.lists(PROMISES, max_size=8), st.sampled_from(["a", "b", "c", "d"]), DATES)
def test_a_forum_takes_up_what_is_open_from_others(promises: list[Promise], forum_id: str, on: date) -> None:
    carried = forums.carried(promises, forum_id, on)
    for promise in promises:
        earlier = promise.forum_id != forum_id and promise.on <= on
        open_then = promise.state == "open" or (promise.settled_on is not None and promise.settled_on >= on)
        assert (promise.id in carried) == (earlier and open_then)


@given(st.lists(PROMISES, max_size=8), DATES, st.integers(0, 30))
def test_what_stays_open_is_taken_up_by_every_later_forum(promises: list[Promise], on: date, days: int) -> None:
    unsettled = [p for p in promises if p.state == "open"]
    first = set(forums.carried(unsettled, "d", on))
    assert first <= set(forums.carried(unsettled, "e", on + timedelta(days=days)))


def test_states_of_forums_and_commitments() -> None:
    forums.check_forum("planned", "planned", "held")
    with pytest.raises(Refusal, match="forum_state"):
        forums.check_forum("cancelled", "planned", "held")
    with pytest.raises(Refusal, match="commitment_state"):
        forums.check_commitment("kept", "open")
    forums.check_outcome("kept", None)
    with pytest.raises(Refusal, match="reason_wanted"):
        forums.check_outcome("not_kept", "")


def test_a_node_adds_its_own_kinds_and_days(tmp_path) -> None:
    (tmp_path / "ties.yaml").write_text(
        "organisation_kinds:\n  koperasi: {id: Koperasi, en: Cooperative}\nreferral_days:\n  placed: 45\n"
    )
    known = practice.load(tmp_path)
    assert known.organisation_kinds["koperasi"].en == "Cooperative"
    assert "dkum" in known.organisation_kinds
    assert (known.referral_days["placed"], known.referral_days["answered"]) == (45, 14)
    (tmp_path / "ties.yaml").write_text("referral_days:\n  placed: soon\n")
    with pytest.raises(ValueError, match=r"ties\.yaml: (.|\n)*referral_days\.placed"):
        practice.load(tmp_path)
    (tmp_path / "ties.yaml").write_text("- no\n")
    with pytest.raises(ValueError, match="must name parts"):
        practice.load(tmp_path)
