"""Rows of a spreadsheet, one after the other in flat memory: CSV in the ways offices write it, and XLSX.

A workbook is read as the stream of XML that it is. Libraries that read one load the whole sheet: a file of a million
rows takes them several hundred megabytes.
"""

import codecs
import csv
import io
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Literal
from xml.parsers import expat

from services.registry.domain.cells import Cell
from services.registry.domain.refusal import Refusal

Format = Literal["csv", "xlsx"]
Row = list[Cell]
READ_BYTES = 65_536
CELLS_MAX, CELL_MAX_CHARACTERS = 200, 5_000
STRINGS_MAX_BYTES = 100_000_000
SHEET_MAX_BYTES = 4_000_000_000
ROWS_MAX = 1_100_000
DATE_1904_SHIFT_DAYS = 1_462
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATION_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass
class Sheet:
    """The rows of a file, the first of them its headings. ``epoch_shift_days`` is for files that count from 1904."""

    rows: Iterator[Row]
    epoch_shift_days: int = 0


def format_of(start: bytes) -> Format:
    """By the first bytes: names and content types lie. Old XLS files and PDFs are refused."""
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        raise Refusal("sheet_format", "body")
    if not start.strip():
        raise Refusal("sheet_empty", "body")
    return "csv"


class EncodingProbe:
    """Sees all bytes of a CSV file once and says which encoding it has."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._start, self._utf8 = b"", True

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        self._start = self._start or data[:4]
        if self._utf8:
            try:
                self._decoder.decode(data)
            except UnicodeDecodeError:
                self._utf8 = False

    def encoding(self) -> str:
        """By the mark at the beginning; UTF-8 where it is; otherwise what Windows writes here."""
        marked = next((name for mark, name in _BOMS if self._start.startswith(mark)), None)
        return marked or ("utf-8" if self._utf8 else "windows-1252")


def open_csv(file: IO[bytes], encoding: str) -> Sheet:
    """A text file; the separator is the one its first line has most of."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    first = text.readline()
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return Sheet(_csv_rows(text, first.strip()[4]))
    separator = max(";,\t|", key=first.count)
    text.seek(0)
    return Sheet(_csv_rows(text, separator))


def _csv_rows(text: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=separator)
    try:
        for row in reader:
            _check_size(row)
            yield list(row)
    except csv.Error:
        raise Refusal("sheet_unreadable", "body", row=reader.line_num) from None


def open_xlsx(file: IO[bytes]) -> Sheet:
    """The first visible sheet of a workbook."""
    try:
        book = zipfile.ZipFile(file)
        names = set(book.namelist())
        path, shift = _first_sheet(book)
        if path not in names:
            raise Refusal("sheet_unreadable", "body", row=1)
        strings = _strings(book) if "xl/sharedStrings.xml" in names else _Strings()
        return Sheet(_xlsx_rows(book, path, strings), shift)
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, NotImplementedError, EOFError, RuntimeError):
        raise Refusal("sheet_unreadable", "body", row=1) from None


class _Strings:
    """The texts of a workbook, in one piece: as objects a million names would take ten times as much."""

    def __init__(self) -> None:
        self._bytes, self._ends = bytearray(), array("Q")

    def add(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))
        if len(self._bytes) > STRINGS_MAX_BYTES:
            raise Refusal("sheet_too_large", "body")

    def __getitem__(self, place: int) -> str:
        start = self._ends[place - 1] if place else 0
        return self._bytes[start : self._ends[place]].decode()


