"""Imports: a file taken in, its columns mapped, checked, carried out, and forgotten.

The file is encrypted under a key of its own while it waits, and deleted as soon as its rows are in; what was found
wrong with them, cells included, is encrypted under the same key and goes with it after some days.
"""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ConfigDict
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.imports import mapping as guessing
from services.registry.commands.imports.chunks import Finding
from services.registry.commands.imports.columns import Places, place_word
from services.registry.commands.imports.kinds import KINDS, Kind, KindName
from services.registry.commands.imports.reading import Source
from services.registry.commands.model import Command, Match, View, Written, check_match
from services.registry.commands.office import Office, locked
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, sealed_files, sheets, tables
from services.registry.storage.rows import Row
from services.registry.storage.sheets import EncodingProbe, Format
from shared import regions
from shared.access.actor import SYSTEM
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Whole

ImportState = Literal["waiting", "checking", "running", "done", "failed", "forgotten"]
FINDINGS_KEPT = 10_000
FOLDER = "imports"
_table, _findings = tables.imports, tables.import_findings


class ImportView(View):
    """An import and how far it is.

    ``rows_total`` is an estimate until the end. ``rows_held`` are in order, but another row of their 500 is not.
    """

    PATH: ClassVar[str] = "/v1/imports"

    id: str
    kind: KindName
    state: ImportState
    format: Format
    mapping: dict[str, int]
    checked: bool
    rows_total: int | None = None
    rows_done: int
    rows_written: int
    rows_unchanged: int
    rows_refused: int
    rows_held: int
    findings: int
    trouble: str | None = None
    created_at: datetime
    ended_at: datetime | None = None


class MapColumns(Command):
    """Which column of the file is which field; columns count from 0."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mapping": {"name": 0, "nik": 1, "village": 2}}]})

    mapping: dict[str, Whole]


class Upload:
    """A file as it comes in: encrypted frame by frame, never whole in memory, never readable on the disk."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.id, self.key, self._most = clock.new_id(), sealed_files.new_key(), most_bytes
        self.path = folder / FOLDER / f"{self.id}.sealed"
        self._writer, self._probe, self._start = sealed_files.SealedWriter(self.path, self.key), EncodingProbe(), b""
        self._lines, self._digest = 0, sha256()

    async def take(self, body: AsyncIterator[bytes]) -> None:
        """Takes everything; a file that can't be used leaves nothing behind."""
        try:
            async for data in body:
                self._add(data)
            sheets.format_of(self._start)
        except BaseException:
            self._writer.close()
            self.path.unlink(missing_ok=True)
            raise
        self._writer.close()

    def _add(self, data: bytes) -> None:
        if self._writer.size + len(data) > self._most:
            raise Refusal("sheet_too_large", "body")
        self._start = self._start or data[:64]
        self._lines += data.count(b"\n")
        self._digest.update(data)
        self._probe.feed(data)
        self._writer.write(data)

    @property
    def digest(self) -> str:
        """SHA-256 of all bytes; to be kept under a key only."""
        return self._digest.hexdigest()

    def values(self) -> dict[str, Any]:
        """What the row of the import says about the file."""
        form = sheets.format_of(self._start)
        return {
            "id": self.id,
            "format": form,
            "encoding": self._probe.encoding() if form == "csv" else "",
            "file_bytes": self._writer.size,
            "rows_total": max(0, self._lines - 1) if form == "csv" else None,
        }


def source_of(office: Office, row: Row) -> Source:
    """The file of an import."""
    if not row["file_kept"] or row["key_sealed"] is None:
        raise Refusal("import_forgotten", "id")
    path = _path(office, row["id"])
    return Source(path, file_key(office, row), row["file_bytes"], row["format"], row["encoding"])


