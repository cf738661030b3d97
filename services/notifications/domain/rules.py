"""The rules on scores and on events set aside: each looks at one event and finds a matter, or nothing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.notifications.domain.matters import Json, Matter

Reading = Literal["survey", "running"]


@dataclass(frozen=True)
class Point:
    """An index as people read it (three places) with the key of its band."""

    value: Decimal
    band: str


@dataclass(frozen=True)
class ReadingMove:
    """One reading of the index before and after; ``None`` where there is no index."""

    reading: Reading
    before: Point | None
    after: Point | None


@dataclass(frozen=True)
class ScoreMove:
    """A change of one area's index of one year, with the value to reach when there is one."""

    event_id: str
    area: str
    year: int
    provisional: bool
    synthetic: bool
    readings: tuple[ReadingMove, ...]
    target: Decimal | None


@dataclass(frozen=True)
class ParkedEvent:
    """A follower set an event aside. Its error stays out: it may quote what it could not read."""

    event_id: str
    region: str
    stream: str
    seq: int


def band_changed(move: ScoreMove) -> Matter | None:
    """An index was in one band and is in another, in either reading. A first index is no change."""
    return _score_matter("band_changed", move, [r for r in move.readings if _band_differs(r)])


def below_target(move: ScoreMove) -> Matter | None:
    """An index that had reached the target fell below it, in either reading.

    Both values are held against the target that counts now, so a new target alone alarms nobody.
    """
    if move.target is None:
        return None
    return _score_matter("below_target", move, [r for r in move.readings if _fell_below(r, move.target)])


def event_parked(parked: ParkedEvent) -> Matter:
    """Somebody has to look at an event that could not be applied."""
    facts: dict[str, Json] = {"region": parked.region, "stream": parked.stream, "seq": parked.seq}
    return Matter("event_parked", parked.event_id, parked.region, None, False, facts)


def _band_differs(move: ReadingMove) -> bool:
    return move.before is not None and move.after is not None and move.before.band != move.after.band


def _fell_below(move: ReadingMove, target: Decimal) -> bool:
    return move.before is not None and move.after is not None and move.before.value >= target > move.after.value


def _score_matter(
    rule: Literal["band_changed", "below_target"], move: ScoreMove, readings: list[ReadingMove]
) -> Matter | None:
    if not readings:
        return None
    facts: dict[str, Json] = {
        "region": move.area,
        "year": move.year,
        "provisional": move.provisional,
        "target": None if move.target is None else str(move.target),
        "readings": [_reading_facts(r) for r in readings],
    }
    return Matter(rule, move.event_id, move.area, move.year, move.synthetic, facts)


def _reading_facts(move: ReadingMove) -> Json:
    return {"reading": move.reading, "before": _point_facts(move.before), "after": _point_facts(move.after)}


def _point_facts(point: Point | None) -> Json:
    return None if point is None else {"value": str(point.value), "band": point.band}
