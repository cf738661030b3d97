"""Answers to a survey of villages, and statuses recorded of them: folded village by village, each told once a batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.announcement import change_part, completeness_parts, interval_part
from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.fold import ScoredYear, refuse_misfit
from services.scoring.domain.ledger import Cause, Line, entry_line
from services.scoring.domain.score import Score
from services.scoring.domain.state import CityYear, add_evidence, digest
from services.scoring.domain.village import Recorded, Recovery, Status, VillageYear, recovery, status_of
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import village_history, village_locked, villages
from services.scoring.storage.villages import Key
from shared.contracts.envelope import Event
from shared.contracts.scoring import VillageScored
from shared.journal.journal import Telling, Unit


class VillageAnswered(NamedTuple):
    """One questionnaire about a village, and the event it comes from."""

    event: Event[Any]
    village: str
    evidence: Evidence

    @property
    def area(self) -> str:
        """The kab/kota it lies in."""
        return self.event.region

    @property
    def year(self) -> int:
        """The year it counts for."""
        return self.evidence.year


class VillageRecorded(NamedTuple):
    """A status somebody recorded of a village and year."""

    event: Event[Any]
    village: str
    year: int
    recorded: Recorded

    @property
    def area(self) -> str:
        """The kab/kota it lies in."""
        return self.event.region


class VillagesLocked(NamedTuple):
    """A survey was locked. Where it's one of villages, what stands of each that was asked is its official value."""

    event: Event[Any]
    year: int
    instrument: str
    revision: int
    revision_name: str | None

    @property
    def area(self) -> str:
        """The kab/kota whose survey it is."""
        return self.event.region


Said = VillageAnswered | VillageRecorded
VillageStep = Said | VillagesLocked
OnRefused = Callable[[int, EvidenceRefusedError], None]


class Assessed(NamedTuple):
    """A village and year: its survey so far, the status that holds, and the change from an earlier year."""

    village: VillageYear
    scored: ScoredYear
    survey: Score | None
    status: Status | None
    recovery: Recovery | None


def assessed(of_village: Iterable[VillageYear], catalogue: Catalogue) -> list[Assessed]:
    """All years of one village, the oldest first."""
    found = []
    earlier: list[Status | None] = []
    for village in sorted(of_village, key=lambda v: v.state.year):
        scored = ScoredYear(village.state, catalogue.get(village.state.instrument).plain)
        survey = scored.scores().survey
        status = status_of(village, survey.band if survey else None)
        found.append(Assessed(village, scored, survey, status, recovery(status, earlier)))
        earlier.append(status)
    return found


async def fold_villages(
    connection: AsyncConnection,
    catalogue: Catalogue,
    generation: int,
    steps: Sequence[VillageStep],
    *,
    unit: Unit | None = None,
    on_refused: OnRefused | None = None,
) -> None:
    """Fold the steps in order and save; with a ``unit`` say what became of each village and year they touched.

    Answers that don't fit their instrument are handed to ``on_refused`` with the place of their step, and left out;
    without it they raise :class:`EvidenceRefusedError`.
    """
    if not steps:
        return
    named = {step.village for step in steps if not isinstance(step, VillagesLocked)}
    known = await villages.load(connection, generation, named)
    before = {key: _survey(village, catalogue) for key, village in known.items()} if unit else {}
    for step in steps:
        if isinstance(step, VillagesLocked):
            known = await villages.of_year(connection, generation, step.area, step.year) | known
    touched: dict[Key, Said] = {}
    history: list[village_history.Row] = []
    official: list[village_locked.Row] = []
    for place, step in enumerate(steps):
        if isinstance(step, VillagesLocked):
            official += _official(step, known, catalogue)
            continue
        key = (step.village, step.year)
        village = known.get(key) or _begun(step, catalogue)
        try:
            _fold(village, step, catalogue)
        except EvidenceRefusedError as error:
            if on_refused is None:
                raise
            on_refused(place, error)
        else:
            known[key], touched[key] = village, step
            village.entries += 1
            history.append(village_history.row_of(*key, village.entries, _line(step)))
    await villages.save(connection, generation, {key: known[key] for key in touched})
    await village_history.add(connection, generation, history)
    await village_locked.add(connection, generation, official)
    if unit is not None:
        _tell(unit, catalogue, known, touched, before)