def take_in(office: Office, upload: Upload, kind: Kind) -> Row:
    """The row of a new import, its columns guessed. Reads the beginning of the file."""
    row: dict[str, Any] = rows.new(
        **upload.values(),
        kind=kind.name,
        state="waiting",
        made_by=office.actor.id,
        acting=[],
        file_kept=True,
        key_sealed=office.keyring.encrypt(base64.b64encode(upload.key).decode(), _context(upload.id)),
        checked=False,
        trouble=None,
        ended_at=None,
        **dict.fromkeys(COUNTS, 0),
    )
    row["file_index"] = office.keyring.blind_index(upload.digest, "import.file")
    start = list(islice(source_of(office, row).open().rows, guessing.HEADING_ROWS))
    place = guessing.heading_row(start, kind.columns)
    headings = start[place] if start else []
    row["heading_row"] = place
    row["mapping"] = {one.field: one.column for one in guessing.guess(headings, kind.columns)}
    shown = json.dumps(["" if cell is None else str(cell)[:80] for cell in headings], ensure_ascii=False)
    row["headings_sealed"] = seal(upload.key, "headings", shown)
    return row


COUNTS = (*(f"rows_{name}" for name in ("done", "written", "unchanged", "refused", "held")), "findings")


def check_own(office: Office, row: Row) -> Row:
    """Refuses another person's import: its report may hold names from anywhere in the office."""
    if row["made_by"] != office.actor.id and not office.actor.has_role(SYSTEM):
        raise Refusal("outside_scope", "id")
    return row


async def _own(unit: Unit, office: Office, import_id: str) -> Row:
    return check_own(office, await locked(unit.connection, _table, import_id, "unknown_record", None))


async def create(unit: Unit, _office: Office, row: Row) -> Written:
    """Keeps a new import."""
    await rows.add(unit.connection, _table, row)
    return Written(ImportView.of(row), row["version"], (), f"{ImportView.PATH}/{row['id']}")


async def map_columns(unit: Unit, office: Office, import_id: str, command: MapColumns, match: Match | None) -> Written:
    """Corrects the guess; only before the import runs."""
    row = await _own(unit, office, import_id)
    check_match(row["version"], match)
    _check_waiting(row)
    kind = KINDS[row["kind"]]
    known = {column.field for column in kind.columns}
    width = len(headings(office, row))
    for field, column in command.mapping.items():
        if field not in known:
            raise Refusal("field_unknown", "mapping", possible=", ".join(sorted(known)))
        if not 0 <= column < width:
            raise Refusal("column_outside", f"mapping.{field}", most=width - 1)
    if len(set(command.mapping.values())) < len(command.mapping):
        raise Refusal("column_used_twice", "mapping")
    changed = await rows.change(unit.connection, _table, row, mapping=dict(command.mapping), checked=False)
    return Written(ImportView.of(changed), changed["version"])


async def start(unit: Unit, office: Office, import_id: str, dry: bool, match: Match | None) -> Written:
    """Has an import checked or carried out; one that failed goes on where it was."""
    row = await _own(unit, office, import_id)
    check_match(row["version"], match, required=False)
    if dry or row["state"] != "failed":
        _check_waiting(row)
    kind = KINDS[row["kind"]]
    if lacking := [column for column in kind.columns if column.required and column.field not in row["mapping"]]:
        raise Refusal("columns_missing", "mapping", columns=", ".join(column.heading.id for column in lacking))
    fresh = {} if row["state"] == "failed" else dict.fromkeys(COUNTS, 0)
    await _drop_findings(unit.connection, import_id, keep=row["state"] == "failed")
    state = "checking" if dry else "running"
    # Rows are written in the name of whoever started this, with no more rights than they have now.
    acting = [asdict(grant) for grant in office.actor.grants]
    values = {"state": state, "trouble": None, "ended_at": None, "made_by": office.actor.id, "acting": acting}
    changed = await rows.change(unit.connection, _table, row, **values, **fresh)
    return Written(ImportView.of(changed), changed["version"])


async def forget(unit: Unit, office: Office, import_id: str, match: Match | None) -> Written:
    """Destroys the key of the file and of what was found; the counts stay."""
    row = await _own(unit, office, import_id)
    check_match(row["version"], match, required=False)
    if row["state"] in ("checking", "running"):
        raise Refusal("import_busy", "id", state=row["state"])
    changed = await rows.change(unit.connection, _table, row, **FORGOTTEN)
    await _drop_findings(unit.connection, import_id)
    unit.after_commit(lambda: delete_file(office, import_id))
    return Written(ImportView.of(changed), changed["version"])


