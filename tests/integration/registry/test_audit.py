"""The audit log: written with what it tells of, never changed, and whoever does change it is found out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit
from services.registry.domain.audit import Broken, Proven
from services.registry.domain.refusal import Refusal
from services.registry.storage import audit as log
from services.registry.storage import tables
from tests.integration.registry.conftest import Api

ROWS = 6
TRIGGERS = {
    "sqlite": ("audit_log_no_update", "audit_log_no_delete"),
    "postgresql": ("audit_log_no_change", "audit_log_no_truncate"),
}
table, head = tables.audit_log, tables.audit_head


async def _write(api: Api, count: int) -> None:
    for number in range(count):
        async with api.registry.office.journal.writing() as unit:
            await audit.write(unit, api.registry.office, "test.done", f"s{number}", reason="percobaan", number=number)


async def _verify(api: Api) -> Broken | Proven:
    async with api.registry.office.database.read() as connection:
        return await log.verify(connection)


async def _unguarded(api: Api, change: Callable[[AsyncConnection], Awaitable[Any]]) -> None:
    """As somebody who owns the database would."""
    async with api.registry.office.database.transaction() as connection:
        kind = connection.dialect.name
        for trigger in TRIGGERS[kind]:
            await connection.execute(
                text(f"DROP TRIGGER {trigger}" + (" ON audit_log" if kind == "postgresql" else ""))
            )
        await change(connection)


async def test_an_untouched_log_is_whole(api: Api) -> None:
    assert await _verify(api) == Proven(0, "0" * 64)
    await _write(api, ROWS)
    proven = await _verify(api)
    assert isinstance(proven, Proven)
    assert proven.rows == ROWS
    async with api.registry.office.database.read() as connection:
        rows = (await connection.execute(select(table).order_by(table.c.seq))).mappings().all()
    assert [(row["actor"], row["action"], row["facts"]["number"]) for row in rows] == [
        ("node", "test.done", number) for number in range(ROWS)
    ]


async def test_many_at_once_make_one_chain(api: Api) -> None:
    await asyncio.gather(*(_write(api, 5) for _ in range(4)))
    proven = await _verify(api)
    assert isinstance(proven, Proven)
    assert proven.rows == 20


async def test_an_entry_ends_with_its_transaction(api: Api) -> None:
    async def undone() -> None:
        async with api.registry.office.journal.writing() as unit:
            await audit.write(unit, api.registry.office, "test.done", "s")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert await _verify(api) == Proven(0, "0" * 64)


async def test_a_reason_with_a_number_of_a_person_is_refused(api: Api) -> None:
    with pytest.raises(Refusal, match="personal_text"):
        async with api.registry.office.journal.writing() as unit:
            await audit.write(unit, api.registry.office, "test.done", "s", reason="telepon 0812 3456 7890")


@pytest.mark.parametrize("statement", [update(table).values(reason="lain"), delete(table)])
async def test_the_database_refuses_changes(api: Api, statement: Any) -> None:
    await _write(api, 2)
    with pytest.raises(DBAPIError, match="append-only"):
        async with api.registry.office.database.transaction() as connection:
            await connection.execute(statement)
    proven = await _verify(api)
    assert isinstance(proven, Proven)
    assert proven.rows == 2


async def _rewrite(connection: AsyncConnection, row: int, **values: Any) -> None:
    await connection.execute(update(table).where(table.c.seq == row).values(**values))


async def _reordered(connection: AsyncConnection) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        await _rewrite(connection, old, seq=new)


async def _inserted(connection: AsyncConnection) -> None:
    """A row pushed in between, with the rows after it numbered anew."""
    rows = (await connection.execute(select(table).order_by(table.c.seq))).mappings().all()
    for row in reversed(rows[2:]):
        await _rewrite(connection, row["seq"], seq=row["seq"] + 1)
    forged = {**rows[2], "seq": 3, "subject": "forged", "previous_hash": rows[1]["hash"]}
    await connection.execute(insert(table), [{**forged, "hash": "f" * 64}])


async def _forged(connection: AsyncConnection) -> None:
    """A changed row with a fitting hash: the next one gives it away."""
    row = (await connection.execute(select(table).where(table.c.seq == 4))).mappings().one()
    changed = {**row, "subject": "forged"}
    await _rewrite(connection, 4, subject="forged", hash=log.audit.hash_of(changed, row["previous_hash"]))


TAMPERING: dict[str, tuple[Callable[[AsyncConnection], Awaitable[Any]], int]] = {
    "a changed reason": (lambda c: _rewrite(c, 3, reason="lain"), 3),
    "a changed actor": (lambda c: _rewrite(c, 2, actor="x"), 2),
    "changed facts": (lambda c: _rewrite(c, 5, facts={"number": 7}), 5),
    "a deleted row": (lambda c: c.execute(delete(table).where(table.c.seq == 4)), 4),
    "the first row deleted": (lambda c: c.execute(delete(table).where(table.c.seq == 1)), 1),
    "the end cut off": (lambda c: c.execute(delete(table).where(table.c.seq > 4)), 5),
    "all deleted": (lambda c: c.execute(delete(table)), 1),
    "two rows swapped": (_reordered, 2),
    "a row inserted": (_inserted, 3),
    "a row forged with its hash": (_forged, 5),
    "the head gone": (lambda c: c.execute(delete(head)), 1),
    "the head moved back": (lambda c: c.execute(update(head).values(seq=5)), 6),
}


@pytest.mark.parametrize("case", TAMPERING)
async def test_tampering_is_found_at_the_first_broken_row(api: Api, case: str) -> None:
    change, first = TAMPERING[case]
    await _write(api, ROWS)
    await _unguarded(api, change)
    broken = await _verify(api)
    assert isinstance(broken, Broken), case
    assert broken.seq == first
