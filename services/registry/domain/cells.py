"""What is typed into a cell of a spreadsheet, and what is meant by it.

A cell of a text file is always text; one of a workbook can be a number or a truth value. Every function takes the name
of the column, to refuse by, and gives ``None`` for an empty cell.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from services.registry.domain.personal import NIK_DIGITS
from services.registry.domain.refusal import Refusal

Cell = str | int | float | bool | None

EXCEL_DIGITS = 15
EXCEL_EPOCH = date(1899, 12, 30)  # from March 1900 on: Excel counts a 29 February 1900 that never was
SERIAL_MIN, SERIAL_MAX = 61, 73_050
CENTURY_TURN = 30
YES = frozenset({"1", "y", "ya", "yes", "true", "benar", "ada", "aktif", "v", "x", "✓"})
NO = frozenset({"0", "t", "tidak", "tdk", "no", "false", "salah", "belum", "-", "nonaktif", "tidak aktif", "tidak ada"})

_MONTHS = (
    ("januari", "jan", "january"),
    ("februari", "feb", "february", "pebruari", "peb"),
    ("maret", "mar", "march"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("agustus", "agu", "agt", "ags", "august", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "october", "oct"),
    ("november", "nov", "nopember", "nop"),
    ("desember", "des", "december", "dec"),
)
MONTHS: Mapping[str, int] = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+Z?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./ -]([0-9]{1,2})[./ -]([0-9]{2}|[0-9]{4})(?: 0?0[:.]00(?:[:.]00)?)?")
_WORDS = re.compile(r"(?:[a-z]+,? +)?([0-9]{1,2})[ -]([a-z]+)\.?[ -]([0-9]{2}|[0-9]{4})")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_SPACES = re.compile(r"\s+")
_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff\u00ad"))


def text(column: str, cell: Cell) -> str | None:
    """One line of text. The apostrophe that makes a spreadsheet keep digits goes, and so do runs of spaces."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 10**EXCEL_DIGITS else repr(cell)
    given = cell or ""
    tidy = " ".join((given if given.isascii() else given.translate(_HIDDEN)).split())
    if tidy.startswith("'") and len(tidy) > 1:
        tidy = tidy[1:].lstrip()
    if tidy.startswith("#") and tidy.rstrip("!?").isupper():
        raise Refusal("cell_formula_error", column)
    return tidy or None


def nik(column: str, cell: Cell) -> str | None:
    """Sixteen digits. A spreadsheet that took them for a number has lost the last one, so that is refused."""
    given = text(column, cell)
    if given is None or given == "-":
        return None
    if (isinstance(cell, int | float) and len(given) > EXCEL_DIGITS) or _EXPONENT.fullmatch(given):
        raise Refusal("nik_as_number", column, digits=NIK_DIGITS)
    digits = given.replace(" ", "").replace(".", "").replace("-", "")
    if len(digits) != NIK_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise Refusal("nik_shape", column, digits=NIK_DIGITS)
    return digits


def day(column: str, cell: Cell, *, epoch_shift_days: int = 0) -> date | None:
    """A date: of Excel (a count of days), ISO, day first with figures, or in words in Indonesian or English."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(column, cell + epoch_shift_days)
    given = text(column, cell)
    if given is None or given == "-":
        return None
    if given.isascii() and given.isdigit() and len(given) == 5:
        return _serial(column, int(given) + epoch_shift_days)
    lowered = given.lower()
    if match := _ISO.fullmatch(given):
        year, month, number = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(lowered):
        number, month, year = int(match[1]), int(match[2]), _year(match[3])
    elif (match := _WORDS.fullmatch(lowered)) and match[2] in MONTHS:
        number, month, year = int(match[1]), MONTHS[match[2]], _year(match[3])
    else:
        raise Refusal("cell_date", column)
    try:
        return date(year, month, number)
    except ValueError:
        raise Refusal("cell_date", column) from None


def count(column: str, cell: Cell) -> int | None:
    """A whole number. A point between groups of three separates thousands, a comma what is less than one."""
    number = decimal(column, cell)
    if number is None:
        return None
    if number != number.to_integral_value() or abs(number) > 10**EXCEL_DIGITS:
        raise Refusal("cell_count", column)
    return int(number)


def decimal(column: str, cell: Cell) -> Decimal | None:
    """A number, written the Indonesian way (1.234,5) or the English way where only that can be meant (1234.5)."""
    given = text(column, cell)
    if given is None or given == "-":
        return None
    plain = given.replace(" ", "")
    if not isinstance(cell, int | float) and ("," in plain or _GROUPED.fullmatch(plain)):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise Refusal("cell_count", column) from None
    if not number.is_finite():
        raise Refusal("cell_count", column)
    return number


def yes_no(column: str, cell: Cell) -> bool | None:
    """Yes or no, in the words people use."""
    if isinstance(cell, bool):
        return cell
    given = text(column, cell)
    if given is None:
        return None
    word = given.lower()
    if word not in YES and word not in NO:
        raise Refusal("cell_yes_no", column)
    return word in YES


def choice(column: str, cell: Cell, words: Mapping[str, str], shown: str) -> str | None:
    """One of a closed list. ``words`` leads from what people write, lower case, to the code; ``shown`` is for them."""
    given = text(column, cell)
    if given is None or given == "-":
        return None
    code = words.get(plain_word(given))
    if code is None:
        raise Refusal("cell_choice", column, possible=shown)
    return code


def plain_word(word: str) -> str:
    """How words are compared: lower case, and any of space, dash, underscore or slash as one space."""
    return _SPACES.sub(" ", re.sub(r"[-_/–+.]+", " ", word.lower())).strip()


def _serial(column: str, serial: float) -> date:
    if not SERIAL_MIN <= serial <= SERIAL_MAX:
        raise Refusal("cell_date", column)
    return EXCEL_EPOCH + timedelta(days=int(serial))


def _year(written: str) -> int:
    """Two figures mean this century up to 2030, and the last one from then on."""
    year = int(written)
    if len(written) == 4:
        return year
    return year + (2000 if year <= CENTURY_TURN else 1900)
