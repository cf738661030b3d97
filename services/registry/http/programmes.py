"""Programmes and their sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import programmes
from services.registry.commands.programmes import CreateProgramme, HoldSession, ProgrammeView, SessionView
from services.registry.http.documents import creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(tags=["programmes"])
PROGRAMMES = Listed(ProgrammeView, tables.programmes, sorts=("region", "kind", "sector", "quota", "on"))
SESSIONS = Listed(SessionView, tables.sessions, sorts=("on", "village"))


@router.post(ProgrammeView.PATH, summary="Set up a programme", **creates(ProgrammeView))
async def create_programme(body: CreateProgramme, exchange: Posting) -> Response:
    return await exchange.write(programmes.create, body)


@router.get(ProgrammeView.PATH, summary="Programmes", **lists())
async def list_programmes(page: Annotated[PageOf[ProgrammeView], Depends(PROGRAMMES)]) -> Listing[ProgrammeView]:
    return await page.read()


@router.get(ProgrammeView.PATH + "/{programme_id}", summary="One programme", **shows(ProgrammeView))
async def show_programme(programme_id: str, reading: Reading) -> Response:
    return await reading.one(tables.programmes, ProgrammeView, programme_id)


@router.post(SessionView.PATH, summary="Record a session of a programme", **creates(SessionView))
async def hold_session(body: HoldSession, exchange: Posting) -> Response:
    return await exchange.write(programmes.hold_session, body)


@router.get(SessionView.PATH, summary="Sessions", **lists())
async def list_sessions(page: Annotated[PageOf[SessionView], Depends(SESSIONS)]) -> Listing[SessionView]:
    return await page.read()


@router.get(SessionView.PATH + "/{session_id}", summary="One session", **shows(SessionView))
async def show_session(session_id: str, reading: Reading) -> Response:
    return await reading.one(tables.sessions, SessionView, session_id)
