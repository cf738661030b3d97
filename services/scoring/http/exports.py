"""Indices for other systems: SDMX, ADX, Satu Data metadata, and every table as CSV or XLSX."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.exchange import adx, metadata, sdmx, sheets
from services.scoring.exchange.observation import Observation, computed, printed, settled
from services.scoring.http import views
from services.scoring.http.parameters import AsOf, Year
from services.scoring.http.reading import current_routes, no_index
from services.scoring.http.rollups import area_name, grouped
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import knowledge, locked, published, retelling, states
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.web import Routes

Within = Annotated[
    str, Query(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID for all there is.")
]
Table = Literal["indices", "official", "movements", "history", "published", "indicators"]
Header = tuple[str, ...]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
ADX = "application/adx+xml"
ROWS_MAX = 100_000
STRUCTURE = "application/vnd.sdmx.structure+xml"
SDMX_CSV, SDMX_JSON = "application/vnd.sdmx.data+csv", "application/vnd.sdmx.data+json"


def _answers_with(*media: str) -> dict[str, Any]:
    """Arguments of a route that answers with a file in one of these media types."""
    content = {one: {"schema": {"type": "object" if one.endswith("json") else "string"}} for one in media}
    return {"response_class": Response, "responses": {200: {"description": "The file", "content": content}}}


def export_router(database: Database, catalogue: Catalogue) -> Routes:
    """``/v1/exchange``."""
    router = current_routes(database, catalogue, prefix="/v1/exchange", tags=["exchange"])

    @router.get("/sdmx/structure", summary="The dataflow and its structure, SDMX-ML 2.1", **_answers_with(STRUCTURE))
    async def export_sdmx_structure() -> Response:
        document = sdmx.structure_document(catalogue.editions(), clock.now())
        return Response(document, media_type=f"{STRUCTURE};version=2.1")

    @router.get(
        "/sdmx/data",
        summary="Indices of a year as SDMX-CSV 2.0 or SDMX-JSON 1.0",
        **_answers_with(SDMX_CSV, SDMX_JSON),
    )
    async def export_sdmx_data(
        year: Year, area: Within = "ID", as_of: AsOf = None, format: Literal["csv", "json"] = "csv"
    ) -> Response:
        async with database.read() as connection:
            found = await _observations(connection, catalogue, year, area, as_of)
        if format == "csv":
            return Response(sdmx.csv_document(found), media_type=f"{SDMX_CSV};version=2.0.0")
        document = sdmx.json_document(found, clock.now())
        return JSONResponse(document, media_type=f"{SDMX_JSON};version=1.0.0")

    @router.get("/adx", summary="Indices of a year as ADX data value sets, as DHIS2 imports them", **_answers_with(ADX))
    async def export_adx(year: Year, area: Within = "ID", as_of: AsOf = None) -> Response:
        async with database.read() as connection:
            found = await _observations(connection, catalogue, year, area, as_of)
        return Response(adx.document(found, clock.now()), media_type=ADX)

    @router.get("/satu-data", summary="Metadata of every indicator: definition, unit, source, frequency")
    async def export_metadata() -> dict[str, Any]:
        files = (*catalogue.editions(), *catalogue.editions("village"))
        return {"items": [entry for file in files for entry in metadata.indicators(file)]}

    @router.get("/tables/{table}", summary="A table as CSV or XLSX", **_answers_with(CSV, XLSX))
    async def export_table(
        table: Table,
        year: Year,
        area: Within = "ID",
        as_of: AsOf = None,
        format: Literal["csv", "xlsx"] = "csv",
    ) -> Response:
        async with database.read() as connection:
            header, rows = await _table(connection, catalogue, table, year, area, as_of)
        name = f"bersinar-{table}-{year}.{format}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        if format == "xlsx":
            return Response(sheets.xlsx_document(table, header, rows), media_type=XLSX, headers=disposition)
        return Response(sheets.csv_document(header, rows), media_type=f"{CSV}; charset=utf-8", headers=disposition)

    return router


async def _observations(
    connection: AsyncConnection, catalogue: Catalogue, year: int, area: str, as_of: Any
) -> list[Observation]:
    within = "" if area == "ID" else area
    every = await knowledge.every(connection, catalogue, year, within=within, as_of=as_of)
    found = [
        observation
        for file, years in grouped(every, catalogue, None)
        for scored in years
        for observation in computed(scored, file)
    ]
    synthetic = {state.region: state.is_synthetic for state in every}
    for row in await locked.of_year(connection, year, within, as_of):
        whose = {**row, "synthetic": synthetic.get(row["region"], False)}
        found += settled(whose, catalogue.get(row["instrument"]))
    return found + list(printed(await published.of_year(connection, year, within)))


async def _table(
    connection: AsyncConnection, catalogue: Catalogue, table: Table, year: int, area: str, as_of: Any
) -> tuple[Header, list[tuple[Any, ...]]]:
    if table == "indices":
        found = await _observations(connection, catalogue, year, area, as_of)
        return ("area_name", *Observation._fields), [(area_name(o.area), *o) for o in found]
    if table in ("movements", "history"):
        return await _told(connection, catalogue, table, year, area, as_of)
    if table == "official":
        rows = await locked.of_year(connection, year, "" if area == "ID" else area, as_of)
        return OFFICIAL, [(area_name(r["region"]), *(r[name] for name in OFFICIAL[1:])) for r in rows]
    if table == "published":
        listed = await published.of_year(connection, year, "" if area == "ID" else area)
        header = (
            "published_id",
            "area",
            "area_name",
            "year",
            "edition",
            "value",
            "category",
            "source",
            "reference_because",
        )
        return header, [
            (p.published_id, p.area, p.area_name, p.year, p.edition, p.value, p.category, p.source, p.reason)
            for p in listed
        ]
    return METADATA, list(_metadata_rows(catalogue, year))


OFFICIAL = ("area_name", "region", "year", "revision", "revision_name", "instrument", "value", "band", "digest", "at")
MOVEMENTS: Header = (
    "area", "year", "at", "event_id", "event_type", "village", "detail", "synthetic",
    "reading", "variable", "indicator", "index_share", "variable_share",
)  # fmt: skip
HISTORY = ("area", "year", "instrument", "at", "survey", "survey_band", "running", "running_band")
METADATA = ("edition", "indicator", "name", "definition", "unit", "source", "mark", "frequency")


async def _told(
    connection: AsyncConnection, catalogue: Catalogue, table: Table, year: int, area: str, as_of: Any
) -> tuple[Header, list[tuple[Any, ...]]]:
    """What moved the index of a kab/kota in a year, or how it stood after each change."""
    if not await states.of_region(connection, area):
        raise no_index(area, year, [])
    if table == "movements":
        told = await retelling.movements(connection, catalogue, area, year, before=None, limit=ROWS_MAX)
        shown = [views.movement_view(one).model_dump() for one in told if as_of is None or one.cause.at <= as_of]
        return MOVEMENTS, [(area, year, *(one[name] for name in MOVEMENTS[2:])) for one in shown]
    points = await retelling.points(connection, catalogue, area, year, after=0, limit=ROWS_MAX)
    rows = []
    for point in (point for point in points if as_of is None or point.at <= as_of):
        seen = views.point_view(point)
        numbers = (seen.survey_value, seen.survey_band, seen.running_value, seen.running_band)
        rows.append((area, year, point.instrument, point.at, *numbers))
    return HISTORY, rows


def _metadata_rows(catalogue: Catalogue, year: int) -> Iterator[tuple[Any, ...]]:
    files = (catalogue.of_year(year), catalogue.of_year(year, "village"))
    for entry in (entry for file in files for entry in metadata.indicators(file)):
        words = {key: entry[key]["id"] for key in ("name", "definition", "unit", "frequency")}
        yield tuple((entry | words)[key] for key in METADATA)
