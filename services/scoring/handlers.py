"""What each event of the registry means for the index: one ``on_…`` for every type this service follows.

The follower hands over a batch and a unit of work; everything happens in that one transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from services.scoring.commands.fold import Chosen, Observed, PeriodMoved, Scorer, Step
from services.scoring.commands.villages import VillageAnswered, VillageRecorded, VillagesLocked
from services.scoring.domain.evidence import Evidence
from services.scoring.domain.target import Reference
from services.scoring.domain.village import Recorded
from services.scoring.storage.published import Published
from shared.contracts import registry
from shared.contracts.envelope import Event, Payload
from shared.journal.follower import Apply
from shared.journal.journal import Unit

Evidences = tuple[Evidence, ...]
_SessionFigures = registry.SessionHeld | registry.SessionCorrected | registry.SessionWithdrawn | registry.SessionFigures
_VisitFigures = (
    registry.BusinessFollowedUp
    | registry.BusinessVisitCorrected
    | registry.BusinessVisitWithdrawn
    | registry.VisitFigures
)
STATUS_LEVELS: Mapping[registry.AreaStatus, int] = {"bahaya": 1, "waspada": 2, "siaga": 3, "aman": 4}


def apply_with(scorer: Scorer, check: Callable[[Unit], Awaitable[None]] | None = None) -> Apply:
    """The follower's ``apply``. ``check`` ends a transaction that isn't this process's to write."""

    async def apply(unit: Unit, events: Sequence[Event[Any]]) -> None:
        if check is not None:
            await check(unit)
        await scorer.take(unit, [step for event in events for step in steps_of(event)])

    return apply


def steps_of(event: Event[Any]) -> tuple[Step, ...]:
    """What a batch is made of: the event, and what it says in this service's terms. A correction that moves something
    into another year is two steps, one that changes no count is none."""
    return STEPS[type(event.data).TYPE](event)


def on_participant_registered(data: registry.ParticipantRegistered) -> Evidence:
    """One more participant. Neither group nor age goes any further: they're health data about few people."""
    return Evidence(data.on.year, (("participants.registered", 1),), synthetic=data.synthetic)


def on_participants_merged(data: registry.ParticipantsMerged) -> Evidence:
    """One registration less, in the year it was counted for."""
    return Evidence(data.registered_on.year, (("participants.registered", -1),), synthetic=data.synthetic)


def on_participants_unmerged(data: registry.ParticipantsUnmerged) -> Evidence:
    """The registration counts again."""
    return Evidence(data.registered_on.year, (("participants.registered", 1),), synthetic=data.synthetic)


def on_session_held(data: registry.SessionHeld) -> Evidence:
    """A session and who came."""
    return _session(data, data.synthetic)


def on_session_corrected(data: registry.SessionCorrected) -> Evidences:
    """The figures that count now, in place of those that counted."""
    return _instead_of(_session(data.previous, data.synthetic), _session(data, data.synthetic))


def on_session_withdrawn(data: registry.SessionWithdrawn) -> Evidences:
    """A session that never was, or was counted already."""
    return _instead_of(_session(data, data.synthetic), None)


def _session(figures: _SessionFigures, synthetic: bool) -> Evidence:
    counters = (("sessions.held", 1), ("sessions.attended", figures.attended), ("families.reached", figures.families))
    return Evidence(figures.on.year, counters, synthetic=synthetic)


def on_enrolment_accepted(data: registry.EnrolmentAccepted) -> Evidence:
    """A place given."""
    return Evidence(data.on.year, (("enrolments.accepted", 1),), synthetic=data.synthetic)


def on_enrolment_completed(data: registry.EnrolmentCompleted) -> Evidence:
    """A programme finished."""
    return Evidence(data.on.year, (("enrolments.completed", 1),), synthetic=data.synthetic)


def on_enrolment_corrected(data: registry.EnrolmentCorrected) -> Evidences:
    """A place was given, or a programme finished, in another year than was said."""
    now, before, synthetic = data.dates, data.previous, data.synthetic
    found = _redated("enrolments.accepted", before.accepted_on, now.accepted_on, synthetic)
    if data.state == "completed":
        found += _redated("enrolments.completed", before.ended_on, now.ended_on, synthetic)
    return found


def on_enrolment_reinstated(data: registry.EnrolmentReinstated) -> Evidences:
    """A programme that wasn't finished after all; the other ends were not counted."""
    return _redated(
        "enrolments.completed", data.ended_on if data.previous == "completed" else None, None, data.synthetic
    )


def on_business_started(data: registry.BusinessStarted) -> Evidence:
    """A business started."""
    return Evidence(data.on.year, (("businesses.started", 1),), synthetic=data.synthetic)


