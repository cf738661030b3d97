"""Businesses and what they were given."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import businesses, supports
from services.registry.commands.businesses import (
    BusinessView,
    ChangeBusiness,
    CloseBusiness,
    ReopenBusiness,
    StartBusiness,
)
from services.registry.commands.supports import CorrectSupport, GiveSupport, SupportView
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["businesses"])
BUSINESSES = Listed(BusinessView, tables.businesses, sorts=("on", "village", "status"))
SUPPORTS = Listed(SupportView, tables.supports, sorts=("on", "village", "value_rupiah"))


@router.post(BusinessView.PATH, summary="A participant or a group started a business", **creates(BusinessView))
async def start_business(body: StartBusiness, exchange: Posting) -> Response:
    return await exchange.write(businesses.start, body)


@router.get(BusinessView.PATH, summary="Businesses", **lists())
async def list_businesses(page: Annotated[PageOf[BusinessView], Depends(BUSINESSES)]) -> Listing[BusinessView]:
    return await page.read()


@router.get(BusinessView.PATH + "/{business_id}", summary="One business", **shows(BusinessView))
async def show_business(business_id: str, reading: Reading) -> Response:
    return await reading.one(tables.businesses, BusinessView, business_id)


@router.patch(BusinessView.PATH + "/{business_id}", summary="Mend a business's record", **replaces(BusinessView))
async def change_business(business_id: str, body: ChangeBusiness, exchange: Replacing) -> Response:
    return await exchange.write(businesses.change, business_id, body, exchange.match)


@router.post(BusinessView.PATH + "/{business_id}/closing", summary="The business closed", **changes(BusinessView))
async def close_business(business_id: str, body: CloseBusiness, exchange: Posting) -> Response:
    return await exchange.write(businesses.close, business_id, body, exchange.match)


@router.post(BusinessView.PATH + "/{business_id}/reopening", summary="Take a closing back", **changes(BusinessView))
async def reopen_business(business_id: str, body: ReopenBusiness, exchange: Posting) -> Response:
    return await exchange.write(businesses.reopen, business_id, body, exchange.match)


@router.post(SupportView.PATH, summary="A business was given tools, capital or other help", **creates(SupportView))
async def give_support(body: GiveSupport, exchange: Posting) -> Response:
    return await exchange.write(supports.give, body)


@router.get(SupportView.PATH, summary="Help that businesses were given", **lists())
async def list_supports(page: Annotated[PageOf[SupportView], Depends(SUPPORTS)]) -> Listing[SupportView]:
    return await page.read()


@router.get(SupportView.PATH + "/{support_id}", summary="One help for a business", **shows(SupportView))
async def show_support(support_id: str, reading: Reading) -> Response:
    return await reading.one(tables.supports, SupportView, support_id)


@router.patch(SupportView.PATH + "/{support_id}", summary="Mend the record of a help", **replaces(SupportView))
async def correct_support(support_id: str, body: CorrectSupport, exchange: Replacing) -> Response:
    return await exchange.write(supports.correct, support_id, body, exchange.match)
