"""Which column of a file is which: a guess by its heading, for people to see and correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from services.registry.commands.imports.columns import Column
from services.registry.domain import cells
from services.registry.domain.cells import Cell

LIKENESS_MIN = 84
SURE = 100
HEADING_ROWS = 20


@dataclass(frozen=True)
class Guess:
    """The field a heading seems to name; ``likeness`` from 0 to 100, 100 for a known spelling."""

    column: int
    field: str
    likeness: int


def guess(headings: Sequence[Cell], columns: Sequence[Column]) -> list[Guess]:
    """At most one field for each heading and one heading for each field, the likest first."""
    spellings = _spellings(columns)
    candidates: list[tuple[float, int, str]] = []
    for place, heading in enumerate(headings):
        word = _word(heading)
        if not word:
            continue
        for spelling, likeness, _ in process.extract(
            word, spellings.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=LIKENESS_MIN, limit=5
        ):
            candidates.append((-likeness, place, spellings[spelling]))
    taken: dict[str, Guess] = {}
    used: set[int] = set()
    for negative, place, field in sorted(candidates):
        if place not in used and field not in taken:
            used.add(place)
            taken[field] = Guess(place, field, round(-negative))
    return sorted(taken.values(), key=lambda one: one.column)


def heading_row(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> int:
    """The row, of the first few, whose cells name the most fields: titles often stand above it."""
    found = [len(guess(row, columns)) for row in rows[:HEADING_ROWS]]
    return found.index(max(found)) if found else 0


def _spellings(columns: Sequence[Column]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        for spelling in (column.field, *column.heading, *column.synonyms):
            found.setdefault(cells.plain_word(spelling), column.field)
    return found


def _word(heading: Cell) -> str:
    if not isinstance(heading, str):
        return ""
    # What stands in brackets explains: "Tanggal Lahir (hh/bb/tttt)", "Nama *".
    return cells.plain_word(heading.split("(")[0].replace("*", " ").replace(":", " "))[:80]
