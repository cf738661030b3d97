"""From movements to feed rows: one row for one event and one reading; answers that came together share one."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from services.dashboard.view import FeedRow
from shared.contracts.registry import SurveyAnswered
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
    return FeedRow(
        key=f"{first.event_id}:{first.reading}",
        event_id=first.event_id,
        event_type=first.event_type,
        at=first.at,
        reading=first.reading,
        place=place_name(first.village) if first.village else None,
        detail=first.detail,
        details=(first.detail,) if first.detail else (),
        share=_total(m.index_share for m in movements),
        movements=tuple(movements),
        synthetic=any(m.synthetic for m in movements),
    )


def together(rows: Iterable[FeedRow]) -> list[FeedRow]:
    """The rows, newest first as given, with neighbouring survey answers of one minute and reading made into one."""
    return [_joined(tuple(batch)) for _, batch in groupby(rows, _batch)]


def _batch(row: FeedRow) -> tuple[object, ...]:
    """What neighbours must have in common to be one row. Answers without a share, and real ones beside synthetic ones,
    stay apart: a sum over both would say something about answers it isn't true of."""
    if row.event_type != SurveyAnswered.TYPE:
        return (row.key,)
    # Indonesia's zones differ by whole hours, so a minute is the same one everywhere.
    return row.reading, row.at.replace(second=0, microsecond=0), row.share is None, row.synthetic


def _joined(rows: Sequence[FeedRow]) -> FeedRow:
    """One row of several, known by the oldest: while answers come in on top, it is still the same row."""
    oldest = rows[-1]
    if len(rows) == 1:
        return oldest
    details = tuple(sorted({detail for row in rows for detail in row.details}))
    places = {row.place for row in rows}
    return oldest.model_copy(
        update={
            "place": oldest.place if len(places) == 1 else None,
            "detail": details[0] if len(details) == 1 else None,
            "details": details,
            "answers": len({row.event_id for row in rows}),
            "share": _total(row.share for row in rows),
            "movements": _by_indicator([m for row in reversed(rows) for m in row.movements]),
        }
    )


def _by_indicator(movements: Sequence[Movement]) -> tuple[Movement, ...]:
    """The movements summed, so that a row stays small however many answers it stands for."""
    found: dict[tuple[str, str], list[Movement]] = {}
    for movement in movements:
        found.setdefault((movement.variable, movement.indicator), []).append(movement)
    return tuple(_summed(same) for same in found.values())


def _summed(movements: Sequence[Movement]) -> Movement:
    first = movements[0]
    update = {
        "detail": first.detail if len({m.detail for m in movements}) == 1 else None,
        "index_share": _total(m.index_share for m in movements),
        "variable_share": _total(m.variable_share for m in movements),
    }
    return first.model_copy(update=update)


def _total(shares: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum, ``None`` when there is nothing to add."""
    known = [share for share in shares if share is not None]
    return sum(known, Decimal(0)) if known else None
