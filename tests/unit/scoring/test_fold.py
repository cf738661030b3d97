"""One event at a time: which years it reaches, and what is refused."""

import pytest

from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.explain import Movement, tell
from services.scoring.domain.fold import City, Moved
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.state import canonical


@pytest.fixture
def city(kotan: Instrument) -> City:
    return City("32.76", [], lambda _: kotan)


def test_a_stock_stands_in_later_years_and_a_flow_does_not(city: City) -> None:
    city.add(Evidence(2022, (("regulations.in_force", 1),), carries=True))
    city.add(Evidence(2022, (("businesses.started", 1),)))
    city.add(Evidence(2024, (("sessions.held", 1),)))
    assert city.years[2024].state.counters == {"regulations.in_force": 1, "sessions.held": 1}


def test_a_late_stock_event_reaches_the_years_after_its_own(city: City) -> None:
    city.add(Evidence(2024, (("sessions.held", 1),)))
    moved = city.add(Evidence(2022, (("regulations.in_force", 1),), carries=True))
    assert {m.year for m in moved} == {2022, 2024}
    assert city.years[2024].state.counters["regulations.in_force"] == 1
    assert 2023 not in city.years


def test_the_event_that_begins_a_year_has_no_share(city: City) -> None:
    (moved,) = city.add(Evidence(2023, (("businesses.started", 1),)))
    assert moved == Moved(2023, "running", "masyarakat", "usaha_berdiri", None, None)


def test_an_event_that_changes_no_score_moves_nothing(city: City) -> None:
    city.add(Evidence(2023, (("businesses.started", 500),)))
    assert city.add(Evidence(2023, (("businesses.started", 1),))) == []


def test_synthetic_evidence_marks_the_year_and_standing_evidence_the_later_ones_too(city: City) -> None:
    city.add(Evidence(2022, (("sessions.held", 1),), synthetic=True))
    city.add(Evidence(2023, (("sessions.held", 1),)))
    assert (city.years[2022].state.is_synthetic, city.years[2023].state.is_synthetic) == (True, False)
    city.add(Evidence(2022, (("agents.recovery", 1),), carries=True, synthetic=True))
    assert city.years[2023].state.is_synthetic


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (Evidence(2023, instrument="kotan-2019", group="polres", answers={"regulasi_1": 2}), "scored with kotan-2022"),
        (Evidence(2023, instrument="kotan-2022", group="polres", answers={"nothing": 2}), "item nothing"),
        (Evidence(2023, instrument="kotan-2022", group="somebody", answers={"regulasi_1": 2}), "group somebody"),
        (Evidence(2023, instrument="kotan-2022", group="polres", answers={"regulasi_1": 5}), "answer 5"),
        (Evidence(2023, instrument="kotan-2022", group="polres"), "without any answer"),
    ],
)
def test_what_does_not_fit_the_instrument_is_refused_and_changes_nothing(
    city: City, evidence: Evidence, reason: str
) -> None:
    with pytest.raises(EvidenceRefusedError, match=reason):
        city.add(evidence)
    assert not city.years
    city.add(Evidence(2023, (("sessions.held", 1),)))
    before = canonical(city.years[2023].state)
    with pytest.raises(EvidenceRefusedError, match=reason):
        city.add(evidence)
    assert canonical(city.years[2023].state) == before


def test_the_largest_movements_are_told_in_the_order_they_happened() -> None:
    shares = [5, -9, 1, 7, -2]
    movements = [Movement(n, Moved(2023, "running", "hukum", "regulasi_berlaku", s, s)) for n, s in enumerate(shares)]
    told = tell(movements, 3)
    assert [m.moved.index_share for m in told.movements] == [5, -9, 7]
    assert (told.left_out, told.share_left_out) == (2, {"running": -1})
