"""Institutions in the four settings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import institutions
from services.registry.commands.institutions import InstitutionView, RecordInstitution, ReplaceInstitution
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(prefix=InstitutionView.PATH, tags=["institutions"])
INSTITUTIONS = Listed(InstitutionView, tables.institutions, sorts=("region", "setting", "on"))


@router.post("", summary="Record an institution", **creates(InstitutionView))
async def record_institution(body: RecordInstitution, exchange: Posting) -> Response:
    return await exchange.write(institutions.record, body)


@router.get("", summary="Institutions", **lists())
async def list_institutions(
    page: Annotated[PageOf[InstitutionView], Depends(INSTITUTIONS)],
) -> Listing[InstitutionView]:
    return await page.read()


@router.get("/{institution_id}", summary="One institution", **shows(InstitutionView))
async def show_institution(institution_id: str, reading: Reading) -> Response:
    return await reading.one(tables.institutions, InstitutionView, institution_id)


@router.put("/{institution_id}", summary="Replace the state of an institution", **replaces(InstitutionView))
async def replace_institution(institution_id: str, body: ReplaceInstitution, exchange: Replacing) -> Response:
    return await exchange.write(institutions.replace, institution_id, body, exchange.match)
