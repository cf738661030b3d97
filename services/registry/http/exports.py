"""Lists with people's names as files: asked for with a reason and an end, fetched by who asked for them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

import xlsxwriter
from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError

from services.registry.commands.exports import jobs
from services.registry.commands.exports.jobs import ExportView, RequestExport
from services.registry.commands.exports.making import Exports, Named, Selected
from services.registry.commands.model import View
from services.registry.domain.refusal import Refusal
from services.registry.http.businesses import BUSINESSES
from services.registry.http.consents import CONSENTS
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.enrolments import ENROLMENTS
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.export import BOM, TYPES, cells, indonesian
from services.registry.http.groups import MEMBERSHIPS
from services.registry.http.listing import Listed, PageOf
from services.registry.http.participants import PARTICIPANTS, STAYS
from services.registry.http.reading import Listing, Reading
from services.registry.http.referrals import REFERRALS
from services.registry.http.sessions import ATTENDANCES
from services.registry.http.sheets.workbook import safe
from services.registry.storage import tables
from services.registry.storage.rows import Row
from shared.access.actor import Actor
from shared.runtime.openapi import problems
from shared.runtime.problem import FIELD_NAME
from shared.runtime.web import Routes

PATH = ExportView.PATH
LISTS: Mapping[str, Listed[Any]] = {
    one.name: one
    for one in (PARTICIPANTS, ENROLMENTS, ATTENDANCES, MEMBERSHIPS, BUSINESSES, REFERRALS, CONSENTS, STAYS)
}
"""The lists whose rows are about a person."""

router = Routes(prefix=PATH, tags=["exports"])
EXPORTS = Listed(
    ExportView, tables.exports, filters=("list", "purpose", "format", "state"), default="-id", own="made_by"
)


@router.post("", summary="Ask for a list with names, for a reason and until a moment", **creates(ExportView))
async def request_export(body: RequestExport, request: Request, exchange: Posting) -> Response:
    values_of(_listed(body.list), body.filters)
    longest = timedelta(hours=request.app.state.settings.export_hours_max)
    answer = await exchange.write(jobs.request, body, longest)
    work: Exports = request.app.state.exports
    work.wake()
    return answer


@router.get("", summary="One's own exports with names, the latest first", **lists())
async def list_exports(page: Annotated[PageOf[ExportView], Depends(EXPORTS)]) -> Listing[ExportView]:
    return await page.read()


@router.get("/{export_id}", summary="One export with names, and who was left out", **shows(ExportView))
async def show_export(export_id: str, reading: Reading) -> Response:
    async with reading.office.database.read() as connection:
        row = await jobs.own(connection, reading.office, export_id)
    return reading.answer(ExportView.of(row), row["version"])


@router.post(
    "/{export_id}/file",
    summary="Fetch the file; each time is in the audit log",
    responses={
        200: {"description": "The file", "content": {kind: {"schema": {"type": "string"}} for kind in TYPES}},
        **problems(400, 401, 403, 404, 409, 410, 422),
    },
    response_class=Response,
)
async def fetch_export(export_id: str, exchange: Replacing) -> Response:
    # Not repeatable by a key: what a key is answered with is kept, and this must not be.
    async with exchange.office.journal.writing() as unit:
        row, content = await jobs.fetched(unit, exchange.office, export_id)
    media = next(media for media, kind in TYPES.items() if kind == row["format"])
    name = f"{row['list']}-{export_id}.{row['format']}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, media_type=media, headers=headers)


@router.post("/{export_id}/destruction", summary="Destroy the file before its time", **changes(ExportView))
async def destroy_export(export_id: str, exchange: Posting) -> Response:
    return await exchange.write(jobs.destroy, export_id, exchange.match)


def rows_of(name: str, filters: Mapping[str, str], actor: Actor) -> Selected:
    """The rows of a list that pass filters written as in an address."""
    listed = _listed(name)
    return Selected(listed.within(actor, values_of(listed, filters)), listed.order(listed.default), listed.view)


def values_of(listed: Listed[Any], filters: Mapping[str, str]) -> dict[str, Any]:
    """The values of a list's filters; refuses one it doesn't know, and a value it can't have."""
    values = {name: one.default for name, one in listed.filters.items()}
    for name, text in filters.items():
        if name not in listed.filters:
            shown = f"filters.{name}" if FIELD_NAME.fullmatch(name) else "filters"
            raise Refusal("filter_unknown", shown, possible=", ".join(listed.filters))
        try:
            values[name] = TypeAdapter(listed.filters[name].kind).validate_python(text)
        except ValidationError:
            raise Refusal("filter_value", f"filters.{name}") from None
    return values


def _listed(name: str) -> Listed[Any]:
    if name not in LISTS:
        raise Refusal("cell_choice", "list", possible=", ".join(LISTS))
    return LISTS[name]


def file_parts(asked: Row, view: type[View], rows: Sequence[Named]) -> Iterator[bytes]:
    """The bytes of a file: what names a person first, then the record. Nothing of it touches the disk readable."""
    columns = list(view.model_fields)
    if asked["format"] == "ndjson":
        for one, personal in rows:
            yield (json.dumps({**personal, **one.model_dump(mode="json")}, ensure_ascii=False) + "\n").encode()
        return
    table = ([*map(safe, personal.values()), *cells(one, columns)] for one, personal in rows)
    headings = [*asked["fields"], *columns]
    if asked["language"] == "id":
        headings = indonesian(headings)
    yield from _csv(headings, table) if asked["format"] == "csv" else _workbook(headings, table)


def _csv(headings: Sequence[str], table: Iterator[list[Any]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(BOM)
    for row in (headings, *table):
        writer.writerow(row)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _workbook(headings: Sequence[str], table: Iterator[list[Any]]) -> Iterator[bytes]:
    file = io.BytesIO()
    # In memory: otherwise the sheet would lie readable among the machine's temporary files.
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table, start=1):
            sheet.write_row(number, 0, row)
    yield file.getvalue()
