"""The report of an import as a workbook: row, column, what stands there, what is wrong, how to mend it."""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from services.registry.commands.imports.chunks import Finding
from services.registry.commands.imports.jobs import FINDINGS_KEPT, ImportView
from services.registry.commands.imports.kinds import KINDS
from services.registry.http.sheets.workbook import harmless
from services.registry.http.wording import WORDINGS

_WIDTHS = (8, 26, 30, 50, 60)


def report(view: ImportView, findings: Sequence[Finding], *, english: bool) -> bytes:
    """In memory from beginning to end: a file of it on the disk would hold names."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Report" if english else "Laporan")
        for place, (title, width) in enumerate(zip(_TITLES[english], _WIDTHS, strict=True)):
            sheet.set_column(place, place, width, wrapped)
            sheet.write_string(0, place, title, bold)
        sheet.freeze_panes(1, 0)
        for number, finding in enumerate(findings, start=1):
            sheet.write_number(number, 0, finding.row)
            for place, cell in enumerate(_cells(view, finding, english=english), start=1):
                sheet.write_string(number, place, cell)
        _summary(book, view, english=english)
    return file.getvalue()


_TITLES = {
    False: ("Baris", "Kolom", "Isi", "Yang salah", "Cara memperbaiki"),
    True: ("Row", "Column", "Value", "What is wrong", "How to mend it"),
}


def _cells(view: ImportView, finding: Finding, *, english: bool) -> tuple[str, str, str, str]:
    entry = WORDINGS[finding.code]
    wording = entry.en if english else entry.id
    return (
        _column(view, finding, english=english),
        harmless(finding.cell or ""),
        wording.detail.format(**finding.values),
        wording.remedy.format(**finding.values),
    )


def _column(view: ImportView, finding: Finding, *, english: bool) -> str:
    columns = {column.field: column for column in KINDS[view.kind].columns}
    known = columns.get(finding.field)
    name = finding.field if known is None else (known.heading.en if english else known.heading.id)
    return name if finding.column is None else f"{xl_col_to_name(finding.column)}: {name}"


def _summary(book: xlsxwriter.Workbook, view: ImportView, *, english: bool) -> None:
    sheet = book.add_worksheet("Summary" if english else "Ringkasan")
    sheet.set_column(0, 0, 60)
    lines = {
        ("Baris dibaca", "Rows read"): view.rows_done,
        ("Baris baru tercatat", "Rows written"): view.rows_written,
        ("Baris yang sudah tercatat dari impor sebelumnya", "Rows an earlier import brought"): view.rows_unchanged,
        ("Baris yang salah", "Rows that are wrong"): view.rows_refused,
        (
            "Baris benar yang belum tercatat karena baris lain dalam 500 yang sama salah",
            "Rows in order, not written because another of the same 500 is wrong",
        ): view.rows_held,
        ("Temuan", "Findings"): view.findings,
        ("Temuan yang ditampilkan paling banyak", "Findings shown at most"): FINDINGS_KEPT,
    }
    for number, (words, value) in enumerate(lines.items()):
        sheet.write_string(number, 0, words[english])
        sheet.write_number(number, 1, value)
