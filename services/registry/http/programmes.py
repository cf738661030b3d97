"""Programmes."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import programmes
from services.registry.commands.programmes import ChangeProgramme, CreateProgramme, MoveProgramme, ProgrammeView
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=ProgrammeView.PATH, tags=["programmes"])
PROGRAMMES = Listed(ProgrammeView, tables.programmes, sorts=("region", "kind", "sector", "state", "quota", "on"))


@router.post("", summary="Set up a programme", **creates(ProgrammeView))
async def create_programme(body: CreateProgramme, exchange: Posting) -> Response:
    return await exchange.write(programmes.create, body)


@router.get("", summary="Programmes", **lists())
async def list_programmes(page: Annotated[PageOf[ProgrammeView], Depends(PROGRAMMES)]) -> Listing[ProgrammeView]:
    return await page.read()


@router.get("/{programme_id}", summary="One programme", **shows(ProgrammeView))
async def show_programme(programme_id: str, reading: Reading) -> Response:
    return await reading.one(tables.programmes, ProgrammeView, programme_id)


@router.patch("/{programme_id}", summary="Mend a programme, or change its quota", **replaces(ProgrammeView))
async def change_programme(programme_id: str, body: ChangeProgramme, exchange: Replacing) -> Response:
    return await exchange.write(programmes.change, programme_id, body, exchange.match)


@router.post("/{programme_id}/state", summary="Plan, start, complete or cancel it", **changes(ProgrammeView))
async def move_programme(programme_id: str, body: MoveProgramme, exchange: Posting) -> Response:
    return await exchange.write(programmes.move, programme_id, body, exchange.match)
