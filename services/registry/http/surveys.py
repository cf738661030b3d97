"""Survey answers, one or up to 500 at a time."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import surveys
from services.registry.commands.surveys import (
    AnswerSurvey,
    AnswerSurveyBatch,
    SurveyAnswerView,
    SurveyBatchView,
)
from services.registry.http.documents import creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=SurveyAnswerView.PATH, tags=["survey answers"])
SURVEY_ANSWERS = Listed(SurveyAnswerView, tables.survey_answers, sorts=("on", "year"))


@router.post("", summary="Record one questionnaire", **creates(SurveyAnswerView))
async def answer_survey(body: AnswerSurvey, exchange: Posting) -> Response:
    return await exchange.write(surveys.answer, body)


@router.post("/batch", summary="Record up to 500 questionnaires, all or none", **creates(SurveyBatchView))
async def answer_survey_batch(body: AnswerSurveyBatch, exchange: Posting) -> Response:
    return await exchange.write(surveys.answer_batch, body)


@router.get("", summary="Questionnaires", **lists())
async def list_survey_answers(
    page: Annotated[PageOf[SurveyAnswerView], Depends(SURVEY_ANSWERS)],
) -> Listing[SurveyAnswerView]:
    return await page.read()


@router.get("/{answer_id}", summary="One questionnaire", **shows(SurveyAnswerView))
async def show_survey_answer(answer_id: str, reading: Reading) -> Response:
    return await reading.one(tables.survey_answers, SurveyAnswerView, answer_id)
