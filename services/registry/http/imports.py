"""Spreadsheets in: a template out, a file in, its columns mapped, checked, carried out, reported on."""

import asyncio
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from services.registry.commands.imports import jobs
from services.registry.commands.imports.jobs import ImportView, MapColumns, Upload
from services.registry.commands.imports.kinds import KINDS, KindName
from services.registry.commands.imports.mapping import guess
from services.registry.commands.imports.runner import Imports
from services.registry.commands.model import View
from services.registry.commands.office import known
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import REPLAYED, Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.http.sheets.report import report
from services.registry.http.sheets.template import template
from services.registry.storage import tables
from services.registry.storage.rows import Row
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

PATH = ImportView.PATH
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = ("text/csv", XLSX, "application/octet-stream")
Language = Annotated[Literal["id", "en"], Query(description="Language of headings and remarks.")]

router = Routes(tags=["imports"])
IMPORTS = Listed(
    ImportView,
    tables.imports,
    filters=("kind", "state", "format", "checked"),
    sorts=("kind", "state"),
    default="-id",
    own="made_by",
)


class ColumnView(BaseModel):
    """A column of the file, and the field it is taken for; ``likeness`` is 100 for a spelling that is known."""

    column: int
    heading: str
    field: str | None
    likeness: int


class FieldView(BaseModel):
    """A field of the kind, what it is called in a template, and the column it is taken from."""

    field: str
    heading: str
    required: bool
    column: int | None


class ImportColumnsView(View):
    """The mapping as it stands, from both sides."""

    PATH: ClassVar[str] = ImportView.PATH

    columns: list[ColumnView]
    fields: list[FieldView]


def _workbook(description: str) -> dict[int | str, dict[str, Any]]:
    content = {XLSX: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": description, "content": content}}


def _file(content: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=disposition)


_BODY = {
    "requestBody": {
        "required": True,
        "description": "The file itself, as it is on the disk.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Nama;NIK;L/P;Kelompok umur;Kelompok sasaran;Kelurahan;Tanggal daftar;Data contoh\n"
                "Peserta Contoh 02;9999010101900002;Perempuan;25-34;Warga rentan;32.76.07.1003;06/03/2023;Ya\n",
            },
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get(
    "/v1/import-templates/{kind}",
    summary="A workbook to fill in",
    responses={**_workbook("The template"), **problems(401, 422)},
    response_class=Response,
)
async def import_template(kind: KindName, language: Language = "id") -> Response:
    return _file(template(KINDS[kind], english=language == "en"), f"bersinar-{kind}.xlsx")


@router.post(PATH, summary="Take in a spreadsheet", openapi_extra=_BODY, **creates(ImportView))
async def take_in_import(
    request: Request,
    exchange: Posting,
    kind: Annotated[KindName, Query(description="What the rows are.")],
) -> Response:
    office = exchange.office
    upload = Upload(office.folder, request.app.state.settings.import_max_bytes)
    await upload.take(request.stream())
    exchange.said = f"{kind}\0{upload.digest}"
    kept = False
    try:
        row = await asyncio.to_thread(jobs.take_in, office, upload, KINDS[kind])
        answer = await exchange.write(jobs.create, row)
        kept = REPLAYED not in answer.headers
    finally:
        if not kept:
            jobs.delete_file(office, upload.id)
    return answer


@router.get(PATH, summary="Imports, the latest first", **lists())
async def list_imports(page: Annotated[PageOf[ImportView], Depends(IMPORTS)]) -> Listing[ImportView]:
    return await page.read()


@router.get(PATH + "/{import_id}", summary="One import, and how far it is", **shows(ImportView))
async def show_import(import_id: str, request: Request, reading: Reading) -> Response:
    row = await _row(reading, import_id)
    work: Imports = request.app.state.imports
    if counts := work.progress(import_id):
        return Response(ImportView.of({**row, **counts}).model_dump_json(), media_type="application/json")
    return reading.answer(ImportView.of(row), row["version"])


@router.get(PATH + "/{import_id}/columns", summary="Which column is taken for what", **shows(ImportColumnsView))
async def show_import_columns(import_id: str, reading: Reading, language: Language = "id") -> Response:
    row = await _row(reading, import_id)
    kind, headings = KINDS[row["kind"]], jobs.headings(reading.office, row)
    fields = {column: field for field, column in row["mapping"].items()}
    likeness = {(one.column, one.field): one.likeness for one in guess(headings, kind.columns)}
    view = ImportColumnsView(
        columns=[
            ColumnView(
                column=place,
                heading=heading,
                field=fields.get(place),
                likeness=likeness.get((place, fields.get(place, "")), 0),
            )
            for place, heading in enumerate(headings)
        ],
        fields=[
            FieldView(
                field=column.field,
                heading=column.heading.en if language == "en" else column.heading.id,
                required=column.required,
                column=row["mapping"].get(column.field),
            )
            for column in kind.columns
        ],
    )
    return reading.answer(view, row["version"])


@router.put(PATH + "/{import_id}/mapping", summary="Correct the mapping of columns", **replaces(ImportView))
async def map_import_columns(import_id: str, body: MapColumns, exchange: Replacing) -> Response:
    return await exchange.write(jobs.map_columns, import_id, body, exchange.match)


@router.post(PATH + "/{import_id}/check", summary="Try every row, and write none", **changes(ImportView))
async def check_import(import_id: str, request: Request, exchange: Posting) -> Response:
    return await _start(import_id, request, exchange, dry=True)


@router.post(PATH + "/{import_id}/run", summary="Write the rows, or go on where it stopped", **changes(ImportView))
async def run_import(import_id: str, request: Request, exchange: Posting) -> Response:
    return await _start(import_id, request, exchange, dry=False)


@router.get(
    PATH + "/{import_id}/report",
    summary="What is wrong with which row, as a workbook",
    responses={**_workbook("The report"), **problems(401, 404, 410, 422)},
    response_class=Response,
)
async def import_report(import_id: str, reading: Reading, language: Language = "id") -> Response:
    row = await _row(reading, import_id)
    findings = await jobs.read_findings(reading.office, row)
    return _file(report(ImportView.of(row), findings, english=language == "en"), f"laporan-impor-{import_id}.xlsx")


@router.post(PATH + "/{import_id}/forget", summary="Delete the file and the report now", **changes(ImportView))
async def forget_import(import_id: str, exchange: Posting) -> Response:
    return await exchange.write(jobs.forget, import_id, exchange.match)


async def _start(import_id: str, request: Request, exchange: Posting, *, dry: bool) -> Response:
    answer = await exchange.write(jobs.start, import_id, dry, exchange.match)
    work: Imports = request.app.state.imports
    work.wake()
    return answer


async def _row(reading: Reading, import_id: str) -> Row:
    async with reading.office.database.read() as connection:
        row = await known(connection, tables.imports, import_id, "unknown_record", None)
    return jobs.check_own(reading.office, row)
