"""Regions: looked up, never written here."""

from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from services.registry.commands.model import View
from services.registry.domain.refusal import Refusal
from services.registry.http.documents import lists, shows
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import rows, tables

router = APIRouter(prefix="/v1/regions", tags=["regions"])
_table = tables.regions


class RegionView(View):
    """A province, kab/kota (``city``), kecamatan (``district``) or desa/kelurahan (``village``)."""

    PATH: ClassVar[str] = "/v1/regions"

    code: str
    name: str
    level: Literal["province", "city", "district", "village"]
    parent: str | None


@router.get("", summary="Regions by parent, level or part of the name", **lists())
async def list_regions(
    pages: Pages,
    parent: Annotated[str | None, Query(max_length=13)] = None,
    level: Literal["province", "city", "district", "village"] | None = None,
    q: Annotated[str | None, Query(min_length=2, max_length=60, description="Part of a name.")] = None,
) -> Listing[RegionView]:
    equal: list[Any] = [
        column == value for column, value in ((_table.c.parent, parent), (_table.c.level, level)) if value is not None
    ]
    if q is not None:
        equal.append(_table.c.search_name.contains(q.strip().lower(), autoescape=True))
    return await pages.of(RegionView, select(_table).where(*equal), [_table.c.code])


@router.get("/{code}", summary="One region", **shows(RegionView))
async def show_region(code: str, reading: Reading) -> Response:
    async with reading.office.database.read() as connection:
        row = await rows.find(connection, _table, code)
    if row is None:
        raise Refusal("unknown_record")
    return Response(RegionView.of(row).model_dump_json(), media_type="application/json")
