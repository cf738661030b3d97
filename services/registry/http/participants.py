"""Participants. Their names and NIK go in and don't come out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import participant_life, participants, personal_data
from services.registry.commands.participant_life import ChangeState, Move, StayView
from services.registry.commands.participant_view import ParticipantView
from services.registry.commands.participants import RegisterParticipant
from services.registry.commands.personal_data import CorrectParticipant
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(prefix=ParticipantView.PATH, tags=["participants"])
stays_router = APIRouter(prefix=StayView.PATH, tags=["participants"])
PARTICIPANTS = Listed(ParticipantView, tables.participants, sorts=("on", "village"))
STAYS = Listed(StayView, tables.stays)


@router.post("", summary="Register a participant", **creates(ParticipantView))
async def register_participant(body: RegisterParticipant, exchange: Posting) -> Response:
    return await exchange.write(participants.register, body)


@router.get("", summary="Participants, pseudonymous", **lists())
async def list_participants(
    page: Annotated[PageOf[ParticipantView], Depends(PARTICIPANTS)],
) -> Listing[ParticipantView]:
    return await page.read()


@router.get("/{participant_id}", summary="One participant, pseudonymous", **shows(ParticipantView))
async def show_participant(participant_id: str, reading: Reading) -> Response:
    return await reading.one(tables.participants, ParticipantView, participant_id)


@router.patch("/{participant_id}", summary="Correct what was entered wrongly", **replaces(ParticipantView))
async def correct_participant(participant_id: str, body: CorrectParticipant, exchange: Replacing) -> Response:
    return await exchange.write(personal_data.correct, participant_id, body, exchange.match)


@router.post("/{participant_id}/state", summary="Active, graduated, left, moved away", **changes(ParticipantView))
async def change_participant_state(participant_id: str, body: ChangeState, exchange: Posting) -> Response:
    return await exchange.write(participant_life.change_state, participant_id, body, exchange.match)


@router.post("/{participant_id}/move", summary="Move to another village of the office", **changes(ParticipantView))
async def move_participant(participant_id: str, body: Move, exchange: Posting) -> Response:
    return await exchange.write(participant_life.move, participant_id, body, exchange.match)


@stays_router.get("", summary="Where participants lived before", **lists())
async def list_stays(page: Annotated[PageOf[StayView], Depends(STAYS)]) -> Listing[StayView]:
    return await page.read()
