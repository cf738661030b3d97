"""The status of a village in a year."""

from typing import Annotated

from fastapi import Depends, Path, Response
from sqlalchemy import select

from services.registry.commands import area_statuses, releases
from services.registry.commands.area_statuses import AreaStatusView, SetAreaStatus
from services.registry.commands.releases import Release, ReleasedStatusView
from services.registry.http.documents import changes, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["area statuses"])
AREA_STATUSES = Listed(AreaStatusView, tables.area_statuses, sorts=("status", "on"))
RELEASED = Listed(
    ReleasedStatusView,
    tables.area_statuses,
    sorts=("status",),
    statement=lambda: select(tables.area_statuses).where(tables.area_statuses.c.released),
)
_ONE = AreaStatusView.PATH + "/{village}/{year}"
YearPath = Annotated[int, Path(ge=2015, le=2100)]


@router.put(_ONE, summary="Set a village's status for a year", **replaces(AreaStatusView, makes=True))
async def put_area_status(village: str, year: YearPath, body: SetAreaStatus, exchange: Replacing) -> Response:
    return await exchange.write(area_statuses.put, village, year, body, exchange.match)


@router.get(AreaStatusView.PATH, summary="Statuses of villages", **lists())
async def list_area_statuses(
    page: Annotated[PageOf[AreaStatusView], Depends(AREA_STATUSES)],
) -> Listing[AreaStatusView]:
    return await page.read()


@router.get(_ONE, summary="A village's status for a year", **shows(AreaStatusView))
async def show_area_status(village: str, year: YearPath, reading: Reading) -> Response:
    return await reading.one(tables.area_statuses, AreaStatusView, village, year)


@router.post(_ONE + "/release", summary="Release a status to the public", **changes(AreaStatusView))
async def release_area_status(village: str, year: YearPath, body: Release, exchange: Posting) -> Response:
    return await exchange.write(releases.release, village, year, body, exchange.match)


@router.post(_ONE + "/withholding", summary="Take a release back", **changes(AreaStatusView))
async def withhold_area_status(village: str, year: YearPath, body: Release, exchange: Posting) -> Response:
    return await exchange.write(releases.withhold, village, year, body, exchange.match)


@router.get(ReleasedStatusView.PATH, summary="Statuses released to the public", **lists())
async def list_released_area_statuses(
    page: Annotated[PageOf[ReleasedStatusView], Depends(RELEASED)],
) -> Listing[ReleasedStatusView]:
    return await page.read()