def _parser() -> Any:
    """Namespaces as a prefix; no document type, hence no entities that unfold without end."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_arguments: Any) -> None:
        raise Refusal("sheet_unreadable", "body", row=1)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _name(tag: str) -> str:
    return tag.rpartition(" ")[2]


def _first_sheet(book: zipfile.ZipFile) -> tuple[str, int]:
    wanted: list[str] = []
    shift = 0
    targets: dict[str, str] = {}

    def on_workbook(tag: str, attributes: dict[str, str]) -> None:
        nonlocal shift
        if _name(tag) == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            shift = DATE_1904_SHIFT_DAYS
        if _name(tag) == "sheet" and attributes.get("state", "visible") == "visible":
            wanted.extend(attributes[name] for name in _RELATION_ID if name in attributes)

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if _name(tag) == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    for path, handler in (("xl/workbook.xml", on_workbook), ("xl/_rels/workbook.xml.rels", on_relation)):
        parser = _parser()
        parser.StartElementHandler = handler
        with book.open(path) as part:
            parser.ParseFile(part)
    if not wanted:
        raise Refusal("sheet_empty", "body")
    target = targets[wanted[0]]
    return (target.lstrip("/") if target.startswith("/") else f"xl/{target}"), shift


def _strings(book: zipfile.ZipFile) -> _Strings:
    strings, pieces = _Strings(), list[str]()
    depth = {"t": 0, "rPh": 0}

    def on_start(tag: str, _attributes: dict[str, str]) -> None:
        if (name := _name(tag)) in depth:
            depth[name] += 1

    def on_end(tag: str) -> None:
        name = _name(tag)
        if name in depth:
            depth[name] -= 1
        elif name == "si":
            strings.add("".join(pieces)[:CELL_MAX_CHARACTERS])
            pieces.clear()

    def on_text(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(text)

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = on_start, on_end, on_text
    with book.open("xl/sharedStrings.xml") as part:
        parser.ParseFile(part)
    return strings


class _Rows:
    """Collects the cells of rows as the parser comes by them."""

    def __init__(self, strings: _Strings) -> None:
        self.done: list[Row] = []
        self._strings, self._row, self._pieces = strings, list[Cell](), list[str]()
        self._number = self._expected = 0
        self._column, self._kind, self._in_value, self._phonetic = 0, "n", False, 0

    def on_start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._kind = attributes.get("t", "n")
            place = attributes.get("r")
            self._column = _column_number(place) if place else len(self._row)
            self._pieces.clear()
        elif name in ("v", "t"):
            self._in_value = True
        elif name == "row":
            self._row = []
            self._number = int(attributes.get("r", self._expected + 1))
        elif name == "rPh":
            self._phonetic += 1

    def on_text(self, text: str) -> None:
        if self._in_value and not self._phonetic:
            self._pieces.append(text)

    def on_end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            # Rows without anything in them may be left out of the file; the numbers people see count them.
            self.done.extend([[]] * min(self._number - self._expected - 1, ROWS_MAX))
            self._expected = max(self._number, self._expected + 1)
            self.done.append(self._row)
        elif name == "rPh":
            self._phonetic -= 1

    def _end_cell(self) -> None:
        if not self._pieces:
            return
        if self._column >= CELLS_MAX:
            raise Refusal("sheet_wide", "body", most=CELLS_MAX)
        self._row.extend([None] * (self._column + 1 - len(self._row)))
        self._row[self._column] = self._value("".join(self._pieces))

    def _value(self, text: str) -> Cell:
        if self._kind == "s":
            return self._strings[int(text)]
        if self._kind == "n":
            number = float(text)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        return text == "1" if self._kind == "b" else text[:CELL_MAX_CHARACTERS]


def _xlsx_rows(book: zipfile.ZipFile, path: str, strings: _Strings) -> Iterator[Row]:
    rows, parser = _Rows(strings), _parser()
    parser.StartElementHandler, parser.EndElementHandler = rows.on_start, rows.on_end
    parser.CharacterDataHandler = rows.on_text
    seen = number = 0
    try:
        with book.open(path) as part:
            while data := part.read(READ_BYTES):
                seen += len(data)
                parser.Parse(data, False)
                for row in rows.done:
                    number += 1
                    yield row
                rows.done.clear()
                if seen > SHEET_MAX_BYTES or number > ROWS_MAX:
                    raise Refusal("sheet_too_large", "body")
            parser.Parse(b"", True)
    except (zipfile.BadZipFile, expat.ExpatError, ValueError, IndexError, EOFError):
        raise Refusal("sheet_unreadable", "body", row=number + 1) from None
    yield from rows.done


def _column_number(place: str) -> int:
    """0 for A1, 26 for AA7."""
    number = 0
    for letter in place:
        if letter.isdigit():
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def _check_size(row: list[str]) -> None:
    if len(row) > CELLS_MAX:
        raise Refusal("sheet_wide", "body", most=CELLS_MAX)
