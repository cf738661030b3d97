"""Makes the files of exports with names, one at a time; one that a stop interrupted is made anew."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog
from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit, consent
from services.registry.commands.exports import jobs
from services.registry.commands.model import View
from services.registry.commands.office import Office
from services.registry.commands.personal_data import PersonalData, opened
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, scope, sealed_files, tables
from services.registry.storage.rows import Ordered, Row
from shared.access.actor import Actor, Grant, acting_as
from shared.contracts.registry import ExportFailed, ExportMade
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.database import is_away
from shared.runtime.faults import crash_point
from shared.runtime.keysource import KeyUnavailable

log = structlog.get_logger()

AGAIN_SECONDS = 5.0
ROWS_A_PAGE = 500
TRIES = 5
_table = tables.exports

Barred = Literal["erased", "scope", "consent"]
Named = tuple[View, Mapping[str, Any]]
"""A row of the list and what names its person."""


@dataclass(frozen=True)
class Selected:
    """The rows of a list: what selects them, in which order, and what shows one."""

    statement: Select[Any]
    order: Sequence[Ordered]
    view: type[View]


Lists = Callable[[str, Mapping[str, str], Actor], Selected]
"""The rows of a list that pass its filters, as far as somebody may see them."""

Writer = Callable[[Row, type[View], Sequence[Named]], Iterator[bytes]]
"""The bytes of the file an export asks for, with its fields of people before those of the list."""


@dataclass
class _Content:
    """What goes into a file, and who was left out of it why."""

    named: list[Named] = field(default_factory=list)
    people: dict[str, Barred | None] = field(default_factory=dict)
    left_out: dict[Barred, int] = field(default_factory=lambda: dict.fromkeys(("erased", "scope", "consent"), 0))


class Exports:
    """The node's export work."""

    def __init__(self, office: Office, lists: Lists, writer: Writer) -> None:
        self._office, self._lists, self._writer = office, lists, writer
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Says that there may be something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            self._wake.clear()
            try:
                while await self.step():
                    pass
                await self._wake.wait()
            except (SQLAlchemyError, KeyUnavailable) as error:
                log.warning("exports wait", kind=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)

    async def step(self) -> bool:
        """Makes the oldest file that is waited for; whether there was one."""
        waiting = select(_table).where(_table.c.state == "making").order_by(_table.c.id).limit(1)
        async with self._office.database.read() as connection:
            found = (await connection.execute(waiting)).mappings().one_or_none()
        if found is None:
            return False
        row = rows.plain(found)
        actor = Actor(row["made_by"], tuple(Grant(**grant) for grant in row["acting"]))
        try:
            with acting_as(actor):
                await self._make(replace(self._office, actor=actor), row)
        except Refusal as refusal:
            await self._fail(row, refusal.code)
        except OSError:
            await self._fail(row, "export_stopped")
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            log.error("an export stopped", kind=type(error).__name__)
            await self._fail(row, "export_stopped")
        return True

    async def _make(self, office: Office, row: Row) -> None:
        for _ in range(TRIES):
            content = await self._content(office, row)
            key = sealed_files.new_key()
            size = await asyncio.to_thread(self._write, office, row, key, content)
            crash_point("export.written")
            if await _finish(office, row, content, key, size):
                return
        raise Refusal("export_stopped", "id")

    async def _content(self, office: Office, row: Row) -> _Content:
        selected, content = self._lists(row["list"], row["filters"], office.actor), _Content()
        async for page in _pages(office, selected):
            await _judge(office, page, row, selected.view, content)
            if len(content.named) > jobs.ROWS_MAX:
                raise jobs.too_large()
        return content

    def _write(self, office: Office, row: Row, key: bytes, content: _Content) -> int:
        jobs.delete_file(office, row["id"])
        out = sealed_files.SealedWriter(jobs.path(office, row["id"]), key)
        view = self._lists(row["list"], {}, office.actor).view
        try:
            for part in self._writer(row, view, content.named):
                out.write(part)
        finally:
            out.close()
        return out.size

    async def _fail(self, row: Row, trouble: str) -> None:
        jobs.delete_file(self._office, row["id"])
        async with self._office.journal.writing() as unit:
            current = await rows.find(unit.connection, _table, row["id"], lock=True)
            if current is not None and current["state"] == "making":
                values = {"state": "failed", "trouble": trouble, "ended_at": clock.now()}
                await rows.change(unit.connection, _table, current, **values)
                said = ExportFailed(export_id=row["id"], why=trouble)
                unit.emit(said, subject=row["id"], region=self._office.own_region)


async def _pages(office: Office, selected: Selected) -> AsyncIterator[Sequence[Row]]:
    after: Sequence[Any] | None = None
    while True:
        async with office.database.read() as connection:
            page = await rows.page(connection, selected.statement, selected.order, after, ROWS_A_PAGE)
        yield page.rows
        if page.next_key is None:
            return
        after = page.next_key


