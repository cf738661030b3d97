"""Indices for other systems: SDMX, ADX, Satu Data metadata, and every table as CSV or XLSX."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from services.scoring.exchange import adx, metadata, sdmx, sheets
from services.scoring.http import tables
from services.scoring.http.headings import words
from services.scoring.http.parameters import AsOf, Year
from services.scoring.http.reading import current_routes
from services.scoring.http.tables import Asked
from services.scoring.instrument_file import Catalogue
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.language import speaks_english
from shared.runtime.web import Routes

Within = Annotated[
    str, Query(pattern=r"^(ID|\d{2}(\.\d{2})?)$", description="A kab/kota, a province, or ID for all there is.")
]
Kabkota = Annotated[str, Query(pattern=r"^\d{2}\.\d{2}$", description="Code of a kab/kota, like 32.76.")]
Format = Literal["csv", "xlsx"]
Headings = Annotated[
    Literal["keys", "words"],
    Query(description="The first row: keys for programs, or words in the language of Accept-Language."),
]

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
            found = await tables.observations(Asked(connection, catalogue, year, area, as_of))
        if format == "csv":
            return Response(sdmx.csv_document(found), media_type=f"{SDMX_CSV};version=2.0.0")
        document = sdmx.json_document(found, clock.now())
        return JSONResponse(document, media_type=f"{SDMX_JSON};version=1.0.0")

    @router.get("/adx", summary="Indices of a year as ADX data value sets, as DHIS2 imports them", **_answers_with(ADX))
    async def export_adx(year: Year, area: Within = "ID", as_of: AsOf = None) -> Response:
        async with database.read() as connection:
            found = await tables.observations(Asked(connection, catalogue, year, area, as_of))
        return Response(adx.document(found, clock.now()), media_type=ADX)

    @router.get("/satu-data", summary="Metadata of every indicator: definition, unit, source, frequency")
    async def export_metadata() -> dict[str, Any]:
        files = (*catalogue.editions(), *catalogue.editions("village"))
        return {"items": [entry for file in files for entry in metadata.indicators(file)]}

    # Before the others' address: who may see a village's status may see it within a scope.
    @router.get("/tables/villages", summary="The villages of a kab/kota as CSV or XLSX", **_answers_with(CSV, XLSX))
    async def export_villages(
        request: Request,
        year: Year,
        area: Kabkota,
        as_of: AsOf = None,
        format: Format = "csv",
        headings: Headings = "keys",
    ) -> Response:
        async with database.read() as connection:
            found = await tables.villages_table(Asked(connection, catalogue, year, area, as_of))
        return _file(request, f"villages-{year}", found, format, headings)

    @router.get("/tables/{table}", summary="A table as CSV or XLSX", **_answers_with(CSV, XLSX))
    async def export_table(
        request: Request,
        table: tables.Name,
        year: Year,
        area: Within = "ID",
        as_of: AsOf = None,
        format: Format = "csv",
        headings: Headings = "keys",
    ) -> Response:
        async with database.read() as connection:
            found = await tables.table(table, Asked(connection, catalogue, year, area, as_of))
        return _file(request, f"{table}-{year}", found, format, headings)

    return router


def _file(request: Request, name: str, found: tables.Table, format: Format, first_row: str) -> Response:
    header = found.header
    if first_row == "words":
        header = words(header, english=speaks_english(request.headers.get("accept-language", "")))
    disposition = {"Content-Disposition": f'attachment; filename="bersinar-{name}.{format}"'}
    if format == "xlsx":
        return Response(sheets.xlsx_document(name, header, found.rows), media_type=XLSX, headers=disposition)
    document = sheets.csv_document(header, found.rows)
    return Response(document, media_type=f"{CSV}; charset=utf-8", headers=disposition)
