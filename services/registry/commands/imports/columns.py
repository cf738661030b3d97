"""Columns of a spreadsheet: what they are called, what may stand in them, and how a cell is read."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.registry.domain import cells
from services.registry.domain.cells import Cell
from services.registry.domain.refusal import Refusal


class Words(NamedTuple):
    """A text for people, Indonesian and English."""

    id: str
    en: str


class Choice(NamedTuple):
    """An allowed value: its code, how people write it in both languages, and what else they write."""

    code: str
    id: str
    en: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Places:
    """Villages and kab/kota of the office: codes by name, lower case; a name borne twice has two codes."""

    villages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What reading a cell may need to know of the file and the office."""

    places: Places = field(default_factory=Places)
    epoch_shift_days: int = 0


Read = Callable[[str, Cell, Context], Any]


@dataclass(frozen=True)
class Column:
    """A column of a kind of spreadsheet; ``field`` is the name of what its cells become."""

    field: str
    heading: Words
    note: Words
    read: Read
    example: str | int | None = None
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    as_text: bool = False
    """Whether a template marks its cells as text, so that no digit of them is lost."""


def text(name: str, cell: Cell, _context: Context) -> Any:
    """One line of text."""
    return cells.text(name, cell)


def lower(name: str, cell: Cell, _context: Context) -> Any:
    """One line of text in lower case, for words that are counted by."""
    given = cells.text(name, cell)
    return None if given is None else given.lower()


def nik(name: str, cell: Cell, _context: Context) -> Any:
    """A NIK."""
    return cells.nik(name, cell)


def day(name: str, cell: Cell, context: Context) -> Any:
    """A date."""
    return cells.day(name, cell, epoch_shift_days=context.epoch_shift_days)


def count(name: str, cell: Cell, _context: Context) -> Any:
    """A whole number."""
    return cells.count(name, cell)


def yes_no(name: str, cell: Cell, _context: Context) -> Any:
    """Yes or no."""
    return cells.yes_no(name, cell)


def one_of(choices: Sequence[Choice]) -> Read:
    """One of a closed list, by its code or any way of writing it."""
    words = {
        cells.plain_word(word): choice.code
        for choice in choices
        for word in (choice.code, choice.id, choice.en, *choice.others)
    }
    shown = ", ".join(choice.id for choice in choices)
    return lambda name, cell, _context: cells.choice(name, cell, words, shown)


def village(name: str, cell: Cell, context: Context) -> Any:
    """A desa or kelurahan: its code with or without points, or its name where the office has one of that name."""
    return _place(name, cell, context.places.villages, (2, 4, 6), 10)


def villages(name: str, cell: Cell, context: Context) -> Any:
    """Several of them, separated by semicolons, commas or lines."""
    return tuple(village(name, part, context) for part in _parts(name, cell)) or None


def present_people(name: str, cell: Cell, _context: Context) -> Any:
    """Ids of participants who came, separated in the same ways; a session's list of attendance."""
    return tuple({"participant_id": part, "present": True} for part in _parts(name, cell)) or None


def _parts(name: str, cell: Cell) -> list[str]:
    listed = ";".join(cell.splitlines()) if isinstance(cell, str) else cell
    given = cells.text(name, listed) or ""
    return [part.strip() for part in given.replace(",", ";").split(";") if part.strip()]


def city(name: str, cell: Cell, context: Context) -> Any:
    """A kab/kota: its code or its name."""
    return _place(name, cell, context.places.cities, (2,), 4)


def _place(
    name: str, cell: Cell, known: Mapping[str, tuple[str, ...]], points: Sequence[int], digits: int
) -> str | None:
    given = cells.text(name, cell)
    if given is None:
        return None
    plain = given.replace(".", "").replace(" ", "")
    if plain.isascii() and plain.isdigit():
        if len(plain) != digits:
            raise Refusal("place_unknown", name)
        edges = (0, *points, digits)
        return ".".join(plain[start:end] for start, end in itertools.pairwise(edges))
    codes = known.get(place_word(given), ())
    if not codes:
        raise Refusal("place_unknown", name)
    if len(codes) > 1:
        raise Refusal("place_ambiguous", name, possible=", ".join(codes))
    return codes[0]


def place_word(name: str) -> str:
    """How names of places are compared."""
    word = cells.plain_word(name)
    for prefix in ("kelurahan ", "kel ", "desa ", "kota ", "kabupaten ", "kab "):
        word = word.removeprefix(prefix)
    return word