def _official(
    step: VillagesLocked, known: Mapping[Key, VillageYear], catalogue: Catalogue
) -> Iterator[village_locked.Row]:
    """Every village that was asked, as it stands at this place of the batch."""
    for (code, year), village in sorted(known.items(), key=itemgetter(0)):
        state = village.state
        asked = any(state.group_answers.values()) and state.instrument == step.instrument
        if not asked or year != step.year or not code.startswith(f"{step.area}."):
            continue
        survey = _survey(village, catalogue)
        yield {
            "village": code,
            "year": year,
            "revision": step.revision,
            "revision_name": step.revision_name,
            "instrument": step.instrument,
            "value": str(survey.value) if survey else None,
            "exact": str(survey.exact) if survey else None,
            "band": survey.band if survey else None,
            "digest": digest(state),
            "event_id": step.event.id,
            "at": step.event.time,
        }


def _begun(step: Said, catalogue: Catalogue) -> VillageYear:
    return VillageYear(CityYear(step.village, step.year, catalogue.of_year(step.year, "village").key))


def _line(step: Said) -> Line:
    event = step.event
    if isinstance(step, VillageRecorded):
        return village_history.recorded_line(step.recorded, event.time)
    cause = Cause(event.id, event.type, event.time, step.village, None, event.data.synthetic)
    return entry_line(cause, step.evidence)


def _fold(village: VillageYear, step: Said, catalogue: Catalogue) -> None:
    if isinstance(step, VillageRecorded):
        village.recorded = step.recorded
        return
    if not step.village.startswith(f"{step.event.region}."):
        raise EvidenceRefusedError(f"answers about {step.village} don't belong to {step.event.region}")
    instrument = catalogue.get(village.state.instrument).plain
    refuse_misfit(step.evidence, instrument)
    add_evidence(village.state, step.evidence, instrument.layout)


def _survey(village: VillageYear, catalogue: Catalogue) -> Score | None:
    return ScoredYear(village.state, catalogue.get(village.state.instrument).plain).scores().survey


def _tell(
    unit: Unit,
    catalogue: Catalogue,
    known: dict[Key, VillageYear],
    touched: dict[Key, Said],
    before: dict[Key, Score | None],
) -> None:
    tellings = []
    for (code, year), step in touched.items():
        if isinstance(step, VillageRecorded):
            continue  # whoever recorded it has said so; what it changes for others shows when it's asked for
        years = assessed((v for (own, _), v in known.items() if own == code), catalogue)
        now = next(a for a in years if a.village.state.year == year)
        tellings.append(Telling(f"{code}/{year}", step.area, _said(now, before.get((code, year))), step.event))
    unit.emit_many(VillageScored, tellings)


def _said(now: Assessed, before: Score | None) -> dict[str, Any]:
    instrument, state = now.scored.instrument, now.village.state
    earlier = now.recovery.earlier if now.recovery else None
    said = {
        "village": state.region,
        "year": state.year,
        "instrument": instrument.key,
        "provisional": instrument.provisional,
        "synthetic": now.village.is_synthetic,
        "survey": change_part(before, now.survey),
        "survey_interval": interval_part(now.scored),
        "earlier_year": earlier.year if earlier else None,
        "earlier_status": earlier.status if earlier else None,
        "recovered": now.recovery.recovered if now.recovery else None,
        "is_break": now.recovery.is_break if now.recovery else False,
        "completeness": completeness_parts(now.scored),
    }
    return {name: value for name, value in said.items() if value is not None}
