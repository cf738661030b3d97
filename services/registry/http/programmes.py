"""Programmes and their sessions."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registry.commands import programmes
from services.registry.commands.programmes import CreateProgramme, HoldSession, ProgrammeView, SessionView
from services.registry.http.documents import creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables
from shared.contracts.registry import ProgrammeKind

router = APIRouter(tags=["programmes"])


@router.post(ProgrammeView.PATH, summary="Set up a programme", **creates(ProgrammeView))
async def create_programme(body: CreateProgramme, exchange: Posting) -> Response:
    return await exchange.write(programmes.create, body)


@router.get(ProgrammeView.PATH, summary="Programmes", **lists())
async def list_programmes(
    pages: Pages,
    region: Annotated[str | None, Query(max_length=5)] = None,
    kind: ProgrammeKind | None = None,
) -> Listing[ProgrammeView]:
    return await pages.list(ProgrammeView, tables.programmes, {"region": region, "kind": kind})


@router.get(ProgrammeView.PATH + "/{programme_id}", summary="One programme", **shows(ProgrammeView))
async def show_programme(programme_id: str, reading: Reading) -> Response:
    return await reading.one(tables.programmes, ProgrammeView, programme_id)


@router.post(SessionView.PATH, summary="Record a session of a programme", **creates(SessionView))
async def hold_session(body: HoldSession, exchange: Posting) -> Response:
    return await exchange.write(programmes.hold_session, body)


@router.get(SessionView.PATH, summary="Sessions", **lists())
async def list_sessions(
    pages: Pages, programme_id: Annotated[str | None, Query(max_length=64)] = None
) -> Listing[SessionView]:
    return await pages.list(SessionView, tables.sessions, {"programme_id": programme_id})


@router.get(SessionView.PATH + "/{session_id}", summary="One session", **shows(SessionView))
async def show_session(session_id: str, reading: Reading) -> Response:
    return await reading.one(tables.sessions, SessionView, session_id)
