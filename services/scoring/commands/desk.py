"""What a batch works on: its cities as they are now, what is written down of them, and what is to be told.

A desk is kept from one batch to the next, so that a city is read from the database once and not with every event.
The projection's token (:mod:`services.scoring.storage.projection`) says whether what it remembers still counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.explain import Movement
from services.scoring.domain.fold import City, ScoredYear, Scores
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.ledger import SNAPSHOT_EVERY_ENTRIES, Cause, Line, moment, page_text
from services.scoring.domain.state import canonical
from services.scoring.domain.target import Reference, SetByHand, Target, target_of
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import ledger, published, states, targets
from services.scoring.storage.ledger import Row
from shared.contracts.envelope import Event

Key = tuple[str, int]
"""A region and a year."""


@dataclass
class Told:
    """What one batch has to tell of a city and year."""

    before: Scores | None
    cause: Event[Any]
    movements: list[Movement] = field(default_factory=list)
    causes: dict[int, Cause] = field(default_factory=dict)
    """Of the events that moved something, by their place in the batch."""


class Book:
    """The entries of one city and year (``key``): how many there are, and the pages not yet saved."""

    __slots__ = (
        "_lines",
        "count",
        "is_stored",
        "key",
        "latest_at",
        "pages",
        "scored",
        "snapshots",
        "told",
    )

    def __init__(self, key: Key, scored: ScoredYear, count: int = 0, latest_at: datetime | None = None) -> None:
        self.key, self.scored, self.count, self.latest_at = key, scored, count, latest_at
        self.is_stored = count > 0
        self.pages: list[Row] = []
        self.snapshots: list[Row] = []
        self.told: Told | None = None
        self._lines: list[Line] = []

    def write(self, line: Line, at: datetime) -> None:
        """The next entry; its evidence is in the state already."""
        self.count += 1
        self._lines.append(line)
        if self.count % SNAPSHOT_EVERY_ENTRIES == 0:
            self.turn_page()
            self.snapshot(at)

    def snapshot(self, at: datetime) -> None:
        """The state as it is now. ``at`` stands for a year that has no entry yet."""
        row = {"entries": self.count, "latest_at": self.latest_at or at, "state": canonical(self.scored.state)}
        self.snapshots.append(self._key() | row)

    def turn_page(self) -> bool:
        """What was written since the last page becomes one; whether there is any page to save."""
        if self._lines:
            numbers = {"first": self.count - len(self._lines) + 1, "last": self.count}
            times = [at for at, _ in self._lines]
            first_at, last_at = moment(min(times)), moment(max(times))
            if self.latest_at is None or last_at > self.latest_at:
                self.latest_at = last_at
            row = numbers | {"first_at": first_at, "last_at": last_at, "body": page_text(self._lines)}
            self.pages.append(self._key() | row)
            self._lines = []
        return bool(self.pages)

    def stored(self) -> states.Stored:
        """The state with its number of entries."""
        assert self.latest_at is not None  # noqa: S101 - only a book with entries is saved
        return states.Stored(self.scored.state, self.count, self.latest_at)

    def _key(self) -> Row:
        region, year = self.key
        return {"region": region, "year": year}


@dataclass(slots=True)
class Held:
    """All that is remembered of one region."""

    city: City
    books: dict[int, Book]
    references: list[Reference]
    by_hand: list[SetByHand]

    def target(self, scored: ScoredYear) -> Target | None:
        """What a year is to reach."""
        return target_of(scored.year, scored.instrument.edition, self.references, self.by_hand)


class Desk:
    """Cities by region, the least recently used first to go; and what the running batch did with them."""

    def __init__(self, catalogue: Catalogue, generation: int, years_max: int) -> None:
        self.catalogue, self.generation = catalogue, generation
        self._years_max, self._years = years_max, 0
        self._held: dict[str, Held] = {}
        self.touched: dict[Key, Book] = {}

    async def fetch(self, connection: AsyncConnection, regions: Iterable[str]) -> None:
        """Have these regions at hand."""
        wanted = sorted(set(regions))
        missing = [region for region in wanted if region not in self._held]
        if missing:
            found = await states.load(connection, self.generation, missing)
            references = await published.references(connection, missing, self.generation)
            by_hand = await targets.of_regions(connection, missing)
            for region in missing:
                self._hold(region, found.get(region, []), references.get(region, []), by_hand.get(region, []))
        for region in wanted:
            self._held[region] = self._held.pop(region)
        self._let_go({*wanted, *(region for region, _ in self.touched)})

    def held(self, region: str) -> Held:
        """A region that was fetched."""
        return self._held[region]

    def touch(self, book: Book, event: Event[Any]) -> Told:
        """Remember the scores a year had before this batch; this event is the last that reached it, so far."""
        told = book.told
        if told is None:
            told = book.told = Told(None if book.scored.is_new else book.scored.scores(), event)
            self.touched[book.key] = book
        told.cause = event
        return told

    def begin(self, held: Held, scored: ScoredYear, at: datetime) -> Book:
        """The book of a year that is about to begin; what it begins with is its first snapshot."""
        book = held.books[scored.year] = Book((held.city.region, scored.year), scored)
        book.snapshot(at)
        self._years += 1
        return book

    async def save(self, connection: AsyncConnection) -> None:
        """Write what the batch has put into the books."""
        books = [book for book in self.touched.values() if book.turn_page()]
        new = [b.stored() for b in books if not b.is_stored]
        changed = [b.stored() for b in books if b.is_stored]
        await states.save(connection, self.generation, new=new, changed=changed)
        mark = {"generation": self.generation}
        pages = [mark | row for b in books for row in b.pages]
        await ledger.add(connection, pages, [mark | row for b in books for row in b.snapshots])
        for book in books:
            book.is_stored, book.pages, book.snapshots = True, [], []

    def forget(self) -> None:
        """Read every region anew: what is stored was changed by others."""
        self._held, self._years = {}, 0

    def clear(self) -> None:
        """Done with the batch."""
        for book in self.touched.values():
            book.told = None
        self.touched = {}

    def instrument_of(self, year: int) -> Instrument:
        """The instrument a new year is scored with."""
        return self.catalogue.of_year(year).plain

    def _hold(
        self, region: str, found: list[states.Unread], references: list[Reference], by_hand: list[SetByHand]
    ) -> None:
        books = {}
        for year, instrument, text, entries, latest_at in found:
            scored = ScoredYear.unread(year, text, self.catalogue.get(instrument).plain)
            books[year] = Book((region, year), scored, entries, latest_at)
        city = City(region, [book.scored for book in books.values()], self.instrument_of)
        self._held[region] = Held(city, books, references, by_hand)
        self._years += len(books)

    def _let_go(self, needed: set[str]) -> None:
        for region in list(self._held):
            if self._years <= self._years_max:
                return
            if region not in needed:
                self._years -= len(self._held.pop(region).books)
