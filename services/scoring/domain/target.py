"""The value a year is to reach."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from services.scoring.domain.score import Score


class Reference(NamedTuple):
    """The published index of a year that a person chose as the one that counts."""

    year: int
    edition: str
    published_id: str
    value: Decimal


def target_of(year: int, edition: str, references: Iterable[Reference]) -> Reference | None:
    """The reference of the year before, else of the latest earlier year; never one of another edition."""
    earlier = [r for r in references if r.edition == edition and r.year < year]
    return max(earlier, key=lambda r: r.year, default=None)


def gap(score: Score | None, target: Decimal, places: int) -> Decimal | None:
    """``score - target`` in the score's places; negative while the target isn't reached."""
    return None if score is None else (score.value - target).quantize(Decimal(1).scaleb(-places))
