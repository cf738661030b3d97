"""Carries imports out, one at a time, and goes on with those that a stop or a power cut interrupted."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic

import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from services.registry.commands.imports import jobs, reading, writing
from services.registry.commands.imports.chunks import Chunk, Finding, RowReader
from services.registry.commands.imports.kinds import Beforehand, Kind
from services.registry.commands.imports.reading import Order, Reading, ReadingStopped
from services.registry.commands.imports.seen import Seen
from services.registry.commands.imports.writing import Outcome
from services.registry.commands.office import Office
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.access.actor import Actor, Grant, acting_as
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.database import is_away
from shared.runtime.faults import crash_point

log = structlog.get_logger()

AGAIN_SECONDS = 5.0
TOGETHER_SECONDS = 0.5
"""How long a transaction takes in further chunks. As soon as an entry waits, it ends with the chunk under way."""
_table = tables.imports


@dataclass
class Progress:
    """How far a check is: it writes nothing until its end, so nobody could read it in the database."""

    import_id: str
    counts: dict[str, int] = field(default_factory=dict)


class Imports:
    """The node's import work."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._wake = asyncio.Event()
        self._checking: Progress | None = None

    def wake(self) -> None:
        """Says that there may be something to do."""
        self._wake.set()

    def progress(self, import_id: str) -> dict[str, int]:
        """The counts of an import that is being checked just now."""
        checking = self._checking
        return dict(checking.counts) if checking is not None and checking.import_id == import_id else {}

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            self._wake.clear()
            try:
                while await self.step():
                    pass
                await asyncio.wait_for(self._wake.wait(), None)
            except SQLAlchemyError as error:
                log.warning("imports wait for the database", kind=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)

    async def step(self) -> bool:
        """Works on the oldest import that waits for it; whether there was one."""
        row = await self._next()
        if row is None:
            return False
        actor = Actor(row["made_by"], tuple(Grant(**grant) for grant in row["acting"]))
        try:
            with acting_as(actor):
                await self._work(row, replace(self._office, actor=actor))
        except Refusal as refusal:
            await self._fail(row, refusal.code)
        except (InvalidTag, OSError):
            await self._fail(row, "import_file_lost")
        except ReadingStopped:
            log.error("an import's reader stopped")
            await self._fail(row, "import_stopped")
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            log.error("an import stopped", kind=type(error).__name__)
            await self._fail(row, "import_stopped")
        return True

    async def _work(self, row: Row, office: Office) -> None:
        await (self._check(row, office) if row["state"] == "checking" else self._carry_out(row, office))

    async def forget_old(self, keep: timedelta) -> None:
        """Forgets imports nobody touched for so long, and removes files no import knows."""
        old = select(_table.c.id).where(
            _table.c.created_at < clock.now() - keep, _table.c.state.in_(("waiting", "done", "failed"))
        )
        async with self._office.database.transaction() as connection:
            ids = list((await connection.execute(old)).scalars())
            for one in ids:
                row = await rows.find(connection, _table, one, lock=True)
                if row is not None:
                    await rows.change(connection, _table, row, **jobs.FORGOTTEN)
            findings = tables.import_findings
            await connection.execute(delete(findings).where(findings.c.import_id.in_(ids)))
            kept = set((await connection.execute(select(_table.c.id).where(_table.c.file_kept))).scalars())
        await asyncio.to_thread(self._sweep, kept)

    def _sweep(self, kept: set[str]) -> None:
        for path in (self._office.folder / jobs.FOLDER).glob("*.sealed"):
            young = clock.now().timestamp() - path.stat().st_mtime < timedelta(hours=1).total_seconds()
            if path.stem not in kept and not young:
                with suppress(OSError):
                    path.unlink()

    async def _next(self) -> Row | None:
        statement = select(_table).where(_table.c.state.in_(("checking", "running"))).order_by(_table.c.id).limit(1)
        async with self._office.database.read() as connection:
            found = (await connection.execute(statement)).mappings().one_or_none()
        return None if found is None else rows.plain(found)

    async def _chunks(self, row: Row, office: Office) -> tuple[RowReader, "_Ahead"]:
        source, places = jobs.source_of(self._office, row), await jobs.places_of(self._office)
        hasher = self._office.keyring.hasher()
        order = Order(source, row["kind"], row["mapping"], places, hasher, row["heading_row"], row["rows_done"])
        reader = order.reader()
        return reader, _Ahead(await asyncio.to_thread(reading.begin, order), office, reader.kind)

    async def _check(self, row: Row, office: Office) -> None:
        """Writes all of it and undoes that."""
        reader, ahead = await self._chunks(row, office)
        self._checking = progress = Progress(row["id"])
        findings: list[Finding] = []
        nik_of, source = reader.kind.nik_of, (row, office, reader, ahead)
        tried = self._tried_together(*source) if nik_of is None else self._tried_apart(*source, Seen(nik_of))
        try:
            async with aclosing(tried):
                async for outcome in tried:
                    _add(progress.counts, outcome)
                    findings += outcome.findings[: max(0, jobs.FINDINGS_KEPT - len(findings))]
            async with self._office.journal.writing() as unit:
                await self._end_check(unit, row, progress.counts, findings)
        finally:
            self._checking = None
            ahead.close()

    async def _tried_together(
        self, row: Row, office: Office, reader: RowReader, ahead: "_Ahead"
    ) -> AsyncGenerator[Outcome]:
        """In one transaction: later rows see the earlier ones, as they will."""
        async with self._office.journal.writing() as unit, unit.attempt(keep=False):
            while (chunk := await ahead.take()) is not None:
                yield await writing.write(unit, office, row["id"], reader, chunk)
                await unit.insert_events_now()

    async def _tried_apart(
        self, row: Row, office: Office, reader: RowReader, ahead: "_Ahead", seen: Seen
    ) -> AsyncGenerator[Outcome]:
        """Each chunk in a transaction of its own, so that whoever enters something meanwhile waits for one at most."""
        with closing(seen):
            while (chunk := await ahead.take()) is not None:
                seen.sort_out(reader, chunk)
                async with self._office.journal.writing() as unit, unit.attempt(keep=False):
                    outcome = await writing.write(unit, office, row["id"], reader, chunk)
                seen.add(outcome.entries)
                yield outcome

    async def _end_check(self, unit: Unit, row: Row, counts: dict[str, int], findings: list[Finding]) -> None:
        current = await rows.find(unit.connection, _table, row["id"], lock=True)
        if current is not None and current["state"] == "checking":
            await jobs.keep_findings(unit.connection, row, jobs.file_key(self._office, row), findings, 0)
            ended = {"state": "waiting", "checked": True, "rows_total": counts.get("rows_done", 0)}
            await rows.change(unit.connection, _table, current, **counts | ended)

    async def _carry_out(self, row: Row, office: Office) -> None:
        """Some chunks at a time, in a transaction with the place they lead to; each chunk is a part of its own."""
        reader, ahead = await self._chunks(row, office)
        key = jobs.file_key(self._office, row)
        try:
            while (chunk := await ahead.take()) is not None:
                if not await self._write(row, office, key, reader, chunk, ahead):
                    return
        finally:
            ahead.close()
        await self._end(row)

    async def _write(
        self, row: Row, office: Office, key: bytes, reader: RowReader, chunk: Chunk, ahead: "_Ahead"
    ) -> bool:
        """Writes a chunk, and those after it as long as nobody else wants to write; whether the import is to go on.

        The keyed hashes of a chunk fall on nearly as many pages as those of several: written together, each page goes
        to the disk once.
        """
        async with self._office.journal.writing() as unit:
            current = await rows.find(unit.connection, _table, row["id"], lock=True)
            before = chunk.first - row["heading_row"] - 2
            if current is None or current["state"] != "running" or current["rows_done"] != before:
                return False
            counts, until = {name: int(current[name]) for name in jobs.COUNTS}, monotonic() + TOGETHER_SECONDS
            following: Chunk | None = chunk
            while following is not None:
                crash_point("import.before_chunk")
                ahead.prepare()
                outcome = await writing.write(unit, office, row["id"], reader, following)
                await jobs.keep_findings(unit.connection, row, key, outcome.findings, counts["findings"])
                await unit.insert_events_now()
                _add(counts, outcome)
                ahead.fresh = outcome.written == outcome.read
                together = monotonic() < until and not self._office.database.awaited
                following = await ahead.take() if together and ahead.ready else None
            await rows.change(unit.connection, _table, current, **counts)
            crash_point("import.in_chunk")
        return True

    async def _end(self, row: Row) -> None:
        async with self._office.database.transaction() as connection:
            current = await rows.find(connection, _table, row["id"], lock=True)
            if current is not None and current["state"] == "running":
                ended = {"state": "done", "ended_at": clock.now(), "rows_total": current["rows_done"]}
                await rows.change(connection, _table, current, **ended, file_kept=False)
        jobs.delete_file(self._office, row["id"])

    async def _fail(self, row: Row, trouble: str) -> None:
        async with self._office.database.transaction() as connection:
            current = await rows.find(connection, _table, row["id"], lock=True)
            if current is not None:
                state = "failed" if row["state"] == "running" else "waiting"
                await rows.change(connection, _table, current, state=state, trouble=trouble, ended_at=clock.now())


