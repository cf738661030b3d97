"""What a grant reaches, for every shape of region code."""

from hypothesis import given
from hypothesis import strategies as st

from shared.access import ANYONE, EVERYWHERE, NODE, Actor, Grant, acting_as, current
from shared.access.permissions import Rule

two, four = st.integers(10, 99).map(str), st.integers(1001, 9999).map(str)
villages = st.tuples(two, two, two, four).map(".".join)
sizes = st.sampled_from((2, 5, 8, 13))


@given(villages, sizes)
def test_a_scope_covers_itself_and_all_within(village: str, size: int) -> None:
    actor = Actor("a", (Grant("p2m_officer", village[:size]),))
    assert actor.covers(village)
    assert all(actor.covers(village[:inner]) for inner in (2, 5, 8, 13) if inner >= size)
    assert not any(actor.covers(village[:outer]) for outer in (2, 5, 8) if outer < size)


@given(villages, villages, sizes)
def test_a_scope_covers_nothing_else(village: str, other: str, size: int) -> None:
    scope = village[:size]
    inside = other == scope or other.split(".")[: scope.count(".") + 1] == scope.split(".")
    assert Grant("analyst", scope).covers(other) is inside


@given(villages, sizes, sizes)
def test_what_holds_around_a_scope_concerns_it(village: str, size: int, other: int) -> None:
    grant = Grant("recovery_agent", village[:size])
    assert grant.concerns(village[:other])
    assert grant.concerns(EVERYWHERE)
    assert set(grant.ancestors()) == {EVERYWHERE, *(village[:s] for s in (2, 5, 8, 13) if s < size)}


@given(villages)
def test_a_code_that_only_begins_alike_is_elsewhere(village: str) -> None:
    assert not Grant("p2m_officer", village[:4]).covers(village)
    assert not Grant("p2m_officer", village).covers(village + "0")


@given(villages)
def test_everywhere_covers_all_and_nobody_nothing(village: str) -> None:
    assert NODE.covers(village)
    assert not ANYONE.covers(village)


@given(villages, villages)
def test_a_grant_of_another_role_lends_no_reach(own: str, elsewhere: str) -> None:
    """An analyst of the nation who is also a recovery agent sees people of the own village only."""
    actor = Actor("a", (Grant("recovery_agent", own), Grant("analyst")))
    admitted = Rule(frozenset({"recovery_agent"})).admits(actor)
    assert admitted is not None
    assert admitted.covers(own)
    assert admitted.covers(elsewhere) is (own == elsewhere)
    assert Rule(frozenset({"auditor"})).admits(actor) is None


def test_the_request_decides_who_acts_and_only_inside_it() -> None:
    actor = Actor("a", (Grant("auditor"),))
    with acting_as(actor):
        assert current() is actor
    assert current() is NODE
