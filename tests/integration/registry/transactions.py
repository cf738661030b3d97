"""Watches the transactions of a registry: what changed a record without saying so is found, whichever test did it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.storage import tables
from shared.journal.tables import journal

NO_RECORDS = {
    "regions": "reference data, loaded from a file",
    "national_counts": "printed figures, loaded from a file",
    "area_status_counts": "printed figures, loaded from a file",
    "seeds": "which of these files were loaded",
    "audit_log": "a journal of its own",
    "audit_head": "its last link",
    "erasures": "which keys have yet to go; that somebody is erased says so itself",
    "answers": "what a repeated request is answered with",
    "terms": "keyed hashes to search by, made from a record that says so itself",
    "unmatched": "a queue of what is still to be compared",
    "sign_in_tries": "counts wrong passwords of logins, known or not",
    "oidc_pending": "ten minutes of a sign-in elsewhere",
    "imports": "a file on its way in; its rows say so themselves",
    "import_rows": "which rows came in",
    "import_findings": "what is wrong with rows that didn't",
    "export_people": "who is in a file that was said to be made",
}
"""Tables that hold no record of the office's work, and what they are."""

_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


class Watch:
    """What each transaction wrote, and which changed a record without an event."""

    def __init__(self) -> None:
        self.silent: list[list[str]] = []
        self._records = {table.name for table in tables.metadata.sorted_tables} - set(NO_RECORDS)

    def wrote(self, connection: Any, statement: str) -> None:
        """Takes a statement down."""
        if found := _WRITES.match(statement):
            _written(connection)[-1].add(found[1])

    def committed(self, connection: Any) -> None:
        """Judges a transaction that counts."""
        written = set[str]().union(*_written(connection))
        records = written & self._records
        if records and journal.name not in written and not connection.info.pop("by_hand", False):
            self.silent.append(sorted(records))
        self.ended(connection)

    def ended(self, connection: Any) -> None:
        """Forgets what was taken down."""
        connection.info["written"] = [set()]


def by_hand(connection: AsyncConnection) -> None:
    """Lets a test change in this transaction what the registry itself wouldn't."""
    connection.sync_connection.info["by_hand"] = True  # type: ignore[union-attr]


def _written(connection: Any) -> list[set[str]]:
    """The tables written so far, a set for the transaction and one more for each savepoint in it."""
    written: list[set[str]] = connection.info.setdefault("written", [set()])
    return written


@contextmanager
def watching(engine: Engine) -> Iterator[Watch]:
    """Watches all transactions through an engine."""
    watch = Watch()

    def executes(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        watch.wrote(connection, statement)

    def attempts(connection: Any, _name: str) -> None:
        _written(connection).append(set())

    def gives_up(connection: Any, _name: str, _context: Any) -> None:
        _written(connection).pop()

    def keeps(connection: Any, _name: str, _context: Any) -> None:
        attempt = _written(connection).pop()
        _written(connection)[-1].update(attempt)

    listeners = {
        "before_cursor_execute": executes,
        "savepoint": attempts,
        "rollback_savepoint": gives_up,
        "release_savepoint": keeps,
        "commit": watch.committed,
        "rollback": watch.ended,
    }
    for name, call in listeners.items():
        event.listen(engine, name, call)
    yield watch
    for name, call in listeners.items():
        event.remove(engine, name, call)
