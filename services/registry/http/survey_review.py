"""Reviewing the answers of a campaign."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import survey_review
from services.registry.commands.survey_review import ExcludeAnswer, ReadmitAnswer, ReviewView
from services.registry.http.documents import changes, lists
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix="/v1", tags=["survey review"])
REVIEWS = Listed(ReviewView, tables.survey_answers)


@router.get("/survey-reviews", summary="Answers with what looks odd about them", **lists())
async def list_survey_reviews(page: Annotated[PageOf[ReviewView], Depends(REVIEWS)]) -> Listing[ReviewView]:
    return await page.read()


@router.post("/survey-reviews/{answer_id}/exclude", summary="Take an answer out of the count", **changes(ReviewView))
async def exclude_survey_answer(answer_id: str, body: ExcludeAnswer, exchange: Posting) -> Response:
    return await exchange.write(survey_review.exclude, answer_id, body, exchange.match)


@router.post("/survey-reviews/{answer_id}/readmit", summary="Put an answer back into the count", **changes(ReviewView))
async def readmit_survey_answer(answer_id: str, body: ReadmitAnswer, exchange: Posting) -> Response:
    return await exchange.write(survey_review.readmit, answer_id, body, exchange.match)
