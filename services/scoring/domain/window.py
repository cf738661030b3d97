"""What moved a score between two moments, summed at every level, exactly."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.scoring.domain.attribution import Link, linked
from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.ledger import Entry

Place = tuple[str, str, str]
"""A variable, one of its indicators, and the item or counter behind it."""

READINGS: tuple[ReadingName, ...] = ("survey", "running")


@dataclass
class Window:
    """One reading between two moments, in units of 1e-9.

    ``base`` is the index the shares are counted from: the one at the beginning, or the first there was since it last
    came to be (``came_to_be`` is the entry it did with). So ``sum(shares) == after - base`` always. ``ways`` are the
    parts of each event: what it moved, and through what.
    """

    base: int | None
    after: int | None
    came_to_be: Entry | None = None
    parts: dict[Place, int] = field(default_factory=dict)
    events: dict[int, int] = field(default_factory=dict)
    ways: dict[int, list[tuple[Place, int]]] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    @property
    def change(self) -> int | None:
        """What the shares sum to."""
        return None if self.base is None or self.after is None else self.after - self.base

    def add(self, entry: Entry, links: Iterable[Link]) -> None:
        """Count one event's links in."""
        for link in links:
            share = link.index_share
            if share is None:
                continue
            place = (link.variable, link.indicator, link.evidence)
            self.parts[place] = self.parts.get(place, 0) + share
            self.events[entry.number] = self.events.get(entry.number, 0) + share
            self.ways.setdefault(entry.number, []).append((place, share))
            self.entries[entry.number] = entry

    def settle(self, entry: Entry, index: int | None) -> None:
        """Take the index after an entry; one that came to be or ceased to be begins the count anew."""
        if (self.after is None) != (index is None):
            self.base, self.came_to_be = index, entry if index is not None else None
            self.parts, self.events, self.ways, self.entries = {}, {}, {}, {}
        self.after = index


def windows(scored: ScoredYear, entries: Iterable[Entry]) -> dict[ReadingName, Window]:
    """Fold entries into a year as it was at the first moment, and keep what each did to either reading."""
    found: dict[ReadingName, Window] = {}
    for name in READINGS:
        reading = scored.survey if name == "survey" else scored.running
        index = None if scored.is_new else reading.index_nine
        found[name] = Window(index, index)
    for entry in entries:
        _, links = linked(scored, entry.evidence)
        for name in READINGS:
            window = found[name]
            window.add(entry, [link for link in links if link.reading == name])
            window.settle(entry, (scored.survey if name == "survey" else scored.running).index_nine)
    return found
