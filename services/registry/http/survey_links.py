"""Invitations: made for a campaign, printed or sent, opened and answered without a name."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import survey_links
from services.registry.commands.survey_links import (
    AnswerLink,
    InvitationsView,
    Invite,
    LinkView,
    OpenLink,
    SheetView,
    ThanksView,
)
from services.registry.http import survey_sheet
from services.registry.http.documents import changes, creates, lists, tells
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix="/v1", tags=["survey invitations"])
LINKS = Listed(LinkView, tables.survey_links)
_FILE = {200: {"description": "The file"}, **problems(401, 404)}


@router.post("/campaigns/{campaign_id}/links", summary="Make invitations for a group", **creates(InvitationsView))
async def invite_respondents(campaign_id: str, body: Invite, exchange: Posting) -> Response:
    return await exchange.write(survey_links.invite, campaign_id, body)


@router.get("/survey-links", summary="Invitations, without their tokens", **lists())
async def list_survey_links(page: Annotated[PageOf[LinkView], Depends(LINKS)]) -> Listing[LinkView]:
    return await page.read()


@router.get(
    "/campaigns/{campaign_id}/links.csv",
    summary="Open invitations with their links, to send",
    response_class=Response,
    responses={**_FILE, 200: {"description": "The file", "content": {"text/csv": {}}}},
)
async def download_survey_links(campaign_id: str, reading: Reading) -> Response:
    sheet = await survey_links.to_hand_out(reading.office, campaign_id, "csv")
    return survey_sheet.csv_of(sheet)


@router.get(
    "/campaigns/{campaign_id}/links.html",
    summary="Open invitations as a sheet of QR codes, to print and cut",
    response_class=Response,
    responses={**_FILE, 200: {"description": "The sheet", "content": {"text/html": {}}}},
)
async def print_survey_links(campaign_id: str, reading: Reading) -> Response:
    sheet = await survey_links.to_hand_out(reading.office, campaign_id, "html")
    return survey_sheet.html_of(sheet)


@router.post("/survey-links/{link_id}/withdraw", summary="Withdraw an invitation", **changes(LinkView))
async def withdraw_survey_link(link_id: str, exchange: Posting) -> Response:
    return await exchange.write(survey_links.withdraw, link_id, exchange.match)


@router.post(
    "/survey-links/open",
    summary="The questionnaire behind an invitation",
    responses=problems(400, 401, 404, 409, 413, 415, 422),
)
async def open_survey_link(body: OpenLink, reading: Reading) -> SheetView:
    return await survey_links.opened(reading.office, body)


@router.post("/survey-links/answer", summary="Answer by invitation, without a name", **tells(ThanksView))
async def answer_survey_link(body: AnswerLink, exchange: Posting) -> Response:
    return await exchange.write(survey_links.answer, body)
