"""Enrolments of participants in programmes."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import enrolments
from services.registry.commands.enrolments import CorrectEnrolment, Drop, Enrol, EnrolmentView, Refuse, Step
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=EnrolmentView.PATH, tags=["enrolments"])
ENROLMENTS = Listed(EnrolmentView, tables.enrolments, sorts=("on", "village", "state"))


@router.post("", summary="Give a participant a place in a programme, or note the application", **creates(EnrolmentView))
async def enrol(body: Enrol, exchange: Posting) -> Response:
    return await exchange.write(enrolments.enrol, body)


@router.get("", summary="Enrolments", **lists())
async def list_enrolments(page: Annotated[PageOf[EnrolmentView], Depends(ENROLMENTS)]) -> Listing[EnrolmentView]:
    return await page.read()


@router.get("/{enrolment_id}", summary="One enrolment", **shows(EnrolmentView))
async def show_enrolment(enrolment_id: str, reading: Reading) -> Response:
    return await reading.one(tables.enrolments, EnrolmentView, enrolment_id)


@router.patch("/{enrolment_id}", summary="Mend the dates of an enrolment", **replaces(EnrolmentView))
async def correct_enrolment(enrolment_id: str, body: CorrectEnrolment, exchange: Replacing) -> Response:
    return await exchange.write(enrolments.correct, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/acceptance", summary="Accept somebody who applied", **changes(EnrolmentView))
async def accept_enrolment(enrolment_id: str, body: Step, exchange: Posting) -> Response:
    return await exchange.write(enrolments.accept, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/refusal", summary="Refuse somebody who applied or waits", **changes(EnrolmentView))
async def refuse_enrolment(enrolment_id: str, body: Refuse, exchange: Posting) -> Response:
    return await exchange.write(enrolments.refuse, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/attendance", summary="The participant came", **changes(EnrolmentView))
async def attend_enrolment(enrolment_id: str, body: Step, exchange: Posting) -> Response:
    return await exchange.write(enrolments.attend, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/completion", summary="The participant finished", **changes(EnrolmentView))
async def complete_enrolment(enrolment_id: str, body: Step, exchange: Posting) -> Response:
    return await exchange.write(enrolments.complete, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/drop", summary="The participant left before the end", **changes(EnrolmentView))
async def drop_enrolment(enrolment_id: str, body: Drop, exchange: Posting) -> Response:
    return await exchange.write(enrolments.drop, enrolment_id, body, exchange.match)


@router.post("/{enrolment_id}/reinstatement", summary="Take back an end that was a mistake", **changes(EnrolmentView))
async def reinstate_enrolment(enrolment_id: str, body: Step, exchange: Posting) -> Response:
    return await exchange.write(enrolments.reinstate, enrolment_id, body, exchange.match)
