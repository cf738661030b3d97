"""Rows of a file as commands, 500 at a time, and what is wrong with those that can't become one."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from services.registry.commands.imports.columns import Column, Context
from services.registry.commands.imports.kinds import Kind
from services.registry.domain.codes import Code
from services.registry.domain.refusal import Refusal
from services.registry.storage.sheets import Row
from shared.runtime.encryption import Hasher

CHUNK_ROWS = 500
REMEMBERED_CELLS = 1_000


@dataclass(frozen=True)
class Finding:
    """What is wrong with a row: the column of the file, the cell, and a refusal's code and values."""

    row: int
    code: Code
    field: str
    column: int | None = None
    cell: str | None = None
    values: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row that became a command, prepared as its kind is, and its keyed hash."""

    row: int
    command: object
    index: str
    cells: Row


@dataclass
class Chunk:
    """Some rows that follow each other: ``read`` of them, empty ones included."""

    first: int
    read: int = 0
    entries: list[Entry] = dataclasses.field(default_factory=list)
    findings: list[Finding] = dataclasses.field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many rows something is wrong with."""
        return len({one.row for one in self.findings})


class RowReader:
    """Turns rows of one file into commands of one kind."""

    def __init__(self, kind: Kind, mapping: Mapping[str, int], context: Context, hasher: Hasher) -> None:
        self.kind, self.mapping, self._context, self._hasher = kind, mapping, context, hasher
        self._columns: list[tuple[Column, int, dict[str, Any]]] = [
            (column, mapping[column.field], {}) for column in kind.columns if column.field in mapping
        ]
        self._lacking = [column for column in kind.columns if column.required and column.field not in mapping]
        example = {column.field: column.read(column.field, column.example, context) for column in kind.columns}
        # The template's own example row; a file without all its columns has none.
        self._example = {name: value for name, value in example.items() if value is not None}

    def chunks(self, rows: Iterator[Row], first: int) -> Iterator[Chunk]:
        """All rows in chunks; ``first`` is the number of the first one as people count them."""
        while taken := list(islice(rows, CHUNK_ROWS)):
            yield self.chunk(taken, first)
            first += len(taken)

    def chunk(self, taken: Sequence[Row], first: int) -> Chunk:
        """One chunk."""
        chunk = Chunk(first, len(taken))
        for number, row in enumerate(taken, start=first):
            if any(cell not in (None, "") for cell in row):
                self._add(chunk, number, row)
        return chunk

    def finding(self, row: int, cells: Row, refusal: Refusal) -> Finding:
        """A refusal of a row, with the cell it is about."""
        name = (refusal.field or "").split(".")[0]
        place = self.mapping.get(name)
        cell = None if place is None or place >= len(cells) else cells[place]
        return Finding(row, refusal.code, name, place, None if cell is None else str(cell), refusal.values)

    def _add(self, chunk: Chunk, number: int, row: Row) -> None:
        values, refusals = self._values(row)
        if values == self._example and not refusals:
            return
        command = None if refusals else self._command(values, refusals)
        if command is None:
            chunk.findings += [self.finding(number, row, refusal) for refusal in refusals]
            return
        chunk.entries.append(Entry(number, command, self._index(values), row))

    def _values(self, row: Row) -> tuple[dict[str, Any], list[Refusal]]:
        values: dict[str, Any] = {}
        refusals: list[Refusal] = []
        for column, place, known in self._columns:
            cell = row[place] if place < len(row) else None
            # Villages, dates and groups stand in a file again and again.
            value = known.get(cell) if isinstance(cell, str) else None
            if value is None:
                try:
                    value = column.read(column.field, cell, self._context)
                except Refusal as refusal:
                    refusals.append(refusal)
                    continue
                if isinstance(cell, str) and len(known) < REMEMBERED_CELLS:
                    known[cell] = value
            if value is not None:
                values[column.field] = value
            elif column.required:
                refusals.append(Refusal("cell_missing", column.field))
        return values, refusals + [Refusal("column_missing", column.field) for column in self._lacking]

    def _command(self, values: Mapping[str, Any], refusals: list[Refusal]) -> object | None:
        try:
            command = self.kind.model.model_validate(values)
            return command if self.kind.prepare is None else self.kind.prepare(self._hasher, command)
        except Refusal as refusal:
            refusals.append(refusal)
            return None
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False, include_context=False)
            refusals += [Refusal("cell_invalid", str([*one["loc"], ""][0]), rule=one["type"]) for one in wrong]
            return None

    def _index(self, values: Mapping[str, Any]) -> str:
        return self._hasher.blind_index_of(to_json(values), f"import.{self.kind.name}")
