"""What a file that is only checked has brought so far, so that its chunks can be tried one by one and undone."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.registry.commands.imports.chunks import Chunk, Entry, Finding, RowReader
from services.registry.domain.refusal import Refusal

CACHE_KIB = 2_048
_WANTED = "SELECT word, row FROM seen WHERE word IN (SELECT value FROM json_each(?))"


class Seen:
    """Keyed hashes of rows and of the NIKs in them, in a temporary database that SQLite removes by itself.

    A set of a million of them would take up more memory than all the rest of an import.
    """

    def __init__(self, nik_of: Callable[[Any], str | None]) -> None:
        self._nik_of = nik_of
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._database.execute("CREATE TABLE seen (word TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID")

    def sort_out(self, reader: RowReader, chunk: Chunk) -> None:
        """Makes findings of the rows that stand in an earlier chunk too, or whose NIK does."""
        earlier = self._rows(word for entry in chunk.entries for word in self._words(entry))
        entries, chunk.entries = chunk.entries, []
        for entry in entries:
            if entry.index in earlier:
                chunk.findings.append(Finding(entry.row, "row_twice", "", values={"row": earlier[entry.index]}))
            elif earlier.keys().isdisjoint(self._words(entry)):
                chunk.entries.append(entry)
            else:
                chunk.findings.append(reader.finding(entry.row, entry.cells, Refusal("nik_twice", "nik")))

    def add(self, entries: Iterable[Entry]) -> None:
        """Rows that a run would have written."""
        words = sorted((word, entry.row) for entry in entries for word in self._words(entry))
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", words)
        self._database.execute("COMMIT")

    def close(self) -> None:
        """The file is at its end."""
        self._database.close()

    def _rows(self, words: Iterable[str]) -> Mapping[str, int]:
        return dict(self._database.execute(_WANTED, (json.dumps(list(words)),)).fetchall())

    def _words(self, entry: Entry) -> list[str]:
        nik = self._nik_of(entry.command)
        return [entry.index] if nik is None else [entry.index, nik]
