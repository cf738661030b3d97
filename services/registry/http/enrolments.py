"""Enrolments of participants in programmes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import enrolments
from services.registry.commands.enrolments import Complete, Drop, Enrol, EnrolmentView
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(prefix=EnrolmentView.PATH, tags=["enrolments"])
ENROLMENTS = Listed(EnrolmentView, tables.enrolments, sorts=("on", "village", "state"))


@router.post("", summary="Give a participant a place in a programme", **creates(EnrolmentView))
async def enrol(body: Enrol, exchange: Posting) -> Response:
    return await exchange.write(enrolments.enrol, body)


@router.get("", summary="Enrolments", **lists())
async def list_enrolments(page: Annotated[PageOf[EnrolmentView], Depends(ENROLMENTS)]) -> Listing[EnrolmentView]:
    return await page.read()


@router.get("/{enrolment_id}", summary="One enrolment", **shows(EnrolmentView))
async def show_enrolment(enrolment_id: str, reading: Reading) -> Response:
    return await reading.one(tables.enrolments, EnrolmentView, enrolment_id)


@router.post("/{enrolment_id}/completion", summary="The participant finished", **changes(EnrolmentView))
async def complete(enrolment_id: str, body: Complete, exchange: Posting) -> Response:
    return await exchange.write(enrolments.complete, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/drop", summary="The participant left before the end", **changes(EnrolmentView))
async def drop(enrolment_id: str, body: Drop, exchange: Posting) -> Response:
    return await exchange.write(enrolments.drop, enrolment_id, body, exchange.match)
