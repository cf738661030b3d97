"""Many areas in one number: worked out by hand, and what holds whatever the areas are."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.rollup import Area, Rollup, roll_up
from services.scoring.domain.score import score_of
from tests.unit.scoring.histories import KOTAN, OLD_KOTAN

WEIGHTED = replace(KOTAN, rollup="villages")


def area(value: str | None, weight: int = 1, *, number: int = 0, complete: bool = False) -> Area:
    score = None if value is None else score_of(Fraction(value).as_integer_ratio(), KOTAN)
    return Area(f"32.{number:02}", score, weight, complete, synthetic=complete)


HAND = [
    area("3.104", 63, number=76, complete=True),
    area("3.602", 11, number=71),
    area("2.599", 40, number=1),
    area("3.0645", 5, number=2, complete=True),
    area(None, 90, number=3, complete=True),
]


def test_a_province_by_hand() -> None:
    """(3.104 + 3.602 + 2.599 + 3.0645) / 4 = 3.092375; the middle two are 3.0645 and 3.104: 3.08425."""
    found = roll_up(HAND, KOTAN)
    assert (found.areas, found.scored, found.complete, found.synthetic, found.weighted) == (5, 4, 2, 2, False)
    assert (found.mean, found.median) == (Decimal("3.092"), Decimal("3.084"))
    assert (found.lowest, found.highest) == (Decimal("2.599"), Decimal("3.602"))
    assert found.bands == {"kurang_tanggap": 1, "cukup_tanggap": 0, "tanggap": 2, "sangat_tanggap": 1}
    assert found.at_least == {"kurang_tanggap": 4, "cukup_tanggap": 3, "tanggap": 3, "sangat_tanggap": 1}


def test_weighted_where_the_instrument_says_so() -> None:
    """(3.104*63 + 3.602*11 + 2.599*40 + 3.0645*5) / 119 = 354.4565 / 119; half of the weight lies at 3.104."""
    found = roll_up(HAND, WEIGHTED)
    assert (found.mean, found.median, found.weighted) == (Decimal("2.979"), Decimal("3.104"), True)
    assert found.bands == roll_up(HAND, KOTAN).bands


def test_a_weight_split_in_the_middle_takes_the_mean_of_both_sides() -> None:
    found = roll_up([area("2", 3), area("3", 1), area("4", 2)], WEIGHTED)
    assert found.median == Decimal("2.500")


def test_nothing_gives_no_number_and_never_zero() -> None:
    for areas in ([], [area(None), area(None, 7)]):
        found = roll_up(areas, KOTAN)
        assert (found.mean, found.median, found.lowest, found.highest, found.scored) == (None, None, None, None, 0)
        assert set(found.bands.values()) == set(found.at_least.values()) == {0}


def test_the_national_target_counts_rounded_values() -> None:
    """3.0644 is 3.064 and not yet Tanggap; 3.0645 is 3.065 and is."""
    found = roll_up([area("3.0644"), area("3.0645"), area("3.5324"), area("3.5325")], KOTAN)
    assert found.at_least["tanggap"] == 3
    assert found.at_least["sangat_tanggap"] == 1


def test_the_old_edition_rounds_to_its_own_places() -> None:
    """(78.42 + 70.93) / 2 = 74.675."""
    areas = [
        Area(f"32.{n}", score_of((value, 100), OLD_KOTAN), 1, False, False) for n, value in enumerate((7842, 7093))
    ]
    found = roll_up(areas, OLD_KOTAN)
    assert (found.mean, found.median) == (Decimal("74.68"), Decimal("74.68"))
    assert found.at_least["tanggap"] == 2


AREAS = st.lists(
    st.builds(
        lambda value, weight, complete: area(None if value is None else f"{value}/1000", weight, complete=complete),
        st.one_of(st.none(), st.integers(1_000, 4_000)),
        st.integers(1, 300),
        st.booleans(),
    ),
    max_size=12,
)
KINDS = st.sampled_from([KOTAN, WEIGHTED])


def values_of(areas: list[Area], *, weighted: bool) -> list[Decimal]:
    return sorted(a.score.exact for a in areas if a.score for _ in range(a.weight if weighted else 1))


def rounded(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.001"), ROUND_HALF_UP)


@given(AREAS, KINDS)
@settings(max_examples=150, deadline=None)
def test_it_is_the_mean_and_median_of_every_area_as_often_as_it_weighs(areas: list[Area], kind: object) -> None:
    found = roll_up(areas, kind)  # type: ignore[arg-type]
    values = [Fraction(v) for v in values_of(areas, weighted=found.weighted)]
    if not values:
        assert found.mean is None
        return
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    assert found.mean == rounded(sum(values, Fraction(0)) / len(values))
    assert found.median == rounded(middle)
    assert found.lowest is not None
    assert found.highest is not None
    assert found.lowest <= found.mean <= found.highest
    assert found.lowest <= found.median <= found.highest


@given(st.data(), AREAS, KINDS)
@settings(max_examples=60, deadline=None)
def test_order_does_not_matter_and_every_scored_area_is_in_one_band(
    data: st.DataObject, areas: list[Area], kind: object
) -> None:
    found: Rollup = roll_up(areas, kind)  # type: ignore[arg-type]
    assert roll_up(data.draw(st.permutations(areas)), kind) == found  # type: ignore[arg-type]
    assert sum(found.bands.values()) == found.scored == found.at_least["kurang_tanggap"]
    assert list(found.at_least.values()) == sorted(found.at_least.values(), reverse=True)


@given(AREAS, st.integers(0, 11))
@settings(max_examples=60, deadline=None)
def test_a_better_city_never_lowers_what_it_is_part_of(areas: list[Area], place: int) -> None:
    if place >= len(areas) or areas[place].score is None:
        return
    best = list(areas)
    best[place] = best[place]._replace(score=score_of((4, 1), KOTAN))
    for kind in (KOTAN, WEIGHTED):
        before, after = roll_up(areas, kind), roll_up(best, kind)
        assert before.mean is not None
        assert after.mean is not None
        assert before.median is not None
        assert after.median is not None
        assert after.mean >= before.mean
        assert after.median >= before.median
        assert all(after.at_least[key] >= count for key, count in before.at_least.items())
