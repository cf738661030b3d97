"""Regions: looked up, never written here."""

from typing import Annotated, ClassVar, Literal

from fastapi import Depends, Response
from pydantic import Field

from services.registry.commands.model import View
from services.registry.domain.refusal import Refusal
from services.registry.http.documents import lists, shows
from services.registry.http.listing import Filter, Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import rows, tables
from shared.runtime.web import Routes

NamePart = Annotated[str, Field(min_length=2, max_length=60)]
router = Routes(prefix="/v1/regions", tags=["regions"])
_table = tables.regions


class RegionView(View):
    """A province, kab/kota (``city``), kecamatan (``district``) or desa/kelurahan (``village``)."""

    PATH: ClassVar[str] = "/v1/regions"

    code: str
    name: str
    level: Literal["province", "city", "district", "village"]
    parent: str | None


REGIONS = Listed(
    RegionView,
    tables.regions,
    filters=("level", "parent"),
    sorts=("level",),
    more={
        "q": Filter(
            NamePart, lambda q: _table.c.search_name.contains(q.strip().lower(), autoescape=True), "Part of a name."
        )
    },
)


@router.get("", summary="Regions by parent, level or part of the name", **lists())
async def list_regions(page: Annotated[PageOf[RegionView], Depends(REGIONS)]) -> Listing[RegionView]:
    return await page.read()


@router.get("/{code}", summary="One region", **shows(RegionView))
async def show_region(code: str, reading: Reading) -> Response:
    async with reading.office.database.read() as connection:
        row = await rows.find(connection, _table, code)
    if row is None:
        raise Refusal("unknown_record")
    return Response(RegionView.of(row).model_dump_json(), media_type="application/json")
