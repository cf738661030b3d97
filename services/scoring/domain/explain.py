"""What is told of a batch: the events that moved a score, largest first, and the sum of what is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.scoring.domain.evidence import Evidence
from services.scoring.domain.fold import City, Moved, ReadingName


class Movement(NamedTuple):
    """One event's part; ``event`` is its place in the batch."""

    event: int
    moved: Moved


@dataclass(frozen=True, slots=True)
class Told:
    """The movements that are told, in the order they happened, and what the others come to.

    ``share_left_out`` is the sum of the untold index shares for each reading, in units of 1e-9.
    """

    movements: tuple[Movement, ...]
    left_out: int = 0
    share_left_out: dict[ReadingName, int] = field(default_factory=dict)


def fold_batch(city: City, batch: Iterable[tuple[int, Evidence]]) -> list[Movement]:
    """Fold (place, evidence) pairs into one city, in order."""
    return [Movement(place, moved) for place, evidence in batch for moved in city.add(evidence)]


def tell(movements: Sequence[Movement], limit: int) -> Told:
    """At most ``limit`` movements of one city and year, the largest by |index share|; what came to be is largest."""
    if len(movements) <= limit:
        return Told(tuple(movements))
    ranked = sorted(range(len(movements)), key=lambda place: (-_weight(movements[place].moved), place))
    kept = sorted(ranked[:limit])
    share_left_out: dict[ReadingName, int] = {}
    for place in ranked[limit:]:
        moved = movements[place].moved
        share_left_out[moved.reading] = share_left_out.get(moved.reading, 0) + (moved.index_share or 0)
    return Told(tuple(movements[place] for place in kept), len(movements) - limit, share_left_out)


def _weight(moved: Moved) -> int:
    if moved.index_share is not None:
        return abs(moved.index_share)
    return _BIRTH if moved.variable_share is None else 0


_BIRTH = 10**12
