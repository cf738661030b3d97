"""The use case everything rests on: fold a batch of steps into the cities they concern, and say what moved."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.scoring.commands.announcement import Announcement, Part, facts_of, score_changed
from services.scoring.commands.desk import Book, Desk, Held, Told
from services.scoring.commands.instruments import refresh
from services.scoring.commands.villages import VillageStep, fold_villages
from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.explain import Movement, tell
from services.scoring.domain.ledger import Cause, entry_line
from services.scoring.domain.state import digest
from services.scoring.domain.target import Reference
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import locked, projection, published, targets
from shared.contracts.envelope import Event
from shared.contracts.scoring import ScoreChanged
from shared.journal.journal import Telling, Unit
from shared.runtime import clock

YEARS_IN_MEMORY_MAX = 6_000


class Observed(NamedTuple):
    """Evidence and the event it comes from."""

    event: Event[Any]
    evidence: Evidence
    detail: str | None


class Chosen(NamedTuple):
    """A reference and the event that chose it."""

    event: Event[Any]
    area: str
    reference: Reference
    reason: str


class PeriodMoved(NamedTuple):
    """A survey period came to a state. Once locked, what stands is the official value of its revision."""

    event: Event[Any]
    year: int
    instrument: str
    state: str
    revision: int
    revision_name: str | None


Step = Observed | Chosen | PeriodMoved | published.Published | VillageStep


class Scorer:
    """Takes batches of steps, and remembers the cities it has seen.

    ``movements_max`` bounds what one ``score.changed`` names.
    """

    def __init__(
        self, catalogue: Catalogue, movements_max: int, years_in_memory_max: int = YEARS_IN_MEMORY_MAX
    ) -> None:
        self._catalogue, self._movements_max = catalogue, movements_max
        self._years_max = years_in_memory_max
        self._token = ""
        self._desk: Desk | None = None

    async def take(self, unit: Unit, steps: Sequence[Step]) -> None:
        """Fold the steps in order, save, and emit one ``score.changed`` for each city and year that changed.

        Raises :class:`EvidenceRefusedError` when a step doesn't fit its instrument; nothing of the batch stays then.
        """
        desk = await self.desk(unit)
        await desk.fetch(unit.connection, (region_of(step) for step in steps))
        of_villages: list[VillageStep] = []
        for place, step in enumerate(steps):
            match step:
                case Observed():
                    observe(desk, place, step)
                case Chosen():
                    choose(desk, step)
                    await published.choose(
                        unit.connection, desk.generation, step.area, step.reference, step.reason, step.event.time
                    )
                case PeriodMoved():
                    await locked.add(unit.connection, desk.generation, official(desk, step))
                case published.Published():
                    await published.add(unit.connection, desk.generation, step)
                case _:
                    of_villages.append(step)
        await fold_villages(unit.connection, self._catalogue, desk.generation, of_villages, unit=unit)
        await desk.save(unit.connection)
        self.tell_all(unit, desk)
        desk.clear()
        self._desk = desk

    async def retarget(self, unit: Unit, region: str, event: Event[Any]) -> None:
        """Take the targets of a region as they are stored now, and tell of the years whose target changed."""
        desk = await self.desk(unit)
        await desk.fetch(unit.connection, [region])
        held = desk.held(region)
        before = {year: held.target(scored) for year, scored in held.city.years.items()}
        held.by_hand[:] = (await targets.of_regions(unit.connection, [region])).get(region, [])
        for year, scored in held.city.years.items():
            if held.target(scored) != before[year]:
                desk.touch(held.books[year], event)
        self.tell_all(unit, desk)
        desk.clear()
        self._desk = desk

    async def desk(self, unit: Unit) -> Desk:
        """The desk of this transaction. It's put back by :meth:`take` only, so one that failed is never used again."""
        mine, self._token = self._token, clock.new_id()
        generation, is_mine = await projection.claim(unit.connection, mine=mine, new=self._token)
        kept, self._desk = self._desk, None
        if kept is not None and is_mine:
            return kept
        await refresh(unit.connection, self._catalogue)
        return Desk(self._catalogue, generation, self._years_max)

    def tell_all(self, unit: Unit, desk: Desk) -> None:
        """Emit what changed about each city and year the batch touched."""
        told = [(book, book.told) for book in desk.touched.values() if book.told is not None]
        unit.emit_many(ScoreChanged, [self._telling(desk, *one) for one in told])

    def _telling(self, desk: Desk, book: Book, told: Told) -> Telling:
        (region, year), scored = book.key, book.scored
        announcement = Announcement(
            scored=scored,
            before=told.before,
            after=scored.scores(),
            target=desk.held(region).target(scored),
            told=tell(told.movements, self._movements_max),
        )
        facts = {m.event: facts_of(told.causes[m.event]) for m in announcement.told.movements}
        return Telling(f"{region}/{year}", region, score_changed(announcement, facts), told.cause)


