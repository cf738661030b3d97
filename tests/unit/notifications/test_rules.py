"""The rules, one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.deliveries import RetryPlan
from services.notifications.domain.due import OFFICE_ONLY, STEP_OF, Work, due, waiting_after
from services.notifications.domain.rules import ParkedEvent, ReadingMove, band_changed, below_target, event_parked
from services.notifications.domain.subscriptions import listeners
from services.notifications.places import local_date
from tests.unit.notifications.builders import move, point, subscription


def survey(before, after):
    return ReadingMove("survey", before, after)


def test_a_band_that_changes_is_told_with_both_sides():
    found = band_changed(move(survey(point("3.532"), point("3.533", "sangat_tanggap"))))
    assert found is not None
    assert (found.cause, found.region, found.year, found.synthetic) == ("e1", "32.76", 2023, True)
    assert found.facts["readings"] == [
        {
            "reading": "survey",
            "before": {"value": "3.532", "band": "tanggap"},
            "after": {"value": "3.533", "band": "sangat_tanggap"},
        }
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [(point("3.1"), point("3.2")), (None, point("3.2")), (point("3.2"), None), (None, None)],
)
def test_the_same_band_or_none_is_no_change(before, after):
    assert band_changed(move(survey(before, after))) is None


def test_both_readings_make_one_matter():
    running = ReadingMove("running", point("3.0", "cukup_tanggap"), point("3.1"))
    found = band_changed(move(survey(point("3.0", "cukup_tanggap"), point("3.1")), running))
    assert [r["reading"] for r in found.facts["readings"]] == ["survey", "running"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("3.602", "3.601", True),
        ("3.700", "3.500", True),
        ("3.603", "3.602", False),
        ("3.601", "3.500", False),
        ("3.500", "3.700", False),
    ],
)
def test_only_the_crossing_of_the_target_is_told(before, after, told):
    assert (below_target(move(survey(point(before), point(after)))) is not None) is told


def test_without_a_target_or_an_index_nothing_falls():
    assert below_target(move(survey(point("3.9"), point("1.0")), target=None)) is None
    assert below_target(move(survey(None, point("1.0")))) is None
    assert below_target(move(survey(point("3.9"), None))) is None


def test_the_running_index_falls_too():
    found = below_target(move(survey(None, None), ReadingMove("running", point("3.7"), point("3.6"))))
    assert [r["reading"] for r in found.facts["readings"]] == ["running"]


def test_a_parked_event_is_told_without_its_error():
    found = event_parked(ParkedEvent("e9", "32.76", "3276.registry", 12))
    assert found.facts == {"region": "32.76", "stream": "3276.registry", "seq": 12}


WORK = Work("follow_up", "f1", "e1", "32.76", "32.76.07.1003", date(2023, 3, 3), None, 3, True)


def test_work_is_overdue_from_the_day_after_its_date():
    assert due(WORK, date(2023, 3, 3), 7) is None
    found = due(WORK, date(2023, 3, 4), 7)
    assert (found.rule, found.cause, found.year) == ("follow_up_due", "e1", 2023)


def test_the_day_turns_where_the_work_is():
    evening = datetime(2023, 3, 3, 16, 30, tzinfo=UTC)
    assert local_date(evening, "32.76") == date(2023, 3, 3)
    assert local_date(evening, "53.71") == date(2023, 3, 4)
    assert local_date(evening, "91.71") == date(2023, 3, 4)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_and_stay_below_the_cap(attempts, jitter):
    plan = RetryPlan(20, 30.0, 14_400.0)
    wait = plan.wait_seconds(attempts, jitter)
    assert 15.0 <= wait <= 14_400.0
    assert wait <= plan.wait_seconds(attempts + 1, jitter)


def test_attempts_run_out():
    plan = RetryPlan(3, 1.0, 2.0)
    assert [plan.spent(n) for n in (1, 2, 3, 4)] == [False, False, True, True]


COMMITMENT = replace(WORK, kind="commitment", village="", months=None, organisation="DKUM", organisation_id="o1")


@given(st.integers(-30, 30), st.integers(0, 20))
def test_a_commitment_is_brought_to_mind_before_its_date_and_told_after_it(days: int, notice: int) -> None:
    found = due(COMMITMENT, COMMITMENT.due_on + timedelta(days=days), notice)
    wanted = "commitment_overdue" if days > 0 else "commitment_due" if days >= -notice else None
    assert (found.rule if found else None) == wanted
    if found:
        assert (found.organisation_id, found.facts["village"]) == ("o1", None)


@pytest.mark.parametrize("state", ["sent", "received", "accepted", "declined", "placed", "closed"])
def test_what_a_referral_waits_for_has_a_step(state: str) -> None:
    kind = waiting_after(state)
    assert (kind is None) == (state == "closed")
    if kind:
        late = due(replace(WORK, kind=kind), date(2023, 12, 31), 0)
        assert late is not None
        assert (late.rule, late.facts["step"]) == ("referral_due", STEP_OF[kind])
        assert due(replace(WORK, kind=kind), WORK.due_on, 400) is None, "only commitments are told ahead"


@given(st.sampled_from([None, "o1", "o2", OFFICE_ONLY]), st.sampled_from([None, "o1", "o2"]), st.booleans())
def test_an_organisation_hears_of_its_own(concerned: str | None, linked: str | None, active: bool) -> None:
    office, one = subscription("s1"), subscription("s2", organisation_id=linked, active=active)
    heard = listeners([office, one], "referral_due", "32.76", concerned)
    assert office in heard
    assert (one in heard) == (active and (concerned is None or linked in (None, concerned)))
