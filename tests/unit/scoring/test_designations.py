"""What the registry says of designations, counted by scoring: what stands in the end is what is counted."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.handlers import on_bersinar_designated, on_regulation_recorded
from shared.contracts.registry import BersinarDesignated, RegulationRecorded

PLACES = st.tuples(st.sampled_from(("32.76.07.1003", "32.76.07.1005")), st.integers(2022, 2025))


@given(st.lists(st.tuples(PLACES, st.booleans()), max_size=30))
def test_villages_of_a_year_are_those_whose_designation_stands(said: list[tuple[tuple[str, int], bool]]) -> None:
    stands: dict[tuple[str, int], bool] = {}
    counted: Counter[int] = Counter()
    for (village, year), standing in said:
        evidence = on_bersinar_designated(
            BersinarDesignated(
                village=village,
                year=year,
                decree_number="Contoh 3/2023",
                decree_on=date(2022, 1, 10),
                standing=standing,
                previously_standing=stands.get((village, year), False),
            )
        )
        assert not evidence.carries
        counted[evidence.year] += dict(evidence.counters)["areas.bersinar"]
        stands[village, year] = standing
    for year in range(2022, 2026):
        assert counted[year] == sum(stands[place] for place in stands if place[1] == year)


def test_a_decree_of_a_tim_terpadu_counts_on_its_own() -> None:
    said = RegulationRecorded(regulation_id="1", kind="tim_terpadu", number="1", in_force=True, on=date(2023, 1, 9))
    evidence = on_regulation_recorded(said)
    assert (evidence.counters, evidence.carries) == ((("tim_terpadu", 1),), True)