def observe(desk: Desk, place: int, step: Observed) -> None:
    """Fold one event's evidence into its city, and keep what moved to be told."""
    event, evidence, _ = step
    held = _held(desk, step)
    cause = cause_of(step)
    line, at = entry_line(cause, evidence), event.time
    for scored in held.city.reached_by(evidence):
        book = held.books.get(scored.year) or desk.begin(held, scored, at)
        told = desk.touch(book, event)
        for moved in scored.add(evidence):
            told.movements.append(Movement(place, moved))
            told.causes[place] = cause
        book.write(line, at)


def count(desk: Desk, step: Observed) -> None:
    """Fold one event's evidence into its city, and tell nobody."""
    held = _held(desk, step)
    line, at = entry_line(cause_of(step), step.evidence), step.event.time
    for scored in held.city.reached_by(step.evidence):
        book = held.books.get(scored.year) or desk.begin(held, scored, at)
        desk.touched[book.key] = book
        scored.count(step.evidence)
        book.write(line, at)


def _held(desk: Desk, step: Observed) -> Held:
    region = step.event.region
    if "." not in region:
        raise EvidenceRefusedError(f"evidence belongs to a kab/kota, not to {region}")
    return desk.held(region)


def choose(desk: Desk, step: Chosen) -> None:
    """Replace a reference, and touch the years whose target it changes."""
    held, chosen = desk.held(step.area), step.reference
    before = {year: held.target(scored) for year, scored in held.city.years.items()}
    replace_reference(held, chosen)
    for year, scored in held.city.years.items():
        if held.target(scored) != before[year]:
            desk.touch(held.books[year], step.event)


def official(desk: Desk, step: PeriodMoved) -> Part | None:
    """The survey's result as it stands at this place of the batch, if its period is locked now.

    A survey of another kind than the year's own instrument (of villages) has no index of the city to lock.
    """
    scored = desk.held(step.event.region).city.years.get(step.year) if step.state == "locked" else None
    if scored is None or scored.instrument.key != step.instrument:
        return None
    scores = scored.scores()
    return {
        "region": step.event.region,
        "year": step.year,
        "revision": step.revision,
        "revision_name": step.revision_name,
        "instrument": step.instrument,
        "value": str(scores.survey.value) if scores.survey else None,
        "exact": str(scores.survey.exact) if scores.survey else None,
        "band": scores.survey.band if scores.survey else None,
        "variables": {v.variable: str(v.survey.value) for v in scores.variables if v.survey},
        "digest": digest(scored.state),
        "event_id": step.event.id,
        "at": step.event.time,
    }


def replace_reference(held: Held, chosen: Reference) -> None:
    """Put a reference in place of the one of its year and edition."""
    held.references[:] = [r for r in held.references if (r.year, r.edition) != (chosen.year, chosen.edition)]
    held.references.append(chosen)


def region_of(step: Step) -> str:
    """The region whose books a step is for."""
    return step.event.region if isinstance(step, Observed | PeriodMoved) else step.area


def cause_of(step: Observed) -> Cause:
    """What is kept of the event."""
    event = step.event
    village = getattr(event.data, "village", None)
    return Cause(event.id, event.type, event.time, village, step.detail, event.data.synthetic)
