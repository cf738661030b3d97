"""Work nobody acts on goes on to the next one who answers for it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.due import OFFICE_ONLY, Patience, Work, WorkKind, due, escalated
from services.notifications.domain.subscriptions import listeners
from tests.unit.notifications.builders import subscription

DUE = date(2023, 3, 3)
KINDS: tuple[WorkKind, ...] = ("referral", "referral_place", "follow_up", "commitment")


def work(kind: WorkKind = "follow_up") -> Work:
    return Work(kind, "w1", "e1", "32.76", "32.76.07.1003", DUE, "DKUM", 3, True, "o1")


@given(st.sampled_from(KINDS), st.integers(-30, 60), st.integers(0, 30), st.integers(0, 30))
def test_each_step_comes_when_its_days_have_passed(kind: WorkKind, late: int, head: int, more: int) -> None:
    today = DUE + timedelta(days=late)
    found = escalated(work(kind), today, Patience(head, head + more))
    expected = ["escalated_to_head"] * (late > head) + ["escalated_to_province"] * (late > head + more)
    assert [matter.rule for matter in found] == expected
    assert {matter.cause for matter in found} <= {"e1"}
    if found:
        told = due(work(kind), today, 0)
        assert told is not None, "who is to act was told before"
        assert told.rule not in expected


def test_without_days_nothing_goes_on() -> None:
    assert escalated(work(), DUE + timedelta(days=300), Patience()) == []


def test_it_goes_to_who_answers_for_the_office_and_to_no_linked_organisation() -> None:
    (matter,) = escalated(work("referral"), DUE + timedelta(days=8), Patience(7, None))
    assert matter.organisation_id == OFFICE_ONLY
    everyone = [
        subscription("officer", rules=("referral_due",)),
        subscription("head", rules=("escalated_to_head",)),
        subscription("linked", rules=("escalated_to_head",), organisation_id="o1"),
        subscription("province", region="32", rules=("escalated_to_province",)),
    ]
    told = listeners(everyone, matter.rule, matter.region, matter.organisation_id)
    assert [recipient.id for recipient in told] == ["head"]
    assert matter.facts["work"] == "referral"
