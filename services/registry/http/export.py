"""A whole list as a file, chosen by ``Accept``: CSV, XLSX or one JSON object a line.

What is in it is what the list shows: pseudonymous, within the reader's scope, filtered and sorted as asked. Rows are
read page by page, so that memory doesn't grow with the list, and each export is in the audit log.
"""

import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import xlsxwriter
from fastapi import Request
from fastapi.responses import StreamingResponse

from services.registry.commands.model import View
from services.registry.http.sheets.workbook import safe
from shared.runtime import plain_yaml
from shared.runtime.language import speaks_english

Format = Literal["csv", "xlsx", "ndjson"]
TYPES: Mapping[str, Format] = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/x-ndjson": "ndjson",
}
ROWS_A_PAGE = 1_000
XLSX_ROWS_MAX = 1_048_575
"""A sheet has no more rows, the heading aside; a longer list goes out as CSV."""

CHUNK_BYTES = 65_536
BOM = "\ufeff"
"""The mark at the start lets spreadsheets read a CSV file as UTF-8."""

HEADINGS = Path(__file__).parent.parent / "data" / "export_headings.yaml"

Pages = AsyncIterator[Sequence[View]]


def asked_for(request: Request) -> Format | None:
    """The file type that ``Accept`` names first; ``None`` for a page of JSON as ever."""
    for part in request.headers.get("accept", "").split(","):
        kind = part.split(";")[0].strip().lower()
        if kind in TYPES:
            return TYPES[kind]
        if kind in ("application/json", "*/*"):
            return None
    return None


async def response(request: Request, name: str, view: type[View], pages: Pages, kind: Format) -> StreamingResponse:
    """The list as a download called after it."""
    fields = list(view.model_fields)
    english = speaks_english(request.headers.get("accept-language", ""))
    headings = fields if english else indonesian(fields)
    media = next(media for media, found in TYPES.items() if found == kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    if kind == "xlsx":
        return StreamingResponse(_chunks(await _workbook(headings, fields, pages)), headers=headers, media_type=media)
    rows = _csv(headings, fields, pages) if kind == "csv" else _lines(pages)
    return StreamingResponse(rows, headers=headers, media_type=f"{media}; charset=utf-8")


async def _csv(headings: Sequence[str], fields: Sequence[str], pages: Pages) -> AsyncIterator[str]:
    yield BOM + csv_text([headings])
    async for page in pages:
        yield csv_text([cells(view, fields) for view in page])


def csv_text(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as lines of a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


async def _lines(pages: Pages) -> AsyncIterator[str]:
    async for page in pages:
        yield "".join(f"{view.model_dump_json()}\n" for view in page)


async def _workbook(headings: Sequence[str], fields: Sequence[str], pages: Pages) -> BinaryIO:
    """Rows go to a file as they come; ``constant_memory`` keeps one at a time."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _chunks, when the last part has gone out
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        number = 0
        async for page in pages:
            for view in page:
                number += 1
                if number <= XLSX_ROWS_MAX:
                    sheet.write_row(number, 0, cells(view, fields))
    file.seek(0)
    return file


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := file.read(CHUNK_BYTES):
            yield part


def cells(view: View, fields: Sequence[str]) -> list[Any]:
    """The fields of a record as cells no spreadsheet takes for a formula."""
    return [safe(_plain(getattr(view, field))) for field in fields]


def _plain(value: Any) -> Any:
    """A value as one cell: lists with commas, dates as ISO, what is nested as JSON."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list) and all(isinstance(part, str | int) for part in value):
        return ", ".join(str(part) for part in value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def indonesian(fields: Sequence[str]) -> list[str]:
    """What columns are called in Indonesian."""
    known: Mapping[str, str] = plain_yaml.read(HEADINGS)
    return [known.get(field, field) for field in fields]
