"""What the registry says of institutions' years, counted by scoring: every year ends with what stands in it."""

from collections import Counter
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.yearly import standing, statements
from services.scoring.handlers import INSTITUTION_COUNTERS, on_institution_recorded
from shared.contracts.registry import InstitutionRecorded, InstitutionState

STATES = st.builds(
    InstitutionState, has_policy=st.booleans(), penggiat=st.integers(0, 9), urine_tests=st.integers(0, 200)
)
PLACES = st.tuples(st.sampled_from(("school", "office")), st.integers(2020, 2025))
Facts = list[tuple[tuple[str, int], InstitutionState]]
Counts = dict[int, tuple[int, ...]]


def counted(facts: Facts) -> Counts:
    """What scoring has for each year after these facts came in one after the other."""
    histories: dict[str, dict[int, InstitutionState]] = {"school": {}, "office": {}}
    changes: dict[int, Counter[str]] = {year: Counter() for year in range(2019, 2027)}
    for (who, year), state in facts:
        for said in statements(histories[who], year, state):
            evidence = on_institution_recorded(
                InstitutionRecorded(
                    institution_id=who,
                    setting="pendidikan",
                    state=said.state,
                    previous=said.previous,
                    follows=said.follows,
                    followed=said.followed,
                    on=date(said.year, 5, 2),
                )
            )
            assert evidence.carries
            changes[evidence.year].update(dict(evidence.counters))
        histories[who][year] = state
    return {
        year: tuple(sum(changes[y][name] for y in changes if y <= year) for name in INSTITUTION_COUNTERS)
        for year in changes
    }


def expected(facts: Facts) -> Counts:
    """What stands in each year: an institution's own state of it, else its last earlier one."""
    histories: dict[str, dict[int, InstitutionState]] = {}
    for (who, year), state in facts:
        histories.setdefault(who, {})[year] = state
    counts: Counts = {}
    for year in range(2019, 2027):
        states = [found for history in histories.values() if (found := standing(history, year)) is not None]
        amounts = [(1, int(s.has_policy), s.penggiat, s.urine_tests) for s in states]
        counts[year] = tuple(map(sum, zip(*amounts, strict=True))) if amounts else (0, 0, 0, 0)
    return counts


@given(st.lists(st.tuples(PLACES, STATES), max_size=20))
def test_years_may_be_recorded_and_corrected_in_any_order(facts: Facts) -> None:
    assert counted(facts) == expected(facts)


@given(st.dictionaries(PLACES, STATES, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_recording_makes_no_difference(
    facts: dict[tuple[str, int], InstitutionState], random: Random
) -> None:
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    assert counted(shuffled) == counted(list(facts.items()))
