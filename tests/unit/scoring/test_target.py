"""The target is the reference of an earlier year of the same edition."""

from decimal import Decimal

import pytest

from services.scoring.domain.score import Score
from services.scoring.domain.target import Reference, gap, target_of

DEPOK = [
    Reference(2019, "kotan-2019", "c", Decimal("61.2")),
    Reference(2021, "kotan-2022", "a", Decimal("3.104")),
    Reference(2022, "kotan-2022", "b", Decimal("3.602")),
]


@pytest.mark.parametrize(("year", "from_year"), [(2023, 2022), (2025, 2022), (2022, 2021), (2021, None), (2020, None)])
def test_the_latest_earlier_reference_of_the_edition_counts(year: int, from_year: int | None) -> None:
    target = target_of(year, "kotan-2022", DEPOK)
    assert (target.year if target else None) == from_year


def test_the_gap_is_negative_until_the_target_is_reached_and_has_three_places() -> None:
    score = Score(Decimal("3.104"), Decimal("3.104000000"), "tanggap")
    assert str(gap(score, Decimal("3.602"), 3)) == "-0.498"
    assert str(gap(score, Decimal("3.1"), 3)) == "0.004"
    assert gap(None, Decimal("3.602"), 3) is None