async def _judge(office: Office, page: Sequence[Row], row: Row, view: type[View], content: _Content) -> None:
    """Adds a page of the list to the file: rows of people who may be in it, with what names them."""
    key = "id" if row["list"] == "participants" else "participant_id"
    ids = {one[key] for one in page if one[key] is not None}
    async with office.database.read() as connection:
        people = await _people(connection, ids)
        barred = await _barred(office, connection, people, row["purpose"])
    data = await opened(office, [person for person in people.values() if barred.get(person["id"]) is None])
    for one in page:
        who = one[key]
        why: Barred | None = None if who is None else barred.get(who, "erased")
        personal = data.get(people[who]["merged_into"] or who) if who in people else None
        if why is None and who is not None and personal is None:
            why = "erased"
        if why is not None:
            content.left_out[why] += 1
        else:
            content.named.append((view.of(one), _named(personal, row["fields"])))
        if who is not None:
            content.people[who] = why


def _named(data: PersonalData | None, fields: Collection[str]) -> dict[str, Any]:
    present = {} if data is None else data.present()
    return {name: present.get(name) for name in fields}


async def _people(connection: AsyncConnection, ids: Collection[str], *, lock: bool = False) -> dict[str, Row]:
    """Registrations, and those that stand for them after a merge. ``lock`` keeps them from being erased meanwhile."""
    people = tables.participants
    found: dict[str, Row] = {}
    wanted = set(ids)
    while wanted:
        query = select(people).where(people.c.id.in_(sorted(wanted))).order_by(people.c.id)
        query = query.with_for_update(read=True) if lock else query
        found |= {one["id"]: rows.plain(one) for one in (await connection.execute(query)).mappings()}
        wanted = {one["merged_into"] for one in found.values() if one["merged_into"] is not None} - set(found)
    return found


async def _barred(
    office: Office, connection: AsyncConnection, people: Mapping[str, Row], purpose: str
) -> dict[str, Barred | None]:
    """Why a person may not be in a file; ``None`` for those who may."""
    roots = {one["id"]: people[one["merged_into"] or one["id"]] for one in people.values()}
    standing = {root["id"]: root for root in roots.values()}
    agreed = await consent.allowed(connection, list(standing.values()), purpose)

    def why(root: Row) -> Barred | None:
        if root["state"] == "erased" or root["sealed"] is None:
            return "erased"
        if not scope.reaches(office.actor, tables.participants, root):
            return "scope"
        return None if root["id"] in agreed else "consent"

    return {who: why(root) for who, root in roots.items()}


async def _finish(office: Office, row: Row, content: _Content, key: bytes, size: int) -> bool:
    """Writes down every look, who is in the file and that it is ready; false when somebody in it may not be any more.

    In one transaction: a file can be fetched only when all looks are in the log.
    """
    included = sorted(who for who, why in content.people.items() if why is None)
    async with office.journal.writing() as unit:
        current = await rows.find(unit.connection, _table, row["id"], lock=True)
        if current is None or current["state"] != "making":
            jobs.delete_file(office, row["id"])
            return True
        for start in range(0, len(included), ROWS_A_PAGE):
            people = await _people(unit.connection, included[start : start + ROWS_A_PAGE], lock=True)
            barred = await _barred(office, unit.connection, people, row["purpose"])
            if any(why is not None for why in barred.values()):
                return False
        await _keep(unit, office, current, content, included, key, size)
    return True


async def _keep(
    unit: Unit, office: Office, row: Row, content: _Content, included: Sequence[str], key: bytes, size: int
) -> None:
    counts = {"rows": len(content.named), "people": len(included), "file_bytes": size}
    counts |= {f"left_out_{why}": count for why, count in content.left_out.items()}
    key_sealed = office.keyring.encrypt(key.hex(), jobs.context(row["id"]))
    await rows.change(
        unit.connection, _table, row, **counts, state="ready", key_sealed=key_sealed, ended_at=clock.now()
    )
    if included:
        named = [{"participant_id": who, "export_id": row["id"]} for who in included]
        await rows.add(unit.connection, tables.export_people, *named)
        facts = {"export": row["id"], "purpose": row["purpose"], "fields": ", ".join(row["fields"])}
        await audit.write_many(unit, office, "participant.listed", included, reason=row["reason"], **facts)
    payload = ExportMade(
        export_id=row["id"],
        list=row["list"],
        purpose=row["purpose"],
        asked_by=row["made_by"],
        rows=counts["rows"],
        people=counts["people"],
        left_out=sum(content.left_out.values()),
        expires_at=row["expires_at"],
    )
    unit.emit(payload, subject=row["id"], region=office.own_region)
