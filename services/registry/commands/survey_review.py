"""Looking through the answers of a campaign: what is flagged, and what a person takes out of the count, with a reason.

A questionnaire is never deleted and never changed; taken out, it can be put back until the result is approved.
"""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import PRINTABLE, Command, Match, View, Written, check_match, written
from services.registry.commands.office import Office, known, locked
from services.registry.domain import campaigns, personal
from services.registry.domain.answers import Flag
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import (
    ExclusionReason,
    RespondentGroup,
    SurveyAnswerExcluded,
    SurveyAnswerReadmitted,
)
from shared.journal import Unit


class ExcludeAnswer(Command):
    """Takes a questionnaire out of the count."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "straight_line", "note": "Semua pernyataan dijawab sama dalam 20 detik."}]
        }
    )

    reason: ExclusionReason
    note: Annotated[str, Field(min_length=5, max_length=300, pattern=PRINTABLE)]


class ReadmitAnswer(Command):
    """Puts a questionnaire back into the count."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Responden dihubungi; jawabannya benar."}]})

    note: Annotated[str, Field(min_length=5, max_length=300, pattern=PRINTABLE)]


class ReviewView(View):
    """A questionnaire as the reviewer sees it. It holds no identity, and not the hour it came."""

    PATH: ClassVar[str] = "/v1/survey-reviews"

    id: str
    campaign_id: str | None = None
    region: str
    year: int
    group: RespondentGroup
    village: str | None = None
    answers: dict[str, int]
    seconds: int | None = None
    flags: tuple[Flag, ...]
    flagged: bool
    excluded: bool
    excluded_reason: ExclusionReason | None = None
    excluded_note: str | None = None
    on: date
    synthetic: bool


async def exclude(unit: Unit, office: Office, answer_id: str, command: ExcludeAnswer, match: Match | None) -> Written:
    """Takes a questionnaire out; the score follows at once, and says why it moved."""
    row = await _reviewable(unit, answer_id, match)
    if row["excluded"]:
        raise Refusal("already_excluded")
    personal.check_open_text(note=command.note)
    changed = await rows.change(
        unit.connection,
        tables.survey_answers,
        row,
        excluded=True,
        excluded_reason=command.reason,
        excluded_note=command.note,
    )
    payload = SurveyAnswerExcluded(reason=command.reason, **_whole(office, row))
    return written(ReviewView, changed, unit.emit(payload, subject=answer_id, region=row["region"]))


async def readmit(unit: Unit, office: Office, answer_id: str, command: ReadmitAnswer, match: Match | None) -> Written:
    """Puts a questionnaire back."""
    row = await _reviewable(unit, answer_id, match)
    if not row["excluded"]:
        raise Refusal("not_excluded")
    personal.check_open_text(note=command.note)
    values = {"excluded": False, "excluded_reason": None, "excluded_note": command.note}
    changed = await rows.change(unit.connection, tables.survey_answers, row, **values)
    payload = SurveyAnswerReadmitted(**_whole(office, row))
    return written(ReviewView, changed, unit.emit(payload, subject=answer_id, region=row["region"]))


async def _reviewable(unit: Unit, answer_id: str, match: Match | None) -> Row:
    """The answer, with its campaign locked before it: an approval under way is waited for, and then stands."""
    seen = await known(unit.connection, tables.survey_answers, answer_id, "unknown_record", None)
    if seen["campaign_id"] is not None:
        campaign = await locked(unit.connection, tables.campaigns, seen["campaign_id"], "unknown_record", None)
        campaigns.check_mutable(campaign["state"])
    row = await locked(unit.connection, tables.survey_answers, answer_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    return row


def _whole(office: Office, row: Row) -> dict[str, Any]:
    said = {name: row[name] for name in _SAID}
    return {"answer_id": row["id"], "on": office.today(row["region"]), **said}


_SAID = ("campaign_id", "instrument", "year", "group", "answers", "village", "synthetic")
