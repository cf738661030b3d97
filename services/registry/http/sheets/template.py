"""A workbook to fill in for an import: the columns with an example, and a page of notes."""

import io

import xlsxwriter

from services.registry.commands.imports.columns import Column
from services.registry.commands.imports.kinds import Kind

ROWS_PREPARED = 5_000
WIDTH_MIN, WIDTH_NOTE = 16, 60
# Lists longer than this don't fit into a cell's rule.
RULE_MAX_CHARACTERS = 255


def template(kind: Kind, *, english: bool = False) -> bytes:
    """The workbook of a kind. Its example row is passed over when the file is imported as it is."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1})
        needed = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1})
        example = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
        words = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(kind.title.en if english else kind.title.id)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(kind.columns):
            title = column.heading.en if english else column.heading.id
            sheet.set_column(place, place, max(WIDTH_MIN, len(title) + 4), words if column.as_text else None)
            sheet.write_string(0, place, title, needed if column.required else heading)
            if column.example not in (None, ""):
                sheet.write(1, place, column.example, example)
            if rule := _rule(column, english=english):
                sheet.data_validation(1, place, ROWS_PREPARED, place, rule)
        _notes(book, kind, english=english)
    return file.getvalue()


def _rule(column: Column, *, english: bool) -> dict[str, object] | None:
    values = [choice.en if english else choice.id for choice in column.choices]
    if not values or len(",".join(values)) > RULE_MAX_CHARACTERS:
        return None
    return {"validate": "list", "source": values, "error_type": "warning"}


def _notes(book: xlsxwriter.Workbook, kind: Kind, *, english: bool) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Notes" if english else "Petunjuk")
    titles = ("Column", "Required", "Notes", "Allowed values") if english else _TITLES_ID
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, bold)
    sheet.set_column(0, 1, WIDTH_MIN + 4, wrapped)
    sheet.set_column(2, 3, WIDTH_NOTE, wrapped)
    for number, column in enumerate(kind.columns, start=1):
        yes, no = ("yes", "no") if english else ("ya", "tidak")
        allowed = "; ".join(choice.en if english else choice.id for choice in column.choices)
        cells = (
            column.heading.en if english else column.heading.id,
            yes if column.required else no,
            column.note.en if english else column.note.id,
            allowed,
        )
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, cell)


_TITLES_ID = ("Kolom", "Wajib", "Petunjuk", "Nilai yang diperbolehkan")
