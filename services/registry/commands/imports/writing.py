"""One chunk of a file on its way into the registry: all of it, or nothing and the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from services.registry.commands.imports.chunks import Chunk, Entry, Finding, RowReader
from services.registry.commands.office import Office
from services.registry.domain.refusal import Refusal, RowsRefused
from services.registry.storage import rows, tables
from shared.journal import Unit
from shared.runtime.database import insert_many

_known = tables.import_rows


@dataclass
class Outcome:
    """What became of a chunk's rows. ``held`` ones are in order and wait for the others of their chunk; ``entries`` are
    those that were written."""

    read: int
    written: int = 0
    unchanged: int = 0
    refused: int = 0
    held: int = 0
    findings: list[Finding] = field(default_factory=list)
    entries: Sequence[Entry] = ()


async def write(unit: Unit, office: Office, import_id: str, reader: RowReader, chunk: Chunk) -> Outcome:
    """Writes what isn't in yet, in the running transaction; nothing at all where a row is refused."""
    fresh, unchanged, twice = await _sorted_out(unit, import_id, chunk)
    findings = [*chunk.findings, *twice]
    if not findings:
        try:
            async with unit.attempt():
                await _record(unit, office, import_id, reader, fresh)
            return Outcome(chunk.read, written=len(fresh), unchanged=unchanged, entries=fresh)
        except RowsRefused as refused:
            findings += _named(reader, fresh, refused)
        except Refusal:
            findings += await _refusals(unit, office, reader, fresh)
    elif fresh:
        findings += await _refusals(unit, office, reader, fresh)
    findings.sort(key=lambda one: (one.row, one.column or 0))
    wrong = len({one.row for one in findings})
    held = len(fresh) - len({one.row for one in findings} & {one.row for one in fresh})
    return Outcome(chunk.read, unchanged=unchanged, refused=wrong, held=held, findings=findings)


async def _sorted_out(unit: Unit, import_id: str, chunk: Chunk) -> tuple[list[Entry], int, list[Finding]]:
    """Rows that are new, how many an earlier file brought, and those that stand twice in this one."""
    indices = sorted(entry.index for entry in chunk.entries)
    known = {}
    if indices:
        theirs = rows.among(unit.connection, _known.c.row_index, indices)
        statement = select(_known.c.row_index, _known.c.import_id, _known.c.row).where(theirs)
        known = {row.row_index: (row.import_id, row.row) for row in await unit.connection.execute(statement)}
    fresh, unchanged, twice = list[Entry](), 0, list[Finding]()
    for entry in chunk.entries:
        earlier = known.get(entry.index)
        if earlier is None:
            known[entry.index] = (import_id, entry.row)
            fresh.append(entry)
        elif earlier == (import_id, entry.row) or earlier[0] != import_id:
            unchanged += 1
        else:
            twice.append(Finding(entry.row, "row_twice", "", values={"row": earlier[1]}))
    return fresh, unchanged, twice


async def _record(unit: Unit, office: Office, import_id: str, reader: RowReader, fresh: Sequence[Entry]) -> None:
    if fresh:
        await reader.kind.record(unit, office, [entry.command for entry in fresh])
        # In the order of the index, which takes neighbours in together.
        ordered = sorted(fresh, key=lambda entry: entry.index)
        marks = [{"row_index": entry.index, "import_id": import_id, "row": entry.row} for entry in ordered]
        await insert_many(unit.connection, _known, marks)


async def _refusals(unit: Unit, office: Office, reader: RowReader, fresh: Sequence[Entry]) -> list[Finding]:
    """What the registry says to the rows: to all at once, or else to each by itself after those before it. Undone."""
    try:
        async with unit.attempt(keep=False):
            await reader.kind.record(unit, office, [entry.command for entry in fresh])
        return []
    except RowsRefused as refused:
        return _named(reader, fresh, refused)
    except Refusal:
        pass
    findings: list[Finding] = []
    async with unit.attempt(keep=False):
        for entry in fresh:
            try:
                async with unit.attempt():
                    await reader.kind.record(unit, office, [entry.command])
            except RowsRefused as refused:
                findings += _named(reader, [entry], refused)
            except Refusal as refusal:
                findings.append(reader.finding(entry.row, entry.cells, refusal))
    return findings


def _named(reader: RowReader, entries: Sequence[Entry], refused: RowsRefused) -> list[Finding]:
    """The refusals of many rows, each at its row."""
    pairs = [(entries[place], refusal) for place, refusal in refused.refusals.items()]
    return [reader.finding(entry.row, entry.cells, refusal) for entry, refusal in pairs]
