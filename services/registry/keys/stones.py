"""Who was erased, in a file of its own: the third place, for the day both databases come back from older backups.

One line of JSON each, appended and never changed; pseudonyms and moments only.
"""

import json
import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path


class StoneFile:
    """The file of tombstones."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ids(self) -> set[str]:
        """Everybody in it. A line that a power cut tore off is passed over: the key store has that one too."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return set()
        found = set()
        for line in lines:
            try:
                found.add(str(json.loads(line)["person_id"]))
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def add(self, person_ids: Collection[str], at: datetime) -> None:
        """Appends those who aren't in it yet, and waits for the disk."""
        new = sorted(set(person_ids) - self.ids())
        if not new:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        said = [json.dumps({"person_id": who, "destroyed_at": at.isoformat()}) for who in new]
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+") as file:
            # After a torn line the next one begins on a line of its own.
            whole = file.seek(0, os.SEEK_END) == 0 or (file.seek(-1, os.SEEK_END), file.read(1))[1] == b"\n"
            file.write((("" if whole else "\n") + "\n".join(said) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
