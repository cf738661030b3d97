"""The API of scoring: read-only. What changes a score is said to the registry."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import views
from services.scoring.domain.fold import ScoredYear
from services.scoring.domain.state import CityYear
from services.scoring.domain.target import target_of
from services.scoring.instrument_file import Catalogue, UnknownInstrumentError
from services.scoring.storage import explanations, published, states
from shared.journal import tables as journal_tables
from shared.runtime.database import Database
from shared.runtime.problem import Problem

MOVEMENTS_SHOWN = 50
PAGE_MAX = 500

Kabkota = Annotated[str, Path(pattern=r"^\d{2}\.\d{2}$", description="Code of a kab/kota, like 32.76.")]
Area = Annotated[str, Path(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID.")]
Year = Annotated[int, Query(ge=2015, le=2100)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


def index_router(database: Database, catalogue: Catalogue) -> APIRouter:
    """Indices, their history and what moved them."""
    router = APIRouter(prefix="/v1/indices", tags=["indices"])

    @router.get("/{region}", summary="The index of a city and year now; without a year, the latest there is")
    async def read_index(
        region: Kabkota, year: Annotated[int | None, Query(ge=2015, le=2100)] = None
    ) -> views.IndexView:
        async with database.read() as connection:
            found = await states.of_region(connection, region)
            state = _state_of(found, region, year)
            scored = ScoredYear(state, catalogue.get(state.instrument).plain)
            references = (await published.references(connection, [region])).get(region, [])
            movements = await explanations.movements(connection, region, state.year, before=None, limit=MOVEMENTS_SHOWN)
            return views.index_view(
                scored,
                years=sorted(s.year for s in found),
                target=target_of(state.year, scored.instrument.edition, references),
                movements=movements,
                includes=await _positions(connection),
            )

    @router.get("/{region}/movements", summary="What moved the index, the latest first")
    async def read_movements(
        region: Kabkota,
        year: Year,
        cursor: Annotated[int | None, Query(ge=1)] = None,
        limit: Limit = MOVEMENTS_SHOWN,
    ) -> views.MovementPage:
        async with database.read() as connection:
            rows = await explanations.movements(connection, region, year, before=cursor, limit=limit)
        items = [views.movement_view(row) for row in rows]
        return views.MovementPage(items=items, next_cursor=items[-1].ordinal if len(items) == limit else None)

    @router.get("/{region}/history", summary="The index after each change, the oldest first")
    async def read_history(
        region: Kabkota, year: Year, cursor: Annotated[int, Query(ge=0)] = 0, limit: Limit = PAGE_MAX
    ) -> views.PointPage:
        async with database.read() as connection:
            rows = await explanations.points(connection, region, year, after=cursor, limit=limit)
        items = [views.PointView.model_validate(row) for row in rows]
        return views.PointPage(items=items, next_cursor=rows[-1]["ordinal"] if len(rows) == limit else None)

    return router


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


def _state_of(found: list[CityYear], region: str, year: int | None) -> CityYear:
    for state in found:
        if year is None or state.year == year:
            return state
    if not found:
        raise Problem(
            404,
            "No index yet",
            detail=f"Nothing has been recorded for {region}.",
            field="region",
            remedy="Check the code; a city appears with the first entry in the registry.",
        )
    years = ", ".join(str(s.year) for s in sorted(found, key=lambda s: s.year))
    raise Problem(
        404,
        "No index for this year",
        detail=f"Nothing has been recorded for {region} in {year}.",
        field="year",
        remedy=f"Years with entries: {years}.",
    )


async def _positions(connection: AsyncConnection) -> dict[str, int]:
    p = journal_tables.position
    rows = await connection.execute(sa.select(p.c.stream, p.c.seq).order_by(p.c.stream))
    return {row.stream: row.seq for row in rows}