def on_business_started_by_group(data: registry.BusinessStartedByGroup) -> Evidence:
    """A mentored group's business is one business."""
    return Evidence(data.on.year, (("businesses.started", 1),), synthetic=data.synthetic)


def on_business_changed(data: registry.BusinessChanged) -> Evidences:
    """A business that started in another year than was said."""
    return _redated("businesses.started", data.previous.on, data.terms.on, data.synthetic)


def on_business_followed_up(data: registry.BusinessFollowedUp) -> Evidence:
    """A visit, and whether the business was active."""
    return _visit(data, data.months, data.synthetic)


def on_business_visit_corrected(data: registry.BusinessVisitCorrected) -> Evidences:
    """What the visit found, in place of what was said it found."""
    return _instead_of(_visit(data.previous, data.months, data.synthetic), _visit(data, data.months, data.synthetic))


def on_business_visit_withdrawn(data: registry.BusinessVisitWithdrawn) -> Evidences:
    """A visit that wasn't made."""
    return _instead_of(_visit(data, data.months, data.synthetic), None)


def _visit(figures: _VisitFigures, months: registry.FollowUpMonth, synthetic: bool) -> Evidence:
    active = int(figures.status == "active")
    counters = (
        ("businesses.visited", 1),
        ("businesses.visited_active", active),
        (f"businesses.visited.{months}", 1),
        (f"businesses.visited_active.{months}", active),
    )
    return Evidence(figures.on.year, counters, synthetic=synthetic)


def _redated(counter: str, before: date | None, now: date | None, synthetic: bool) -> Evidences:
    """One thing counted in the year of ``now`` instead of the year of ``before``; ``None`` where it isn't counted."""
    earlier, later = (
        None if day is None else Evidence(day.year, ((counter, 1),), synthetic=synthetic) for day in (before, now)
    )
    return () if earlier is None else _instead_of(earlier, later)


def _instead_of(before: Evidence, now: Evidence | None) -> Evidences:
    """Takes one flow event's evidence back and lets another stand for it.

    What takes back is no synthetic event itself; it takes that count back too, so that a year without any is clean.
    """
    less = [(name, -addition) for name, addition in before.counters]
    if now is None or now.year != before.year:
        less += [("synthetic.events", -1)] if before.synthetic else []
        return (Evidence(before.year, tuple(less)),) + (() if now is None else (now,))
    change = dict(less)
    for name, addition in now.counters:
        change[name] = change.get(name, 0) + addition
    counters = tuple((name, addition) for name, addition in change.items() if addition)
    return (Evidence(now.year, counters),) if counters else ()


def on_institution_recorded(data: registry.InstitutionRecorded) -> Evidence:
    """The difference between what stands now and what stood before.

    A year's state counts for later years up to the next one that has a state of its own. So where such a state now
    follows another one, the difference that was carried into its year is taken back there.
    """
    now, before, follows, followed = map(_amounts, (data.state, data.previous, data.follows, data.followed))
    changes = zip(now, before, follows, followed, strict=True)
    counters = tuple((name, n - b - (f - w)) for name, (n, b, f, w) in zip(INSTITUTION_COUNTERS, changes, strict=True))
    return Evidence(data.on.year, counters, carries=True, synthetic=data.synthetic and data.follows == data.followed)


INSTITUTION_COUNTERS = (
    "institutions.recorded",
    "institutions.with_policy",
    "institutions.penggiat",
    "institutions.urine_tests",
)


def _amounts(state: registry.InstitutionState | None) -> tuple[int, int, int, int]:
    """What a state counts for, in the order of the counters."""
    return (0, 0, 0, 0) if state is None else (1, int(state.has_policy), state.penggiat, state.urine_tests)


def on_regulation_recorded(data: registry.RegulationRecorded) -> Evidence:
    """A regulation, decree or action plan came in or out of force."""
    counter = _COUNTER_OF_KIND.get(data.kind, "regulations.in_force")
    change = int(data.in_force) - int(data.previously_in_force)
    return Evidence(data.on.year, ((counter, change),), carries=True, synthetic=data.synthetic)


_COUNTER_OF_KIND: Mapping[registry.RegulationKind, str] = {"rad": "action_plans.in_force", "tim_terpadu": "tim_terpadu"}


def on_agent_recorded(data: registry.AgentRecorded) -> Evidence:
    """A recovery agent or penggiat became active or stopped."""
    counter = "agents.recovery" if data.kind == "agen_pemulihan" else "agents.penggiat"
    change = int(data.active) - int(data.previously_active)
    return Evidence(data.on.year, ((counter, change),), carries=True, synthetic=data.synthetic)


