"""The use case everything rests on: fold a batch of steps into the cities they concern, and say what moved."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.scoring.commands.announcement import Announcement, Part, facts_of, score_changed
from services.scoring.commands.desk import Desk, Key, Told
from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.explain import Movement, tell
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.ledger import Cause
from services.scoring.domain.target import Reference
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import projection, published
from shared.contracts.envelope import Event
from shared.journal.journal import Unit
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


Step = Observed | Chosen | published.Published


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
        for place, step in enumerate(steps):
            match step:
                case Observed():
                    observe(desk, place, step)
                case Chosen():
                    choose(desk, step)
                    await published.choose(
                        unit.connection, desk.generation, step.area, step.reference, step.reason, step.event.time
                    )
                case _:
                    await published.add(unit.connection, desk.generation, step)
        await desk.save(unit.connection)
        self.tell_all(unit, desk, steps)
        desk.clear()
        self._desk = desk

    async def desk(self, unit: Unit) -> Desk:
        """The desk of this transaction. It's put back by :meth:`take` only, so one that failed is never used again."""
        mine, self._token = self._token, clock.new_id()
        generation, is_mine = await projection.claim(unit.connection, mine=mine, new=self._token)
        kept, self._desk = self._desk, None
        if kept is not None and is_mine:
            return kept
        return Desk(self._catalogue, generation, self._years_max)

    def tell_all(self, unit: Unit, desk: Desk, steps: Sequence[Step]) -> None:
        """Emit what changed about each city and year the batch touched."""
        for key, told in desk.told.items():
            self._tell(unit, desk, key, told, steps)

    def _tell(self, unit: Unit, desk: Desk, key: Key, told: Told, steps: Sequence[Step]) -> None:
        region, year = key
        held = desk.held(region)
        scored = held.city.years[year]
        announcement = Announcement(
            scored=scored,
            before=told.before,
            after=scored.scores(),
            target=held.target(scored),
            told=tell(told.movements, self._movements_max),
        )
        facts: dict[int, Part] = {}
        for movement in announcement.told.movements:
            step = steps[movement.event]
            if movement.event not in facts and isinstance(step, Observed):
                facts[movement.event] = facts_of(cause_of(step))
        unit.emit(score_changed(announcement, facts), subject=f"{region}/{year}", region=region, cause=told.cause)


def _opened(desk: Desk, step: Observed) -> tuple[str, list[ScoredYear]]:
    """The region of an event and the years it reaches, with their books open."""
    region = step.event.region
    if "." not in region:
        raise EvidenceRefusedError(f"evidence belongs to a kab/kota, not to {region}")
    years = desk.held(region).city.reached_by(step.evidence)
    desk.open_books(region, years, step.event.time)
    return region, years


def observe(desk: Desk, place: int, step: Observed) -> None:
    """Fold one event's evidence into its city, and keep what moved to be told."""
    region, years = _opened(desk, step)
    told = [desk.touch(region, scored, step.event) for scored in years]
    for scored, of_year in zip(years, told, strict=True):
        of_year.movements += [Movement(place, moved) for moved in scored.add(step.evidence)]
    desk.write(region, years, cause_of(step), step.evidence)


def count(desk: Desk, step: Observed) -> None:
    """Fold one event's evidence into its city, and tell nobody."""
    region, years = _opened(desk, step)
    for scored in years:
        scored.count(step.evidence)
    desk.write(region, years, cause_of(step), step.evidence)


def choose(desk: Desk, step: Chosen) -> None:
    """Replace a reference, and touch the years whose target it changes."""
    held, chosen = desk.held(step.area), step.reference
    before = {year: held.target(scored) for year, scored in held.city.years.items()}
    held.references[:] = [r for r in held.references if (r.year, r.edition) != (chosen.year, chosen.edition)]
    held.references.append(chosen)
    for year, scored in held.city.years.items():
        if held.target(scored) != before[year]:
            desk.touch(step.area, scored, step.event)


def region_of(step: Step) -> str:
    """The region whose books a step is for."""
    return step.event.region if isinstance(step, Observed) else step.area


def cause_of(step: Observed) -> Cause:
    """What is kept of the event."""
    event = step.event
    village = getattr(event.data, "village", None)
    return Cause(event.id, event.type, event.time, village, step.detail, event.data.synthetic)
