"""Institutions in the four settings."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import institutions
from services.registry.commands.institutions import (
    ChangeInstitution,
    InstitutionView,
    InstitutionYearView,
    RecordInstitution,
    ReplaceInstitution,
)
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["institutions"])
INSTITUTIONS = Listed(
    InstitutionView,
    tables.institutions,
    filters=(
        *("id", "region", "village", "name", "setting", "has_policy", "policy_number", "policy_on"),
        *("penggiat", "urine_tests", "on", "synthetic"),
    ),
    sorts=("region", "setting", "on"),
)
INSTITUTION_YEARS = Listed(InstitutionYearView, tables.institution_states, sorts=("year",))


@router.post(InstitutionView.PATH, summary="Record an institution", **creates(InstitutionView))
async def record_institution(body: RecordInstitution, exchange: Posting) -> Response:
    return await exchange.write(institutions.record, body)


@router.get(InstitutionView.PATH, summary="Institutions", **lists())
async def list_institutions(
    page: Annotated[PageOf[InstitutionView], Depends(INSTITUTIONS)],
) -> Listing[InstitutionView]:
    return await page.read()


@router.get(InstitutionView.PATH + "/{institution_id}", summary="One institution", **shows(InstitutionView))
async def show_institution(institution_id: str, reading: Reading) -> Response:
    return await reading.one(tables.institutions, InstitutionView, institution_id)


@router.put(
    InstitutionView.PATH + "/{institution_id}", summary="Replace the state of a year", **replaces(InstitutionView)
)
async def replace_institution(institution_id: str, body: ReplaceInstitution, exchange: Replacing) -> Response:
    return await exchange.write(institutions.replace, institution_id, body, exchange.match)


@router.patch(
    InstitutionView.PATH + "/{institution_id}", summary="Change some of what is recorded", **replaces(InstitutionView)
)
async def change_institution(institution_id: str, body: ChangeInstitution, exchange: Replacing) -> Response:
    return await exchange.write(institutions.change, institution_id, body, exchange.match)


@router.get(InstitutionYearView.PATH, summary="What institutions did, year by year", **lists())
async def list_institution_years(
    page: Annotated[PageOf[InstitutionYearView], Depends(INSTITUTION_YEARS)],
) -> Listing[InstitutionYearView]:
    return await page.read()
