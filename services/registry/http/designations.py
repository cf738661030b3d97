"""Desa and Kelurahan Bersinar."""

from typing import Annotated

from fastapi import Depends, Path, Response

from services.registry.commands import designations
from services.registry.commands.designations import DesignationView, SetDesignation
from services.registry.http.documents import lists, replaces, shows
from services.registry.http.exchange import Replacing
from services.registry.http.listing import Filter, Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=DesignationView.PATH, tags=["designations"])
_table = tables.designations
DESIGNATIONS = Listed(
    DesignationView,
    _table,
    filters=("village", "year", "decree_number", "decree_on", "revoked_on", "synthetic"),
    sorts=("decree_on",),
    more={
        "standing": Filter(
            bool,
            lambda stands: _table.c.revoked_on.is_(None) if stands else _table.c.revoked_on.is_not(None),
            "Only those that stand, or only the revoked ones.",
        )
    },
)
YearPath = Annotated[int, Path(ge=2015, le=2100)]


@router.put(
    "/{village}/{year}",
    summary="Designate a village as Bersinar, or revoke it",
    **replaces(DesignationView, makes=True),
)
async def put_designation(village: str, year: YearPath, body: SetDesignation, exchange: Replacing) -> Response:
    return await exchange.write(designations.put, village, year, body, exchange.match)


@router.get("", summary="Designations", **lists())
async def list_designations(
    page: Annotated[PageOf[DesignationView], Depends(DESIGNATIONS)],
) -> Listing[DesignationView]:
    return await page.read()


@router.get("/{village}/{year}", summary="A village's designation for a year", **shows(DesignationView))
async def show_designation(village: str, year: YearPath, reading: Reading) -> Response:
    return await reading.one(_table, DesignationView, village, year)
