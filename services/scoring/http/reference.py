"""Instruments, published indices, and the digest."""

from typing import Any

from fastapi import APIRouter

from services.scoring.http import views
from services.scoring.http.parameters import Area
from services.scoring.instrument_file import Catalogue, UnknownInstrumentError
from services.scoring.storage import published, states
from shared.runtime.database import Database
from shared.runtime.problem import Problem


def reference_router(database: Database, catalogue: Catalogue) -> APIRouter:
    """Instruments, published indices, and the digest."""
    router = APIRouter(prefix="/v1", tags=["reference"])

    @router.get("/instruments", summary="The instruments there are")
    async def list_instruments() -> views.InstrumentList:
        found = sorted(catalogue.instruments.values(), key=lambda i: (i.from_year, i.key))
        return views.InstrumentList(items=[views.instrument_summary(i) for i in found])

    @router.get("/instruments/{key}", summary="One instrument, with the mark and source of every element")
    async def read_instrument(key: str) -> dict[str, Any]:
        try:
            return views.instrument_view(catalogue.get(key))
        except UnknownInstrumentError:
            known = ", ".join(sorted(catalogue.instruments))
            raise Problem(
                404,
                "Unknown instrument",
                detail="There is no such instrument.",
                field="key",
                remedy=f"One of: {known}.",
            ) from None

    @router.get("/published/{area}", summary="Published indices of an area, with the chosen reference of each year")
    async def list_published(area: Area) -> views.PublishedList:
        async with database.read() as connection:
            found = await published.of_area(connection, area)
        return views.PublishedList(items=[views.published_view(index) for index in found])

    @router.get("/digest", summary="A digest of every city and year: the same wherever the same events were folded")
    async def read_digest() -> views.DigestList:
        async with database.read() as connection:
            found = await states.every(connection)
        return views.DigestList(items=[views.digest_line(state) for state in found])

    return router