def _add(counts: dict[str, int], outcome: Outcome) -> None:
    for name, more in (
        ("rows_done", outcome.read),
        ("rows_written", outcome.written),
        ("rows_unchanged", outcome.unchanged),
        ("rows_refused", outcome.refused),
        ("rows_held", outcome.held),
        ("findings", len(outcome.findings)),
    ):
        counts[name] = counts.get(name, 0) + more


class _Ahead:
    """Reads the next chunk in a thread while one is being written."""

    def __init__(self, chunks: Reading, office: Office, kind: Kind) -> None:
        self._chunks, self._office, self._kind = chunks, office, kind
        self._next: asyncio.Future[Chunk | None] | None = None
        self._prepared: asyncio.Future[None] | None = None
        # What is new so far will be new further on; a file that is repeated needs nothing beforehand.
        self.fresh = False

    async def take(self) -> Chunk | None:
        """The next chunk; ``None`` after the last."""
        if self._prepared is not None:
            await self._prepared
            self._prepared = None
        chunk = await (self._next or self._read())
        if chunk is not None:
            self._next = self._read()
        return chunk

    @property
    def ready(self) -> bool:
        """Whether :meth:`take` has the next one at once."""
        return self._next is not None and self._next.done() and self._next.exception() is None

    def prepare(self) -> None:
        """Begins what the kind can do for the next chunk, whose disk it waits for while another is written."""
        if self.fresh and self._next is not None and self._kind.beforehand is not None:
            self._prepared = asyncio.ensure_future(self._prepare(self._next, self._kind.beforehand))

    async def _prepare(self, coming: "asyncio.Future[Chunk | None]", beforehand: Beforehand) -> None:
        chunk = await coming
        if chunk is not None and not chunk.findings:
            await beforehand(self._office, [entry.command for entry in chunk.entries])

    def _read(self) -> "asyncio.Future[Chunk | None]":
        return asyncio.ensure_future(asyncio.to_thread(self._chunks.take))

    def close(self) -> None:
        """Nobody wants the next one any more."""
        self._chunks.close()
        for under_way in (self._next, self._prepared):
            if under_way is not None:
                under_way.add_done_callback(lambda done: done.cancelled() or done.exception())
