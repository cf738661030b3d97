"""Organisations the office works with, and what kinds there are."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import organisations
from services.registry.commands.organisations import ChangeOrganisation, OrganisationView, RecordOrganisation
from services.registry.data.practice import Label
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=OrganisationView.PATH, tags=["organisations"])
kinds = Routes(prefix="/v1/organisation-kinds", tags=["organisations"])
ORGANISATIONS = Listed(OrganisationView, tables.organisations, sorts=("region",))


@router.post("", summary="Record an organisation", **creates(OrganisationView))
async def record_organisation(body: RecordOrganisation, exchange: Posting) -> Response:
    return await exchange.write(organisations.record, body)


@router.get("", summary="Organisations", **lists())
async def list_organisations(
    page: Annotated[PageOf[OrganisationView], Depends(ORGANISATIONS)],
) -> Listing[OrganisationView]:
    return await page.read()


@router.get("/{organisation_id}", summary="One organisation", **shows(OrganisationView))
async def show_organisation(organisation_id: str, reading: Reading) -> Response:
    return await reading.one(tables.organisations, OrganisationView, organisation_id)


@router.put("/{organisation_id}", summary="Replace what is recorded of an organisation", **replaces(OrganisationView))
async def change_organisation(organisation_id: str, body: ChangeOrganisation, exchange: Replacing) -> Response:
    return await exchange.write(organisations.change, organisation_id, body, exchange.match)


@kinds.get("", summary="Kinds of organisations, in words", **lists())
async def list_organisation_kinds(reading: Reading) -> dict[str, Label]:
    return dict(reading.office.practice.organisation_kinds)
