"""Businesses and their follow-up visits."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registry.commands import businesses
from services.registry.commands.businesses import BusinessView, FollowUpState, FollowUpView, StartBusiness, Visit
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables
from shared.contracts.registry import BusinessStatus

router = APIRouter(tags=["businesses"])
_follow_ups = tables.follow_ups


@router.post(BusinessView.PATH, summary="A participant started a business", **creates(BusinessView))
async def start_business(body: StartBusiness, exchange: Posting) -> Response:
    return await exchange.write(businesses.start, body)


@router.get(BusinessView.PATH, summary="Businesses", **lists())
async def list_businesses(
    pages: Pages,
    village: Annotated[str | None, Query(max_length=13)] = None,
    participant_id: Annotated[str | None, Query(max_length=64)] = None,
    status: BusinessStatus | None = None,
) -> Listing[BusinessView]:
    filters = {"village": village, "participant_id": participant_id, "status": status}
    return await pages.list(BusinessView, tables.businesses, filters)


@router.get(BusinessView.PATH + "/{business_id}", summary="One business", **shows(BusinessView))
async def show_business(business_id: str, reading: Reading) -> Response:
    return await reading.one(tables.businesses, BusinessView, business_id)


@router.get(FollowUpView.PATH, summary="Follow-up visits, the earliest due first", **lists())
async def list_follow_ups(
    pages: Pages,
    state: FollowUpState = "open",
    due_by: Annotated[date | None, Query(description="Only those due on this day or earlier.")] = None,
    village: Annotated[str | None, Query(max_length=13)] = None,
    business_id: Annotated[str | None, Query(max_length=64)] = None,
) -> Listing[FollowUpView]:
    filters = {"state": state, "village": village, "business_id": business_id}
    due = None if due_by is None else _follow_ups.c.due_on <= due_by
    return await pages.list(FollowUpView, _follow_ups, filters, due, order=("due_on", "id"))


@router.get(FollowUpView.PATH + "/{follow_up_id}", summary="One follow-up visit", **shows(FollowUpView))
async def show_follow_up(follow_up_id: str, reading: Reading) -> Response:
    return await reading.one(_follow_ups, FollowUpView, follow_up_id)


@router.post(FollowUpView.PATH + "/{follow_up_id}/visit", summary="Record the visit", **changes(FollowUpView))
async def visit(follow_up_id: str, body: Visit, exchange: Posting) -> Response:
    return await exchange.write(businesses.visit, follow_up_id, body, exchange.match)