def on_area_status_recorded(data: registry.AreaStatusRecorded) -> Evidence:
    """A village's status for a year, in place of what was said before about the same year.

    A status said again only because the year before it is another now is no new synthetic event.
    """
    was = data.previous
    said_again = was is not None and data.before != data.previous_before
    safe = _safe_or_better(data.status, data.before)
    counters = (
        ("areas.recorded", int(was is None)),
        ("areas.level", STATUS_LEVELS[data.status] - (STATUS_LEVELS[was] if was else 0)),
        ("areas.safe_or_better", safe - _safe_or_better(was, data.previous_before)),
    )
    return Evidence(data.year, counters, synthetic=data.synthetic and not said_again)


def on_bersinar_designated(data: registry.BersinarDesignated) -> Evidence:
    """A village's designation for a year began to stand or was revoked; saying the same again changes nothing."""
    change = int(data.standing) - int(data.previously_standing)
    return Evidence(data.year, (("areas.bersinar", change),), synthetic=data.synthetic)


def on_forum_held(data: registry.ForumHeld) -> Evidence:
    """A meeting of stakeholders. One that is corrected is taken back first."""
    return Evidence(data.on.year, (("forums.held", 1),), synthetic=data.synthetic)


def on_forum_holding_undone(data: registry.ForumHoldingUndone) -> Evidence:
    """A meeting that counts no longer, in the year it counted for."""
    return Evidence(data.on.year, (("forums.held", -1),))


def on_commitment_made(data: registry.CommitmentMade) -> Evidence:
    """Something an organisation committed itself to."""
    return Evidence(data.on.year, (("commitments.made", 1),), synthetic=data.synthetic)


def on_commitment_withdrawn(data: registry.CommitmentWithdrawn) -> Evidence:
    """A commitment that counts no longer, in the year it was made."""
    return Evidence(data.on.year, (("commitments.made", -1),))


def on_commitment_settled(data: registry.CommitmentSettled) -> Evidence:
    """A commitment kept or not, in the year that was seen."""
    return Evidence(data.on.year, _settled(data.outcome, 1), synthetic=data.synthetic)


def on_commitment_reopened(data: registry.CommitmentReopened) -> Evidence:
    """What was settled counts no longer, in the year it counted for."""
    return Evidence(data.on.year, _settled(data.outcome, -1))


def _settled(outcome: str, sign: int) -> tuple[tuple[str, int], ...]:
    return (("commitments.settled", sign), ("commitments.kept", sign * int(outcome == "kept")))


def on_survey_answered(data: registry.SurveyAnswered) -> Evidence:
    """One questionnaire."""
    return Evidence(
        data.year,
        instrument=data.instrument,
        group=data.group,
        answers=data.answers,
        synthetic=data.synthetic,
    )


def on_survey_answer_excluded(data: registry.SurveyAnswerExcluded) -> Evidence:
    """A questionnaire that no longer counts."""
    return _taken(data, -1)


def on_survey_answer_readmitted(data: registry.SurveyAnswerReadmitted) -> Evidence:
    """A questionnaire that counts again."""
    return _taken(data, 1)


def _taken(data: registry.SurveyAnswerExcluded | registry.SurveyAnswerReadmitted, sign: int) -> Evidence:
    # Not a synthetic event again: the questionnaire was one when it came in, and stays one when it goes.
    return Evidence(data.year, instrument=data.instrument, group=data.group, answers=data.answers, sign=sign)


def on_index_published(event: Event[registry.IndexPublished]) -> Step:
    """An index somebody published, kept as printed."""
    data = event.data
    return Published(
        data.published_id,
        data.area,
        data.area_name,
        data.year,
        data.edition,
        data.index,
        data.category,
        data.variables,
        data.source,
    )


def on_index_reference_chosen(event: Event[registry.IndexReferenceChosen]) -> Step:
    """The one that counts as the reference: later years' targets follow it."""
    data = event.data
    return Chosen(event, data.area, Reference(data.year, data.edition, data.published_id, data.index), data.reason)


def on_survey_moved(event: Event[registry.SurveyMoved]) -> tuple[Step, ...]:
    """Locked, a survey's result is the official value, of the city or of each village; every other step of its campaign
    changes nothing here."""
    data = event.data
    moved = PeriodMoved(event, data.year, data.instrument, data.state, data.revision, data.revision_name)
    if data.state != "locked":
        return (moved,)
    return (moved, VillagesLocked(event, data.year, data.instrument, data.revision, data.revision_name))


def _safe_or_better(status: registry.AreaStatus | None, before: registry.AreaStatus | None) -> int:
    if status is None:
        return 0
    improved = before is not None and STATUS_LEVELS[status] > STATUS_LEVELS[before]
    return int(status == "aman" or improved)


_Translate = Callable[[Any], Evidence | Evidences]
_Steps = Callable[[Event[Any]], tuple[Step, ...]]
_NO_DETAIL: Callable[[Any], str | None] = lambda _: None  # noqa: E731


