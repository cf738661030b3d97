"""From movements to feed rows: one row for one event and one reading."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from services.dashboard.view import FeedRow
from shared.contracts.scoring import Movement

PlaceName = Callable[[str], str | None]


def grouped(movements: Iterable[Movement]) -> list[list[Movement]]:
    """One group for each event and reading, in the order the events happened."""
    groups: dict[tuple[str, str], list[Movement]] = {}
    for movement in sorted(movements, key=lambda m: m.at):
        groups.setdefault((movement.event_id, movement.reading), []).append(movement)
    return list(groups.values())


def row_of(movements: Sequence[Movement], place_name: PlaceName) -> FeedRow:
    """The row of one group."""
    first = movements[0]
    shares = [m.index_share for m in movements if m.index_share is not None]
    return FeedRow(
        key=f"{first.event_id}:{first.reading}",
        event_id=first.event_id,
        event_type=first.event_type,
        at=first.at,
        reading=first.reading,
        place=place_name(first.village) if first.village else None,
        detail=first.detail,
        share=sum(shares, Decimal(0)) if shares else None,
        movements=tuple(movements),
        synthetic=any(m.synthetic for m in movements),
    )
