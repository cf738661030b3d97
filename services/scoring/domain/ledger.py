"""What is kept of every event that reached a city and year: enough to fold it again, and to name it.

A city year's entries are numbered from 1. Its state at any moment is a snapshot and the entries after it; scores,
movements and explanations are worked out of those again whenever somebody asks. Nothing else has to be kept, and
what is told about the past can't disagree with what was counted.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from services.scoring.domain.evidence import NO_ANSWERS, Evidence
from services.scoring.domain.fold import Moved, ScoredYear
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.state import CityYear, add_evidence

SNAPSHOT_EVERY_ENTRIES = 500
SHAPES_KEPT_MAX = 4_096
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Cause(NamedTuple):
    """The event an entry comes from. ``detail`` is the one code that tells such events apart for a reader.

    ``synthetic`` is what the event says of itself; the evidence has its own, which counts.
    """

    event_id: str
    event_type: str
    at: datetime
    village: str | None
    detail: str | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in one city and year."""

    number: int
    cause: Cause
    evidence: Evidence


class Line(NamedTuple):
    """An entry without its number, ready to be kept: when it was recorded (microseconds since 1970), and its JSON."""

    at: int
    text: str


def entry_line(cause: Cause, evidence: Evidence) -> Line:
    """An entry as it's kept: short, because there are many; most of it is the same for many of them."""
    event_id, event_type, moment, village, detail, synthetic = cause
    year, counters, carries, instrument, group, answers, own_synthetic, sign = evidence
    at = round(moment.timestamp() * 1_000_000)
    flags = carries + 2 * own_synthetic + 4 * synthetic + 8 * (sign < 0)
    place = "null" if village is None else _text(village)
    shape = _shape(detail, year, counters, flags, instrument, group)
    said = _json(dict(answers)) if answers else "null"
    return Line(at, f"[{_text(event_id)},{_text(event_type)},{at},{place},{shape},{said}]")


@lru_cache(maxsize=SHAPES_KEPT_MAX)
def _shape(*parts: Any) -> str:
    return _json(parts)[1:-1]


_json = json.JSONEncoder(separators=(",", ":")).encode
_text = json.encoder.encode_basestring_ascii


def moment(microseconds: int) -> datetime:
    """The moment so many microseconds after the beginning of 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def entry_of(number: int, line: Sequence[Any]) -> Entry:
    """The entry of a line."""
    event_id, event_type, at, village, detail, year, counters, flags, instrument, group, answers = line
    return Entry(
        number,
        Cause(event_id, event_type, moment(at), village, detail, bool(flags & 4)),
        Evidence(
            year,
            tuple([(name, addition) for name, addition in counters]),
            bool(flags & 1),
            instrument,
            group,
            answers or NO_ANSWERS,
            bool(flags & 2),
            -1 if flags & 8 else 1,
        ),
    )


def page_text(lines: Iterable[Line]) -> str:
    """Entries that follow one another, as one text."""
    return f"[{','.join([text for _, text in lines])}]"


def entries_of(first: int, text: str) -> Iterator[Entry]:
    """The entries of a text; ``first`` is the number of its first."""
    for number, line in enumerate(json.loads(text), first):
        yield entry_of(number, line)


def fold_again(state: CityYear, entries: Iterable[Entry], instrument: Instrument) -> CityYear:
    """Add entries to a snapshot, in place. ``instrument`` is the state's."""
    layout = instrument.layout
    for entry in entries:
        add_evidence(state, entry.evidence, layout)
    return state


class Retold(NamedTuple):
    """An entry and what it moved; ``scored`` stands where it left it, until the next is asked for."""

    entry: Entry
    moved: list[Moved]
    scored: ScoredYear


def retell(state: CityYear, entries: Iterable[Entry], instrument: Instrument) -> Iterator[Retold]:
    """Fold entries into a snapshot once more, and say of each what it moved."""
    scored: ScoredYear | None = None
    for entry in entries:
        if scored is None:
            scored = ScoredYear(state, instrument, is_new=entry.number == 1)
        yield Retold(entry, scored.add(entry.evidence), scored)
