"""What the registry says of villages' statuses, counted by scoring: the order of recording makes no difference."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from random import Random
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.area_status import statements, status_before
from services.scoring.handlers import STATUS_LEVELS, on_area_status_recorded
from shared.contracts.registry import AreaStatus, AreaStatusRecorded

VILLAGES = ("32.76.07.1003", "32.76.07.1005")
PLACES = st.tuples(st.sampled_from(VILLAGES), st.integers(2019, 2025))
STATUSES = st.sampled_from(sorted(STATUS_LEVELS))
LEVELS: dict[str, int] = {status: STATUS_LEVELS[status] for status in get_args(AreaStatus)}
Place = tuple[str, int]
Fact = tuple[Place, str]
Counters = dict[tuple[int, str], int]


def counted(facts: list[Fact], *, synthetic: bool = False) -> Counters:
    """The counters of every year after these facts were recorded one after the other."""
    histories: dict[str, dict[int, str]] = {village: {} for village in VILLAGES}
    counters: Counter[tuple[int, str]] = Counter()
    for (village, year), status in facts:
        for said in statements(histories[village], year, status):
            stated = {"village": village, "method": "IKRN", "on": date(2025, 11, 18), "synthetic": synthetic}
            evidence = on_area_status_recorded(AreaStatusRecorded.model_validate({**stated, **asdict(said)}))
            added = [*evidence.counters, ("synthetic", int(evidence.synthetic))]
            counters.update({(evidence.year, name): addition for name, addition in added})
        histories[village][year] = status
    return {key: count for key, count in counters.items() if count}


def expected(final: dict[Place, str]) -> Counters:
    """The counters as they are defined, from what stands in the end."""
    counters: Counter[tuple[int, str]] = Counter()
    for (village, year), status in final.items():
        before = status_before({y: s for (v, y), s in final.items() if v == village}, year)
        improved = before is not None and LEVELS[status] > LEVELS[before]
        counters[year, "areas.recorded"] += 1
        counters[year, "areas.level"] += LEVELS[status]
        counters[year, "areas.safe_or_better"] += int(status == "aman" or improved)
    return {key: count for key, count in counters.items() if count}


@given(st.dictionaries(PLACES, STATUSES, max_size=10), st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_recording_ends_in_the_same_counters(
    facts: dict[Place, str], random: Random, synthetic: bool
) -> None:
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    ends = counted(shuffled, synthetic=synthetic)
    assert ends == counted(list(facts.items()), synthetic=synthetic)
    assert {key: n for key, n in ends.items() if key[1] != "synthetic"} == expected(facts)


@given(st.lists(st.tuples(PLACES, STATUSES), max_size=20))
def test_corrections_leave_nothing_of_what_they_replace(facts: list[Fact]) -> None:
    """Of two facts about the same village and year the later one stands, whatever was recorded in between."""
    assert counted(facts) == expected(dict(facts))


@given(st.lists(st.tuples(PLACES, STATUSES), min_size=1, max_size=20))
def test_each_statement_replaces_the_one_before_it(facts: list[Fact]) -> None:
    histories: dict[str, dict[int, str]] = {village: {} for village in VILLAGES}
    stands: dict[Place, tuple[str | None, str | None]] = {}
    for (village, year), status in facts:
        for said in statements(histories[village], year, status):
            place = village, said.year
            assert stands.get(place, (None, None)) == (said.previous, said.previous_before)
            stands[place] = said.status, said.before
        histories[village][year] = status
