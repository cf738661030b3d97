"""Answers to the survey: anonymous, one questionnaire a record."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.registry.commands import campaigns
from services.registry.commands.model import (
    AnyEvent,
    CityInput,
    Command,
    OnInput,
    SyntheticInput,
    View,
    Written,
    YearInput,
    written,
)
from services.registry.commands.office import Office
from services.registry.domain import dates
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import RespondentGroup, SurveyAnswered
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Whole

ITEMS_MAX = 200
BATCH_MAX = 500
_ITEM_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,39}")

_EXAMPLE: JsonDict = {
    "region": "32.76",
    "instrument": "kotan-2022",
    "year": 2023,
    "group": "keluarga",
    "answers": {"keluarga.1.1": 4, "keluarga.1.2": 3},
    "on": "2023-11-20",
    "synthetic": True,
}


class AnswerSurvey(Command):
    """One questionnaire. ``answers`` maps items of the instrument to 1, 2, 3 or 4."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    region: CityInput
    instrument: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    year: YearInput
    group: RespondentGroup
    answers: Annotated[dict[str, Annotated[Whole, Field(ge=1, le=4)]], Field(min_length=1, max_length=ITEMS_MAX)]
    on: OnInput
    synthetic: SyntheticInput = False


class AnswerSurveyBatch(Command):
    """Up to 500 questionnaires; one that is refused refuses all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})

    items: Annotated[tuple[AnswerSurvey, ...], Field(min_length=1, max_length=BATCH_MAX)]


class SurveyAnswerView(View):
    """A questionnaire as answered."""

    PATH: ClassVar[str] = "/v1/survey-answers"

    id: str
    region: str
    instrument: str
    year: int
    group: RespondentGroup
    answers: dict[str, int]
    on: date
    synthetic: bool


class SurveyBatchView(View):
    """The ids of the answers of a batch and of their events, in the order they were given."""

    PATH: ClassVar[str] = "/v1/survey-answers/batch"

    ids: tuple[str, ...]
    event_ids: tuple[str, ...]


async def answer(unit: Unit, office: Office, command: AnswerSurvey) -> Written:
    """Records one questionnaire."""
    ((row, event),) = await _record(unit, office, [command], "")
    return written(SurveyAnswerView, row, event, created=True)


async def answer_batch(unit: Unit, office: Office, command: AnswerSurveyBatch) -> Written:
    """Records a batch, all or nothing."""
    recorded = await _record(unit, office, command.items, "items.{place}.")
    events = tuple(event for _, event in recorded)
    view = SurveyBatchView(ids=tuple(row["id"] for row, _ in recorded), event_ids=tuple(event.id for event in events))
    return Written(view, None, events, SurveyAnswerView.PATH)


async def _record(
    unit: Unit, office: Office, commands: Sequence[AnswerSurvey], prefix: str
) -> list[tuple[Row, AnyEvent]]:
    for place, command in enumerate(commands):
        _check(office, command, prefix.format(place=place))
    for region, instrument, year in sorted({(c.region, c.instrument, c.year) for c in commands}):
        await campaigns.check_period_open(unit, region, instrument, year)
    answered = [
        rows.new(id=clock.new_id(), flags=[], flagged=False, excluded=False, **command.model_dump())
        for command in commands
    ]
    await rows.add(unit.connection, tables.survey_answers, *answered)
    return [(row, unit.emit(_payload(row), subject=row["id"], region=row["region"])) for row in answered]


def _check(office: Office, command: AnswerSurvey, prefix: str) -> None:
    try:
        office.city("region", command.region, command.on)
        dates.check_year("year", command.year, office.today(command.region))
        _check_items(command)
    except Refusal as refusal:
        refusal.field = f"{prefix}{refusal.field}"
        raise


def _check_items(command: AnswerSurvey) -> None:
    # Checked here and not by the type: a type's refusal would quote the item, whatever was typed there.
    if not all(_ITEM_NAME.fullmatch(item) for item in command.answers):
        raise Refusal("item_name", "answers")


def _payload(row: dict[str, Any]) -> SurveyAnswered:
    return SurveyAnswered(answer_id=row["id"], **{name: row[name] for name in _SAID})


_SAID = ("instrument", "year", "group", "answers", "on", "synthetic")
