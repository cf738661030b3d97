"""The chain of the audit log: each row carries the hash of the row before it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
"""What the first row names as its predecessor."""

SAID = ("seq", "at", "actor", "action", "subject", "reason", "facts")
"""What a row's hash covers, besides the hash before it."""


@dataclass(frozen=True)
class Broken:
    """The first row that isn't as it was written; ``seq`` is its number, or the number that is missing."""

    seq: int
    reason: str


@dataclass(frozen=True)
class Proven:
    """A whole chain: how many rows, and the hash of the last one."""

    rows: int
    hash: str


def hash_of(row: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 over the hash before and the row as canonical JSON (keys sorted, no spaces, UTF-8, moments in UTC)."""
    said = {name: row[name] for name in SAID} | {"at": row["at"].isoformat(timespec="microseconds")}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(f"{previous_hash}\n{canonical}".encode()).hexdigest()


class Chain:
    """Follows the rows in order and stops at the first that doesn't hold."""

    def __init__(self) -> None:
        self.seq, self.hash = 0, GENESIS

    def follow(self, rows: Iterable[Mapping[str, Any]]) -> Broken | None:
        """Goes on with the next rows, ordered by number."""
        for row in rows:
            broken = self._judge(row)
            if broken is not None:
                return broken
            self.seq, self.hash = row["seq"], row["hash"]
        return None

    def end(self, head_seq: int, head_hash: str) -> Broken | Proven:
        """Compares with the head, which is counted up with every row: rows cut off at the end are missed here."""
        if head_seq > self.seq:
            return Broken(self.seq + 1, "rows at the end are missing")
        if (head_seq, head_hash) != (self.seq, self.hash):
            return Broken(max(head_seq + 1, 1), "the head of the log knows of no such row")
        return Proven(self.seq, self.hash)

    def _judge(self, row: Mapping[str, Any]) -> Broken | None:
        if row["seq"] != self.seq + 1:
            return Broken(self.seq + 1, "this row is missing")
        if row["previous_hash"] != self.hash:
            return Broken(row["seq"], "it names another row before it")
        if row["hash"] != hash_of(row, self.hash):
            return Broken(row["seq"], "it was changed")
        return None
