"""What each event of the registry adds to the counts."""

from datetime import date
from typing import Any

import pytest

from services.scoring import handlers
from services.scoring.domain.evidence import COUNTERS, FLOWS, STOCKS, Evidence
from shared.contracts import registry
from shared.contracts.catalogue import consumed_by

ON = date(2023, 5, 4)
VILLAGE = "32.76.07.1003"


def added(evidence: Evidence) -> dict[str, int]:
    return {name: n for name, n in evidence.counters if n}


def institution(before: dict[str, Any] | None, now: dict[str, Any]) -> registry.InstitutionRecorded:
    return registry.InstitutionRecorded.model_validate(
        {"institution_id": "i", "setting": "swasta", "state": now, "previous": before, "on": ON}
    )


def area(
    status: str, previous: str | None = None, before: str | None = None, previous_before: str | None = None
) -> registry.AreaStatusRecorded:
    return registry.AreaStatusRecorded.model_validate(
        {
            "village": VILLAGE,
            "year": 2022,
            "status": status,
            "previous": previous,
            "before": before,
            "previous_before": previous_before,
            "method": "IKRN",
            "on": ON,
        }
    )


def test_every_consumed_event_has_a_handler_and_no_other() -> None:
    assert set(handlers.STEPS) == {p.TYPE for p in consumed_by("scoring")["registry"]}


def test_an_institution_adds_the_difference_to_what_stood() -> None:
    first = {"has_policy": False, "penggiat": 4, "urine_tests": 10}
    second = {"has_policy": True, "penggiat": 3, "urine_tests": 25}
    assert added(handlers.on_institution_recorded(institution(None, first))) == {
        "institutions.recorded": 1,
        "institutions.penggiat": 4,
        "institutions.urine_tests": 10,
    }
    changed = handlers.on_institution_recorded(institution(first, second))
    assert added(changed) == {
        "institutions.with_policy": 1,
        "institutions.penggiat": -1,
        "institutions.urine_tests": 15,
    }
    assert changed.carries


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (area("siaga"), {"areas.recorded": 1, "areas.level": 3}),
        (area("siaga", before="waspada"), {"areas.recorded": 1, "areas.level": 3, "areas.safe_or_better": 1}),
        (area("aman", before="aman"), {"areas.recorded": 1, "areas.level": 4, "areas.safe_or_better": 1}),
        (area("bahaya", "siaga", "waspada", "waspada"), {"areas.level": -2, "areas.safe_or_better": -1}),
        (area("siaga", "siaga", "waspada"), {"areas.safe_or_better": 1}),
        (area("siaga", "siaga", "aman", "waspada"), {"areas.safe_or_better": -1}),
        (area("aman", "aman", "waspada"), {}),
        (area("siaga", previous="siaga"), {}),
    ],
)
def test_an_area_status_replaces_the_one_of_the_same_year(
    event: registry.AreaStatusRecorded, expected: dict[str, int]
) -> None:
    evidence = handlers.on_area_status_recorded(event)
    assert added(evidence) == expected
    assert evidence.year == 2022


def test_a_visit_counts_for_its_month_and_only_the_active_as_active() -> None:
    visit = {
        "follow_up_id": "f",
        "business_id": "b",
        "village": VILLAGE,
        "sector": "lele",
        "months": 3,
        "workers": 1,
        "on": ON,
    }
    active = registry.BusinessFollowedUp.model_validate(visit | {"status": "active"})
    paused = registry.BusinessFollowedUp.model_validate(visit | {"status": "paused"})
    assert added(handlers.on_business_followed_up(active)) == {
        "businesses.visited": 1,
        "businesses.visited_active": 1,
        "businesses.visited.3": 1,
        "businesses.visited_active.3": 1,
    }
    assert added(handlers.on_business_followed_up(paused)) == {"businesses.visited": 1, "businesses.visited.3": 1}


def test_a_regulation_that_leaves_force_is_taken_back() -> None:
    data = {"regulation_id": "r", "number": "1/2023", "on": ON}
    perda = {**data, "kind": "perda", "in_force": False, "previously_in_force": True}
    rad = {**data, "kind": "rad", "in_force": True}
    gone = registry.RegulationRecorded.model_validate(perda)
    begun = registry.RegulationRecorded.model_validate(rad)
    assert added(handlers.on_regulation_recorded(gone)) == {"regulations.in_force": -1}
    assert added(handlers.on_regulation_recorded(begun)) == {"action_plans.in_force": 1}


def test_every_counter_is_either_a_flow_or_a_stock() -> None:
    assert not set(FLOWS) & set(STOCKS)
    assert set(COUNTERS) == set(FLOWS) | set(STOCKS)
