"""Looking after the key store: rotation, backups apart from the data, restoring without bringing anyone back, sweeping.

A backup is a file of JSON lines: a head, then one line a key and one a tombstone. Its keys stay wrapped; it can only be
restored where the wrapping keys are that it names.
"""

import base64
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from services.registry.keys import store, tables
from services.registry.keys.store import Wrapped
from services.registry.keys.vault import Vault
from shared.runtime import clock
from shared.runtime.faults import crash_point
from shared.runtime.keysource import KeyUnavailable

BATCH_MAX_KEYS = 500
FORMAT = "bersinar-people-keys-1"
SWEEP_AFTER = timedelta(days=30)
"""Younger keys stay, even without a person: a data backup put back by mistake must not cost anyone their key."""


class BackupInvalid(ValueError):
    """A file that isn't a backup of people's keys, or not a whole one; the message says where."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    added: int
    present: int
    destroyed: int


@dataclass(frozen=True)
class Held:
    """What the store holds, and under which wrapping key."""

    keys: int
    tombstones: int
    wrapped_by: dict[str, int]
    current: str | None


async def held(vault: Vault) -> Held:
    """Counts the store."""
    await vault.store.ready()
    person_keys = tables.person_keys
    by_name = sa.select(person_keys.c.wrapped_by, sa.func.count()).group_by(person_keys.c.wrapped_by)
    async with vault.store.database.read() as connection:
        return Held(
            await store.count(connection, person_keys),
            await store.count(connection, tables.tombstones),
            {str(row[0]): int(row[1]) for row in await connection.execute(by_name)},
            await store.wrapping_key(connection, "current"),
        )


async def rotate(vault: Vault) -> int:
    """Wraps every key by a new wrapping key and destroys the old one; how many were rewrapped.

    Goes on where one that was interrupted stopped. The registry may run meanwhile.
    """
    await vault.store.ready()
    old, new = await _begin_rotation(vault)
    crash_point("keys.rotation_begun")
    rewrapped = 0
    while done := await _rewrap_some(vault, new):
        rewrapped += done
        crash_point("keys.some_rewrapped")
    if old is not None:
        async with vault.store.database.transaction() as connection:
            await store.retire(connection)
        await vault.forget(old)
    await vault.store.database.scrub("person_keys")
    return rewrapped


async def _begin_rotation(vault: Vault) -> tuple[str | None, str]:
    async with vault.store.database.transaction() as connection:
        old = await store.wrapping_key(connection, "retiring")
        current = await store.wrapping_key(connection, "current")
        if old is not None and current is not None:
            return old, current
        new = await vault.new_wrapping_key()
        if new == current:
            raise KeyUnavailable("BERSINAR_PEOPLE_KEYS holds no new key: put one in front of the old one")
        await store.add_wrapping_key(connection, new)
        return current, new


async def _rewrap_some(vault: Vault, name: str) -> int:
    async with vault.store.database.transaction() as connection:
        rows = await store.not_wrapped_by(connection, name, BATCH_MAX_KEYS)
        if rows:
            await store.rewrap(connection, await vault.rewrapped(rows, name))
        return len(rows)


async def backup(vault: Vault, file: Path) -> int:
    """Writes every wrapped key and every tombstone into a file of mode 600; how many keys it holds."""
    await vault.store.ready()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    keys = 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(_line(format=FORMAT, made_at=clock.now().isoformat()))
        async with vault.store.database.read() as connection:
            stones = await store.buried(connection)
            after = ""
            while rows := await store.page(connection, after, BATCH_MAX_KEYS):
                out.writelines(_line(key=row["person_id"], **_written(row)) for row in rows)
                keys, after = keys + len(rows), rows[-1]["person_id"]
        out.writelines(_line(tombstone=who, destroyed_at=at.isoformat()) for who, at in stones.items())
        out.write(_line(end=True, keys=keys, tombstones=len(stones)))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    return keys


async def restore(vault: Vault, file: Path, erased: Collection[str]) -> Restored:
    """Adds the keys of a backup, but none of anybody who was erased: here, by the backup, or by ``erased``."""
    await vault.store.ready()
    _check_whole(file)
    stones = {line["tombstone"] for line in _lines(file) if "tombstone" in line} | set(erased)
    async with vault.store.database.read() as connection:
        stones |= set(await store.buried(connection))
    await vault.destroy(stones)
    name, added, seen = await vault.current(), 0, 0
    batch: list[Wrapped] = []
    for line in _lines(file):
        if "key" in line:
            seen += 1
            if line["key"] not in stones:
                batch.append(_read(line))
        if len(batch) == BATCH_MAX_KEYS or ("end" in line and batch):
            added += await _add(vault, batch, name)
            batch = []
    await vault.store.database.scrub("person_keys")
    return Restored(added, seen - added, len(stones))


async def sweep(vault: Vault, people: Collection[str], now: datetime) -> int:
    """Takes away old keys nobody was ever registered with; how many. ``people`` are all ids of the registry."""
    await vault.store.ready()
    known, after, orphans = set(people), "", list[str]()
    async with vault.store.database.read() as connection:
        while rows := await store.page(connection, after, BATCH_MAX_KEYS):
            old = [row for row in rows if row["created_at"] < now - SWEEP_AFTER]
            orphans += [row["person_id"] for row in old if row["person_id"] not in known]
            after = rows[-1]["person_id"]
    await vault.destroy(orphans)
    return len(orphans)


async def _add(vault: Vault, batch: list[Wrapped], name: str) -> int:
    rows = await vault.rewrapped(batch, name)
    async with vault.store.database.transaction() as connection:
        return await store.add_if_absent(connection, rows)


def _check_whole(file: Path) -> None:
    """Before anything is changed: a backup that was cut off would look like one of fewer people."""
    counted, last = {"key": 0, "tombstone": 0}, dict[str, Any]()
    for number, line in enumerate(_lines(file)):
        if number == 0 and line.get("format") != FORMAT:
            raise BackupInvalid("line 1: this is no backup of people's keys")
        for kind in counted:
            counted[kind] += kind in line
        last = line
    if "end" not in last or (last["keys"], last["tombstones"]) != (counted["key"], counted["tombstone"]):
        raise BackupInvalid("the backup isn't whole: its last line is missing or counts otherwise")


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                content = json.loads(line)
            except ValueError:
                content = None
            if not isinstance(content, dict):
                raise BackupInvalid(f"line {number}: can't be read")
            yield content


def _line(**content: Any) -> str:
    return json.dumps(content) + "\n"


def _written(row: Wrapped) -> dict[Literal["wrapped_by", "wrapped", "created_at"], str]:
    return {
        "wrapped_by": row["wrapped_by"],
        "wrapped": base64.b64encode(row["wrapped"]).decode(),
        "created_at": row["created_at"].isoformat(),
    }


def _read(line: dict[str, Any]) -> Wrapped:
    return {
        "person_id": line["key"],
        "wrapped_by": line["wrapped_by"],
        "wrapped": base64.b64decode(line["wrapped"]),
        "created_at": datetime.fromisoformat(line["created_at"]),
    }
