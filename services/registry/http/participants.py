"""Participants. Their names and NIK go in and don't come out."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import erasure, merging, participant_life, participants, personal_data, search
from services.registry.commands.doubles import DoubleView
from services.registry.commands.erasure import EraseParticipant
from services.registry.commands.merging import DecideDistinct, MergeParticipants, UnmergeParticipant
from services.registry.commands.participant_life import ChangeState, Move, StayView
from services.registry.commands.participant_view import ParticipantView
from services.registry.commands.participants import RegisterParticipant
from services.registry.commands.personal_data import CorrectParticipant
from services.registry.commands.search import Found, SearchParticipants
from services.registry.http.documents import changes, creates, finds, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=ParticipantView.PATH, tags=["participants"])
stays_router = Routes(prefix=StayView.PATH, tags=["participants"])
doubles_router = Routes(prefix=DoubleView.PATH, tags=["participants"])
PARTICIPANTS = Listed(ParticipantView, tables.participants, sorts=("on", "village"))
STAYS = Listed(StayView, tables.stays)
DOUBLES = Listed(DoubleView, tables.doubles, sorts=("state",))


@router.post("", summary="Register a participant", **creates(ParticipantView))
async def register_participant(body: RegisterParticipant, exchange: Posting) -> Response:
    return await exchange.write(participants.register, body)


@router.get("", summary="Participants, pseudonymous", **lists())
async def list_participants(
    page: Annotated[PageOf[ParticipantView], Depends(PARTICIPANTS)],
) -> Listing[ParticipantView]:
    return await page.read()


@router.post("/search", summary="Find registrations by name, NIK or phone", **finds(Found))
async def search_participants(body: SearchParticipants, reading: Reading) -> Response:
    # A POST, so that what is searched for stays out of addresses and logs.
    return Response((await search.search(reading.office, body)).model_dump_json(), media_type="application/json")


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


@router.post("/{participant_id}/merge", summary="Another registration is the same person", **changes(ParticipantView))
async def merge_participants(participant_id: str, body: MergeParticipants, exchange: Posting) -> Response:
    return await exchange.write(merging.merge, participant_id, body, exchange.match)


@router.post("/{participant_id}/unmerge", summary="Undo the merge of a registration", **changes(ParticipantView))
async def unmerge_participant(participant_id: str, body: UnmergeParticipant, exchange: Posting) -> Response:
    return await exchange.write(merging.unmerge, participant_id, body, exchange.match)


@router.post("/{participant_id}/erasure", summary="Destroy a person's readable data", **changes(ParticipantView))
async def erase_participant(participant_id: str, body: EraseParticipant, exchange: Posting) -> Response:
    answer = await exchange.write(erasure.erase, participant_id, body, exchange.match)
    await erasure.destroy_keys(exchange.office)
    return answer


@doubles_router.get("", summary="Registrations that may be one person", **lists())
async def list_doubles(page: Annotated[PageOf[DoubleView], Depends(DOUBLES)]) -> Listing[DoubleView]:
    return await page.read()


@doubles_router.get("/{double_id}", summary="Two registrations that may be one person", **shows(DoubleView))
async def show_double(double_id: str, reading: Reading) -> Response:
    return await reading.one(tables.doubles, DoubleView, double_id)


@doubles_router.post("/{double_id}/distinct", summary="They are two people", **changes(DoubleView))
async def decide_distinct(double_id: str, body: DecideDistinct, exchange: Posting) -> Response:
    return await exchange.write(merging.distinguish, double_id, body, exchange.match)


@stays_router.get("", summary="Where participants lived before", **lists())
async def list_stays(page: Annotated[PageOf[StayView], Depends(STAYS)]) -> Listing[StayView]:
    return await page.read()
