"""Desa and Kelurahan Bersinar."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.registry.commands import designations
from services.registry.commands.designations import DesignationView, SetDesignation
from services.registry.http.documents import lists, replaces, shows
from services.registry.http.exchange import Replacing
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables

router = APIRouter(prefix=DesignationView.PATH, tags=["designations"])
_table = tables.designations
YearPath = Annotated[int, Path(ge=2015, le=2100)]


@router.put("/{village}/{year}", summary="Designate a village as Bersinar, or revoke it", **replaces(DesignationView))
async def put_designation(village: str, year: YearPath, body: SetDesignation, exchange: Replacing) -> Response:
    return await exchange.write(designations.put, village, year, body, exchange.match)


@router.get("", summary="Designations", **lists())
async def list_designations(
    pages: Pages,
    village: Annotated[str | None, Query(max_length=13)] = None,
    year: Annotated[int | None, Query(ge=2015, le=2100)] = None,
    standing: Annotated[bool | None, Query(description="Only those that stand, or only the revoked ones.")] = None,
) -> Listing[DesignationView]:
    revoked = _table.c.revoked_on
    stands = None if standing is None else revoked.is_(None) if standing else revoked.is_not(None)
    return await pages.list(
        DesignationView, _table, {"village": village, "year": year}, stands, order=("village", "year")
    )


@router.get("/{village}/{year}", summary="A village's designation for a year", **shows(DesignationView))
async def show_designation(village: str, year: YearPath, reading: Reading) -> Response:
    return await reading.one(_table, DesignationView, village, year)
