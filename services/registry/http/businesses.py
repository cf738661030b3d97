"""Businesses and their follow-up visits."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import businesses
from services.registry.commands.businesses import BusinessView, FollowUpView, StartBusiness, Visit
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf, due_by
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(tags=["businesses"])
BUSINESSES = Listed(BusinessView, tables.businesses, sorts=("on", "village", "status"))
FOLLOW_UPS = Listed(
    FollowUpView,
    tables.follow_ups,
    sorts=("due_on", "village"),
    default="due_on",
    given={"state": "open"},
    more={"due_by": due_by(tables.follow_ups)},
)
_follow_ups = tables.follow_ups


@router.post(BusinessView.PATH, summary="A participant started a business", **creates(BusinessView))
async def start_business(body: StartBusiness, exchange: Posting) -> Response:
    return await exchange.write(businesses.start, body)


@router.get(BusinessView.PATH, summary="Businesses", **lists())
async def list_businesses(page: Annotated[PageOf[BusinessView], Depends(BUSINESSES)]) -> Listing[BusinessView]:
    return await page.read()


@router.get(BusinessView.PATH + "/{business_id}", summary="One business", **shows(BusinessView))
async def show_business(business_id: str, reading: Reading) -> Response:
    return await reading.one(tables.businesses, BusinessView, business_id)


@router.get(FollowUpView.PATH, summary="Follow-up visits, the earliest due first", **lists())
async def list_follow_ups(page: Annotated[PageOf[FollowUpView], Depends(FOLLOW_UPS)]) -> Listing[FollowUpView]:
    return await page.read()


@router.get(FollowUpView.PATH + "/{follow_up_id}", summary="One follow-up visit", **shows(FollowUpView))
async def show_follow_up(follow_up_id: str, reading: Reading) -> Response:
    return await reading.one(_follow_ups, FollowUpView, follow_up_id)


@router.post(FollowUpView.PATH + "/{follow_up_id}/visit", summary="Record the visit", **changes(FollowUpView))
async def visit(follow_up_id: str, body: Visit, exchange: Posting) -> Response:
    return await exchange.write(businesses.visit, follow_up_id, body, exchange.match)