FORGOTTEN: Mapping[str, Any] = {
    "state": "forgotten",
    "file_kept": False,
    "key_sealed": None,
    "headings_sealed": None,
}


async def _drop_findings(connection: AsyncConnection, import_id: str, *, keep: bool = False) -> None:
    if not keep:
        await connection.execute(delete(_findings).where(_findings.c.import_id == import_id))


def _check_waiting(row: Row) -> None:
    if row["state"] != "waiting":
        raise Refusal("import_busy", "id", state=row["state"])


def headings(office: Office, row: Row) -> list[str]:
    """The headings of the file, which may be anything at all: for the officer only."""
    if row["headings_sealed"] is None:
        raise Refusal("import_forgotten", "id")
    found: list[str] = json.loads(unseal(file_key(office, row), "headings", row["headings_sealed"]))
    return found


async def keep_findings(
    connection: AsyncConnection, row: Row, key: bytes, findings: Sequence[Finding], first_place: int
) -> None:
    """Stores what was found, the cells encrypted; beyond ten thousand they are only counted."""
    kept = [
        {
            "import_id": row["id"],
            "place": place,
            "row": one.row,
            "column": one.column,
            "field": one.field,
            "code": one.code,
            "values": dict(one.values),
            "cell_sealed": None if one.cell is None else seal(key, f"cell/{place}", one.cell),
        }
        for place, one in enumerate(findings, start=first_place)
        if place < FINDINGS_KEPT
    ]
    if kept:
        await rows.add(connection, _findings, *kept)


async def read_findings(office: Office, row: Row) -> list[Finding]:
    """What was found, in the order of the file."""
    key = file_key(office, row)
    async with office.database.read() as connection:
        statement = select(_findings).where(_findings.c.import_id == row["id"]).order_by(_findings.c.place)
        found = (await connection.execute(statement)).mappings().all()
    return [
        Finding(
            one["row"],
            one["code"],
            one["field"],
            one["column"],
            None if one["cell_sealed"] is None else unseal(key, f"cell/{one['place']}", one["cell_sealed"]),
            one["values"],
        )
        for one in found
    ]


async def places_of(office: Office) -> Places:
    """The names of the office's villages and kab/kota."""
    table = tables.regions
    async with office.database.read() as connection:
        found = await connection.execute(select(table.c.code, table.c.name).where(table.c.level == "village"))
        villages: dict[str, tuple[str, ...]] = {}
        for code, name in found:
            if code[:5] in office.served:
                villages[place_word(name)] = (*villages.get(place_word(name), ()), code)
    cities: dict[str, tuple[str, ...]] = {}
    for code in office.served:
        word = place_word(regions.name_of(code))
        cities[word] = (*cities.get(word, ()), code)
    return Places(villages, cities)


def file_key(office: Office, row: Row) -> bytes:
    """The key of an import's file and findings."""
    if row["key_sealed"] is None:
        raise Refusal("import_forgotten", "id")
    return base64.b64decode(office.keyring.decrypt(row["key_sealed"], _context(row["id"])))


def delete_file(office: Office, import_id: str) -> None:
    """Removes the encrypted file, if it is there."""
    with suppress(OSError):
        _path(office, import_id).unlink(missing_ok=True)


def seal(key: bytes, context: str, text: str) -> bytes:
    """Encrypts a text under the key of an import."""
    nonce = sealed_files.new_nonce()
    return nonce + AESGCM(key).encrypt(nonce, text.encode("utf-8", "replace"), context.encode())


def unseal(key: bytes, context: str, blob: bytes) -> str:
    """The text again."""
    size = sealed_files.NONCE_BYTES
    return AESGCM(key).decrypt(blob[:size], blob[size:], context.encode()).decode()


def _path(office: Office, import_id: str) -> Path:
    return office.folder / FOLDER / f"{import_id}.sealed"


def _context(import_id: str) -> str:
    return f"{import_id}/import"
