"""Survey answers, one or up to 500 at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registry.commands import surveys
from services.registry.commands.surveys import (
    AnswerSurvey,
    AnswerSurveyBatch,
    SurveyAnswerView,
    SurveyBatchView,
)
from services.registry.http.documents import creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables
from shared.contracts.registry import RespondentGroup

router = APIRouter(prefix=SurveyAnswerView.PATH, tags=["survey answers"])


@router.post("", summary="Record one questionnaire", **creates(SurveyAnswerView))
async def answer_survey(body: AnswerSurvey, exchange: Posting) -> Response:
    return await exchange.write(surveys.answer, body)


@router.post("/batch", summary="Record up to 500 questionnaires, all or none", **creates(SurveyBatchView))
async def answer_survey_batch(body: AnswerSurveyBatch, exchange: Posting) -> Response:
    return await exchange.write(surveys.answer_batch, body)


@router.get("", summary="Questionnaires", **lists())
async def list_survey_answers(
    pages: Pages,
    region: Annotated[str | None, Query(max_length=5)] = None,
    year: Annotated[int | None, Query(ge=2015, le=2100)] = None,
    group: RespondentGroup | None = None,
) -> Listing[SurveyAnswerView]:
    filters = {"region": region, "year": year, "group": group}
    return await pages.list(SurveyAnswerView, tables.survey_answers, filters)


@router.get("/{answer_id}", summary="One questionnaire", **shows(SurveyAnswerView))
async def show_survey_answer(answer_id: str, reading: Reading) -> Response:
    return await reading.one(tables.survey_answers, SurveyAnswerView, answer_id)
