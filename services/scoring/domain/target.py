"""The value a year is to reach."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from services.scoring.domain.score import Score


class Reference(NamedTuple):
    """The published index of a year that a person chose as the one that counts."""

    year: int
    edition: str
    published_id: str
    value: Decimal


class SetByHand(NamedTuple):
    """A target somebody set for a year, with the reason."""

    year: int
    edition: str
    value: Decimal
    reason: str
    set_by: str
    set_at: datetime


Target = Reference | SetByHand


def target_of(
    year: int, edition: str, references: Iterable[Reference], by_hand: Iterable[SetByHand] = ()
) -> Target | None:
    """What was set by hand for the year; else the reference of the year before, else of the latest earlier year.

    Never one of another edition.
    """
    for own in by_hand:
        if (own.year, own.edition) == (year, edition):
            return own
    earlier = [r for r in references if r.edition == edition and r.year < year]
    return max(earlier, key=lambda r: r.year, default=None)


def gap(score: Score | None, target: Decimal, places: int) -> Decimal | None:
    """``score - target`` in the score's places; negative while the target isn't reached."""
    return None if score is None else (score.value - target).quantize(Decimal(1).scaleb(-places))
