"""Indices for other systems: SDMX, ADX, Satu Data metadata, and every table as CSV or XLSX."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.exchange import adx, metadata, sdmx, sheets
from services.scoring.exchange.observation import Observation, computed, printed
from services.scoring.http.parameters import AsOf, Year
from services.scoring.http.reading import current_routes
from services.scoring.http.rollups import area_name, grouped
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import knowledge, published
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.web import Routes

Within = Annotated[
    str, Query(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID for all there is.")
]
Table = Literal["indices", "published", "indicators"]
Header = tuple[str, ...]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
ADX = "application/adx+xml"
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
        return {"items": [entry for file in catalogue.editions() for entry in metadata.indicators(file)]}

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
    states = await knowledge.every(connection, catalogue, year, within=within, as_of=as_of)
    found = [
        observation
        for file, years in grouped(states, catalogue, None)
        for scored in years
        for observation in computed(scored, file)
    ]
    return found + list(printed(await published.of_year(connection, year, within)))


async def _table(
    connection: AsyncConnection, catalogue: Catalogue, table: Table, year: int, area: str, as_of: Any
) -> tuple[Header, list[tuple[Any, ...]]]:
    if table == "indices":
        found = await _observations(connection, catalogue, year, area, as_of)
        return ("area_name", *Observation._fields), [(area_name(o.area), *o) for o in found]
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


PUBLISHED = ("published_id", "area", "area_name", "year", "edition", "value", "category", "source", "chosen_because")
METADATA = ("edition", "indicator", "name", "definition", "unit", "source", "mark", "frequency")


def _metadata_rows(catalogue: Catalogue, year: int) -> Iterator[tuple[Any, ...]]:
    for entry in metadata.indicators(catalogue.of_year(year)):
        words = {key: entry[key]["id"] for key in ("name", "definition", "unit", "frequency")}
        yield tuple((entry | words)[key] for key in METADATA)
