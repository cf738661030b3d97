"""Indices, their history and what moved them."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.target import target_of
from services.scoring.http import views
from services.scoring.http.parameters import PAGE_MAX, AsOf, Edition, Kabkota, Limit, Year
from services.scoring.http.reading import current_routes, known_or_refused
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import locked, published, retelling, targets
from shared.journal import tables as journal_tables
from shared.runtime.database import Database
from shared.runtime.web import Routes

MOVEMENTS_SHOWN = 50


def index_router(database: Database, catalogue: Catalogue) -> Routes:
    """Indices, their history and what moved them."""
    router = current_routes(database, catalogue, prefix="/v1/indices", tags=["indices"])

    @router.get("/{region}", summary="The index of a city and year now; without a year, the latest there is")
    async def read_index(
        region: Kabkota,
        year: Annotated[int | None, Query(ge=2015, le=2100)] = None,
        as_of: AsOf = None,
        instrument: Edition = None,
    ) -> views.IndexView:
        async with database.read() as connection:
            known = await known_or_refused(connection, catalogue, region, year, as_of=as_of, instrument=instrument)
            year, edition = known.scored.state.year, known.instrument.edition
            references = (await published.references(connection, [region])).get(region, [])
            by_hand = (await targets.of_regions(connection, [region])).get(region, [])
            movements = await retelling.movements(
                connection, catalogue, region, year, before=None, limit=MOVEMENTS_SHOWN
            )
            return views.index_view(
                known,
                target=target_of(year, edition, references, by_hand),
                movements=[told for told in movements if as_of is None or told.cause.at <= as_of],
                official=next(iter(await locked.of_region(connection, region, year)), None),
                includes=await _positions(connection),
            )

    @router.get("/{region}/official", summary="Locked values of a city: every revision, the latest first")
    async def read_official(region: Kabkota) -> views.LockedList:
        async with database.read() as connection:
            found = await locked.of_region(connection, region)
        return views.LockedList(items=[views.LockedView.model_validate(row) for row in found])

    @router.get("/{region}/movements", summary="What moved the index, the latest first")
    async def read_movements(
        region: Kabkota,
        year: Year,
        cursor: Annotated[int | None, Query(ge=1)] = None,
        limit: Limit = MOVEMENTS_SHOWN,
    ) -> views.MovementPage:
        async with database.read() as connection:
            rows = await retelling.movements(connection, catalogue, region, year, before=cursor, limit=limit)
        items = [views.movement_view(row) for row in rows]
        return views.MovementPage(items=items, next_cursor=items[-1].ordinal if len(items) == limit else None)

    @router.get("/{region}/history", summary="The index after each change, the oldest first")
    async def read_history(
        region: Kabkota, year: Year, cursor: Annotated[int, Query(ge=0)] = 0, limit: Limit = PAGE_MAX
    ) -> views.PointPage:
        async with database.read() as connection:
            rows = await retelling.points(connection, catalogue, region, year, after=cursor, limit=limit)
        items = [views.point_view(row) for row in rows]
        return views.PointPage(items=items, next_cursor=rows[-1].ordinal if len(rows) == limit else None)

    return router


async def _positions(connection: AsyncConnection) -> dict[str, int]:
    p = journal_tables.position
    rows = await connection.execute(sa.select(p.c.stream, p.c.seq).order_by(p.c.stream))
    return {row.stream: row.seq for row in rows}
