"""Invitations on paper and as a file: a QR code each, twelve to an A4 page, and CSV for those who send them."""

import csv
import io
from pathlib import Path

import jinja2
import segno
from babel.dates import format_date
from fastapi import Response

from services.registry.commands.survey_links import HandOut

TEMPLATE = "survey_sheet.html.j2"
NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
)


def csv_of(sheet: HandOut) -> Response:
    """One row an invitation. The mark at the start lets spreadsheets read it as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["kelompok", "wilayah", "lembaga", "tempat_tersisa", "tautan"])
    for link in sheet.links:
        writer.writerow([_cell(link.group), _cell(link.place), _cell(link.addressee or ""), link.left, link.address])
    headers = {**NOT_KEPT, "Content-Disposition": 'attachment; filename="undangan-survei.csv"'}
    return Response(f"\ufeff{text.getvalue()}", media_type="text/csv; charset=utf-8", headers=headers)


def html_of(sheet: HandOut) -> Response:
    """A page to print. The codes are drawings inside it: nothing is fetched from anywhere."""
    cards = [(link, segno.make(link.address, error="m").svg_inline(border=2, omitsize=True)) for link in sheet.links]
    until = format_date(sheet.closes_on, "d MMMM y", locale="id")
    page = _environment.get_template(TEMPLATE).render(sheet=sheet, cards=cards, until=until)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return Response(
        page, media_type="text/html; charset=utf-8", headers={**NOT_KEPT, "Content-Security-Policy": policy}
    )


def _cell(text: str) -> str:
    """Text that a spreadsheet won't take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