def _observed(translate: _Translate, detail: Callable[[Any], str | None] = _NO_DETAIL) -> _Steps:
    """Evidence with where it comes from; ``detail`` is the one code that tells such events apart for a reader."""

    def steps(event: Event[Any]) -> tuple[Step, ...]:
        found = translate(event.data)
        if isinstance(found, Evidence):
            return (Observed(event, found, detail(event.data)),)
        return tuple(Observed(event, evidence, detail(event.data)) for evidence in found)

    return steps


def _answered(translate: Callable[[Any], Evidence], detail: Callable[[Any], str | None]) -> _Steps:
    """Answers about a village go to the village, all others to the city."""
    of_city = _observed(translate, detail)

    def steps(event: Event[Any]) -> tuple[Step, ...]:
        village = event.data.village
        return of_city(event) if village is None else (VillageAnswered(event, village, translate(event.data)),)

    return steps


def _with_status(of_city: _Steps) -> _Steps:
    """What a recorded status counts for the city, and the status itself."""

    def steps(event: Event[Any]) -> tuple[Step, ...]:
        data = event.data
        recorded = Recorded(data.status, data.method, data.synthetic)
        return (*of_city(event), VillageRecorded(event, data.village, data.year, recorded))

    return steps


STEPS: Mapping[str, _Steps] = {
    registry.ParticipantRegistered.TYPE: _observed(on_participant_registered),
    registry.ParticipantsMerged.TYPE: _observed(on_participants_merged),
    registry.ParticipantsUnmerged.TYPE: _observed(on_participants_unmerged),
    registry.SessionHeld.TYPE: _observed(on_session_held, lambda data: data.kind),
    registry.SessionCorrected.TYPE: _observed(on_session_corrected, lambda data: data.kind),
    registry.SessionWithdrawn.TYPE: _observed(on_session_withdrawn, lambda data: data.kind),
    registry.EnrolmentAccepted.TYPE: _observed(on_enrolment_accepted, lambda data: data.kind),
    registry.EnrolmentCompleted.TYPE: _observed(on_enrolment_completed, lambda data: data.kind),
    registry.EnrolmentCorrected.TYPE: _observed(on_enrolment_corrected, lambda data: data.kind),
    registry.EnrolmentReinstated.TYPE: _observed(on_enrolment_reinstated, lambda data: data.kind),
    registry.BusinessStarted.TYPE: _observed(on_business_started, lambda data: data.sector),
    registry.BusinessStartedByGroup.TYPE: _observed(on_business_started_by_group, lambda data: data.sector),
    registry.BusinessChanged.TYPE: _observed(on_business_changed, lambda data: data.terms.sector),
    registry.BusinessFollowedUp.TYPE: _observed(on_business_followed_up, lambda data: data.status),
    registry.BusinessVisitCorrected.TYPE: _observed(on_business_visit_corrected, lambda data: data.status),
    registry.BusinessVisitWithdrawn.TYPE: _observed(on_business_visit_withdrawn, lambda data: data.status),
    registry.InstitutionRecorded.TYPE: _observed(on_institution_recorded, lambda data: data.setting),
    registry.RegulationRecorded.TYPE: _observed(on_regulation_recorded, lambda data: data.kind),
    registry.AgentRecorded.TYPE: _observed(on_agent_recorded, lambda data: data.kind),
    registry.AreaStatusRecorded.TYPE: _with_status(_observed(on_area_status_recorded, lambda data: data.status)),
    registry.BersinarDesignated.TYPE: _observed(on_bersinar_designated),
    registry.ForumHeld.TYPE: _observed(on_forum_held),
    registry.ForumHoldingUndone.TYPE: _observed(on_forum_holding_undone),
    registry.CommitmentMade.TYPE: _observed(on_commitment_made),
    registry.CommitmentWithdrawn.TYPE: _observed(on_commitment_withdrawn),
    registry.CommitmentSettled.TYPE: _observed(on_commitment_settled, lambda data: data.outcome),
    registry.CommitmentReopened.TYPE: _observed(on_commitment_reopened, lambda data: data.outcome),
    registry.SurveyAnswered.TYPE: _answered(on_survey_answered, lambda data: data.group),
    registry.SurveyAnswerExcluded.TYPE: _answered(on_survey_answer_excluded, lambda data: data.group),
    registry.SurveyAnswerReadmitted.TYPE: _answered(on_survey_answer_readmitted, lambda data: data.group),
    registry.SurveyMoved.TYPE: on_survey_moved,
    registry.IndexPublished.TYPE: lambda event: (on_index_published(event),),
    registry.IndexReferenceChosen.TYPE: lambda event: (on_index_reference_chosen(event),),
}
"""Type -> handler, for everything :mod:`shared.contracts.catalogue` says this service consumes."""

CONSUMED: tuple[type[Payload], ...] = tuple(p for p in registry.PAYLOADS if p.TYPE in STEPS)
