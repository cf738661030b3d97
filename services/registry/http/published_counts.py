"""Published totals: kab/kota by band for the nation, villages by status for an area.

They are kept as printed, each with its source and notes. The registry never recomputes them, never counts from them,
and tells of them in no event. A figure that isn't printed is ``null``, never zero.
"""

from typing import Annotated, ClassVar, Literal

from fastapi import Depends
from pydantic import Field

from services.registry.commands.model import View
from services.registry.http.documents import lists
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["published counts"])
Mark = Literal["R", "I", "P"]
"""R: printed by BNN or quoted from it; I: inferred; P: a placeholder of this project."""


class PublishedCountView(View):
    """What every published total has. ``inferred`` names the figures of the row that are read into the source."""

    id: str
    region: Annotated[str, Field(max_length=5)]
    region_name: str
    year: int
    mark: Mark
    inferred: tuple[str, ...]
    note_id: str | None
    note_en: str | None
    source: str


class NationalCountView(PublishedCountView):
    """How many kab/kota were measured in a year and how many reached which band of the edition."""

    PATH: ClassVar[str] = "/v1/national-counts"

    edition: Literal["kotan-2019", "kotan-2022"]
    edition_mark: Mark
    measured: int | None
    sangat_tanggap: int | None
    tanggap: int | None
    cukup_tanggap: int | None
    below_cukup_tanggap: int | None


class AreaStatusCountView(PublishedCountView):
    """How many villages of an area had which status in a year; statuses of the two methods can't be compared.

    ``bahaya_waspada`` and ``siaga_aman`` are printed for two statuses together; they are no sums of the others.
    """

    PATH: ClassVar[str] = "/v1/area-status-counts"

    method: Literal["IKRN", "8+5"]
    bahaya: int | None
    waspada: int | None
    siaga: int | None
    aman: int | None
    bahaya_waspada: int | None
    siaga_aman: int | None
    total_units: int | None


NATIONAL_COUNTS = Listed(NationalCountView, tables.national_counts, sorts=("year",))
AREA_STATUS_COUNTS = Listed(AreaStatusCountView, tables.area_status_counts, sorts=("region", "year"))


@router.get(NationalCountView.PATH, summary="Published totals of kab/kota by band, as printed", **lists())
async def list_national_counts(
    page: Annotated[PageOf[NationalCountView], Depends(NATIONAL_COUNTS)],
) -> Listing[NationalCountView]:
    return await page.read()


@router.get(AreaStatusCountView.PATH, summary="Published totals of villages by status, as printed", **lists())
async def list_area_status_counts(
    page: Annotated[PageOf[AreaStatusCountView], Depends(AREA_STATUS_COUNTS)],
) -> Listing[AreaStatusCountView]:
    return await page.read()
