"""From the service's own terms to the published ``score.changed``.

A batch that touches every city tells five hundred times, and each time some hundred values. So the payload is made of
plain values as the contract has them: numbers written out, in the order of its fields, nothing where there is none. All
of them were made here; that they are what the contract says is tested of whatever can be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.scoring.domain.exact import nine_text
from services.scoring.domain.explain import Movement, Told
from services.scoring.domain.fold import ScoredYear, Scores, VariableScores
from services.scoring.domain.ledger import Cause
from services.scoring.domain.score import Score
from services.scoring.domain.target import SetByHand, Target, gap

Part = dict[str, Any]
"""A part of the payload, by the names of the contract."""

DETAIL_MAX_CHARACTERS = 120
NO_SCORES = Scores(None, None, ())


@dataclass(frozen=True, slots=True)
class Announcement:
    """One city and year before and after a batch; ``before`` is ``None`` for a year that began with it."""

    scored: ScoredYear
    before: Scores | None
    after: Scores
    target: Target | None
    told: Told


def facts_of(cause: Cause) -> Part:
    """What is told of an event that moved a score. ``detail`` is cut to 120 characters."""
    event_id, event_type, at, village, detail, synthetic = cause
    return {
        "event_id": event_id,
        "event_type": event_type,
        "at": at,
        "village": village,
        "detail": detail[:DETAIL_MAX_CHARACTERS] if detail else None,
        "synthetic": synthetic,
    }


def score_changed(announcement: Announcement, facts: Mapping[int, Part]) -> Part:
    """The event's payload. ``facts`` gives those of the event at a place of the batch."""
    scored, before, after = announcement.scored, announcement.before or NO_SCORES, announcement.after
    instrument, told = scored.instrument, announcement.told
    said = {
        "area": scored.state.region,
        "year": scored.year,
        "instrument": instrument.key,
        "provisional": instrument.provisional,
        "synthetic": scored.state.is_synthetic,
        "survey": change_part(before.survey, after.survey),
        "running": change_part(before.running, after.running),
        "variables": _variable_changes(before, after),
        "target": target_part(announcement.target, after, instrument.places),
        "completeness": completeness_parts(scored),
        "survey_interval": interval_part(scored),
        "movements": [_movement(m, facts[m.event]) for m in told.movements],
        "movements_left_out": told.left_out,
        "index_share_left_out": {name: nine_text(units) for name, units in told.share_left_out.items()},
    }
    return {name: value for name, value in said.items() if value is not None}


def score_part(score: Score | None) -> Part | None:
    """A score as the contract says it."""
    if score is None:
        return None
    return {"value": _text(score.value), "exact": _text(score.exact), "band": score.band}


def target_part(target: Target | None, scores: Scores, places: int) -> Part | None:
    """The target with the gaps of both readings."""
    if target is None:
        return None
    part: Part = {
        "value": _text(target.value),
        "from_year": target.year,
        "set_by_hand": isinstance(target, SetByHand),
    }
    for name, score in (("survey_gap", scores.survey), ("running_gap", scores.running)):
        if (short := gap(score, target.value, places)) is not None:
            part[name] = _text(short)
    return part


def interval_part(scored: ScoredYear) -> Part | None:
    """How sure the survey index is; ``None`` without an index, or where spread can't be known."""
    found = scored.interval()
    return None if found is None else {name: _text(value) for name, value in found._asdict().items()}


def completeness_parts(scored: ScoredYear) -> list[Part]:
    """Answers of each respondent group against its quota."""
    answers = scored.state.group_answers
    return [{"group": g.key, "answers": answers.get(g.key, 0), "quota": g.quota} for g in scored.instrument.groups]


def change_part(before: Score | None, after: Score | None) -> Part:
    """A score before and after."""
    part: Part = {}
    if before is not None:
        part["before"] = score_part(before)
    if after is not None:
        part["after"] = part["before"] if after is before else score_part(after)
    return part


def _variable_changes(before: Scores, after: Scores) -> list[Part]:
    earlier = {v.variable: v for v in before.variables}
    return [
        {
            "variable": now.variable,
            "survey": change_part(was.survey, now.survey),
            "running": change_part(was.running, now.running),
        }
        for now in after.variables
        for was in (earlier.get(now.variable) or VariableScores(now.variable, None, None),)
    ]


def _movement(movement: Movement, facts: Part) -> Part:
    _, reading, variable, indicator, index_share, variable_share = movement.moved
    part = {**facts, "reading": reading, "variable": variable, "indicator": indicator}
    part["index_share"] = None if index_share is None else nine_text(index_share)
    part["variable_share"] = None if variable_share is None else nine_text(variable_share)
    part["synthetic"] = part.pop("synthetic")  # last, as the contract has it
    return {name: value for name, value in part.items() if value is not None}


def _text(number: Decimal) -> str:
    return format(number, "f")
