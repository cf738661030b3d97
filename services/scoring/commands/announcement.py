"""From the service's own terms to the published ``score.changed``."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.scoring.domain.explain import Movement, Told
from services.scoring.domain.fold import ScoredYear, Scores, VariableScores
from services.scoring.domain.ledger import Cause
from services.scoring.domain.score import Score, nine_decimal
from services.scoring.domain.target import SetByHand, Target, gap
from shared.contracts import scoring

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


def score_changed(announcement: Announcement, facts: Mapping[int, Part]) -> scoring.ScoreChanged:
    """The event's payload. ``facts`` gives those of the event at a place of the batch.

    The parts are handed over as plain dictionaries and read once, as a whole: that is five times faster than making
    a model of each.
    """
    scored, before, after = announcement.scored, announcement.before or NO_SCORES, announcement.after
    instrument, told = scored.instrument, announcement.told
    return scoring.ScoreChanged.model_validate(
        {
            "area": scored.state.region,
            "year": scored.state.year,
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
            "index_share_left_out": {name: nine_decimal(units) for name, units in told.share_left_out.items()},
        }
    )


def score_part(score: Score | None) -> Part | None:
    """A score as the contract says it."""
    return None if score is None else {"value": score.value, "exact": score.exact, "band": score.band}


def target_part(target: Target | None, scores: Scores, places: int) -> Part | None:
    """The target with the gaps of both readings."""
    if target is None:
        return None
    return {
        "value": target.value,
        "from_year": target.year,
        "set_by_hand": isinstance(target, SetByHand),
        "survey_gap": gap(scores.survey, target.value, places),
        "running_gap": gap(scores.running, target.value, places),
    }


def interval_part(scored: ScoredYear) -> Part | None:
    """How sure the survey index is; ``None`` without an index, or where spread can't be known."""
    found = scored.interval()
    return None if found is None else found._asdict()


def completeness_parts(scored: ScoredYear) -> list[Part]:
    """Answers of each respondent group against its quota."""
    answers = scored.state.group_answers
    return [{"group": g.key, "answers": answers.get(g.key, 0), "quota": g.quota} for g in scored.instrument.groups]


def change_part(before: Score | None, after: Score | None) -> Part:
    """A score before and after."""
    return {"before": score_part(before), "after": score_part(after)}


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
    return {
        **facts,
        "reading": reading,
        "variable": variable,
        "indicator": indicator,
        "index_share": _decimal(index_share),
        "variable_share": _decimal(variable_share),
    }


def _decimal(units: int | None) -> Decimal | None:
    return None if units is None else nine_decimal(units)
