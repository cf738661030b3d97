"""The status of a village in a year."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.registry.commands import area_statuses
from services.registry.commands.area_statuses import AreaStatusView, SetAreaStatus
from services.registry.http.documents import lists, replaces, shows
from services.registry.http.exchange import Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(prefix=AreaStatusView.PATH, tags=["area statuses"])
AREA_STATUSES = Listed(AreaStatusView, tables.area_statuses, sorts=("status", "on"))
YearPath = Annotated[int, Path(ge=2015, le=2100)]


@router.put("/{village}/{year}", summary="Set a village's status for a year", **replaces(AreaStatusView))
async def put_area_status(village: str, year: YearPath, body: SetAreaStatus, exchange: Replacing) -> Response:
    return await exchange.write(area_statuses.put, village, year, body, exchange.match)


@router.get("", summary="Statuses of villages", **lists())
async def list_area_statuses(
    page: Annotated[PageOf[AreaStatusView], Depends(AREA_STATUSES)],
) -> Listing[AreaStatusView]:
    return await page.read()


@router.get("/{village}/{year}", summary="A village's status for a year", **shows(AreaStatusView))
async def show_area_status(village: str, year: YearPath, reading: Reading) -> Response:
    return await reading.one(tables.area_statuses, AreaStatusView, village, year)
