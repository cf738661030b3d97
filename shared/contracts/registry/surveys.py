"""Answers to the survey, anonymous."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Payload
from shared.contracts.registry.words import Id, RespondentGroup, Year, type_of


class SurveyAnswered(Payload):
    """One anonymous questionnaire. ``answers`` maps an item of the instrument to 1, 2, 3 or 4."""

    TYPE: ClassVar[str] = type_of("survey", "answered")
    answer_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    answers: dict[str, Annotated[int, Field(ge=1, le=4)]]
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (SurveyAnswered,)
