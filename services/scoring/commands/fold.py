"""The one use case that changes anything: fold a batch of steps into the cities they concern, and say what moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.scoring.commands.announcement import Announcement, Part, facts_of, score_changed
from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.explain import Movement, tell
from services.scoring.domain.fold import City, ScoredYear, Scores
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.state import CityYear
from services.scoring.domain.target import Reference, target_of
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import explanations, published, states
from shared.contracts.envelope import Event
from shared.journal.journal import Unit


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


@dataclass
class Desk:
    """What one batch works on: its cities and references as they are now, and what is to be told of them."""

    catalogue: Catalogue
    states: dict[str, list[CityYear]]
    references: dict[str, list[Reference]]
    cities: dict[str, City] = field(default_factory=dict)
    before: dict[tuple[str, int], Scores | None] = field(default_factory=dict)
    causes: dict[tuple[str, int], Event[Any]] = field(default_factory=dict)
    movements: dict[tuple[str, int], list[Movement]] = field(default_factory=dict)
    facts: dict[int, Part] = field(default_factory=dict)

    def city(self, region: str) -> City:
        """The city of a region, scored; made on first use."""
        city = self.cities.get(region)
        if city is None:
            years = (ScoredYear(s, self.catalogue.get(s.instrument).plain) for s in self.states.get(region, ()))
            city = self.cities[region] = City(region, years, self.instrument_of)
        return city

    def instrument_of(self, year: int) -> Instrument:
        """The instrument a new year is scored with."""
        return self.catalogue.of_year(year).plain

    def target(self, scored: ScoredYear) -> Reference | None:
        """What a year is to reach."""
        known = self.references.get(scored.state.region, ())
        return target_of(scored.state.year, scored.instrument.edition, known)

    def touch(self, region: str, year: int, event: Event[Any]) -> None:
        """Remember the scores a year had before this batch, and the last event that reached it."""
        key = (region, year)
        if key not in self.before:
            scored = self.city(region).years.get(year)
            self.before[key] = scored.scores() if scored is not None else None
            self.movements[key] = []
        self.causes[key] = event


class Scorer:
    """Takes batches of steps. ``movements_max`` bounds what one ``score.changed`` names."""

    def __init__(self, catalogue: Catalogue, movements_max: int) -> None:
        self._catalogue, self._movements_max = catalogue, movements_max

    async def take(self, unit: Unit, steps: Sequence[Step]) -> None:
        """Fold the steps in order, save, and emit one ``score.changed`` for each city and year that changed.

        Raises :class:`EvidenceRefusedError` when a step doesn't fit its instrument; nothing of the batch stays then.
        """
        desk = await self._open(unit, steps)
        for place, step in enumerate(steps):
            match step:
                case Observed():
                    observe(desk, place, step)
                case Chosen():
                    choose(desk, step)
                    await published.choose(unit.connection, step.area, step.reference, step.reason, step.event.time)
                case _:
                    await published.add(unit.connection, step)
        await self._save(unit, desk)

    async def _open(self, unit: Unit, steps: Iterable[Step]) -> Desk:
        regions = {_region_of(step) for step in steps}
        return Desk(
            self._catalogue,
            await states.load(unit.connection, regions),
            await published.references(unit.connection, regions),
        )

    async def _save(self, unit: Unit, desk: Desk) -> None:
        if not desk.before:
            return
        new = [desk.cities[region].years[year].state for (region, year), was in desk.before.items() if was is None]
        changed = [
            desk.cities[region].years[year].state for (region, year), was in desk.before.items() if was is not None
        ]
        await states.save(unit.connection, new=new, changed=changed)
        rows = [
            _movement_row(region, m, desk.facts[m.event])
            for (region, _), found in desk.movements.items()
            for m in found
        ]
        await explanations.add_movements(unit.connection, rows)
        await explanations.add_points(unit.connection, [p for key in desk.before for p in self._tell(unit, desk, key)])

    def _tell(self, unit: Unit, desk: Desk, key: tuple[str, int]) -> list[explanations.Row]:
        """Emit what changed about one city and year; answers its point in the history, if it's a new one."""
        region, year = key
        scored, before, cause = desk.cities[region].years[year], desk.before[key], desk.causes[key]
        announcement = Announcement(
            scored=scored,
            before=before,
            after=scored.scores(),
            target=desk.target(scored),
            told=tell(desk.movements[key], self._movements_max),
        )
        payload = score_changed(announcement, desk.facts)
        unit.emit(payload, subject=f"{region}/{year}", region=region, cause=cause)
        if announcement.after == before:
            return []
        return [explanations.point_row(region, year, cause.time, scored.instrument.key, announcement.after)]


def observe(desk: Desk, place: int, step: Observed) -> None:
    """Fold one event's evidence into its city."""
    event, evidence = step.event, step.evidence
    region: str = event.region
    if "." not in region:
        raise EvidenceRefusedError(f"evidence belongs to a kab/kota, not to {region}")
    city = desk.city(region)
    desk.touch(region, evidence.year, event)
    if evidence.carries:
        for year in city.years:
            if year > evidence.year:
                desk.touch(region, year, event)
    moves = city.add(evidence)
    if moves:
        desk.facts[place] = facts_of(event, step.detail)
    for moved in moves:
        desk.movements[region, moved.year].append(Movement(place, moved))


def choose(desk: Desk, step: Chosen) -> None:
    """Replace a reference, and touch the years whose target it changes."""
    known, chosen = desk.references.setdefault(step.area, []), step.reference
    city = desk.city(step.area)
    before = {year: desk.target(scored) for year, scored in city.years.items()}
    known[:] = [r for r in known if (r.year, r.edition) != (chosen.year, chosen.edition)] + [chosen]
    for year, scored in city.years.items():
        if desk.target(scored) != before[year]:
            desk.touch(step.area, year, step.event)


def _region_of(step: Step) -> str:
    return step.event.region if isinstance(step, Observed) else step.area


def _movement_row(region: str, movement: Movement, facts: Part) -> explanations.Row:
    return {"region": region, **facts, **movement.moved._asdict()}
