"""Two replicas of scoring as processes: one follows; killed, the other takes over, and nothing is doubled."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.processes import port_is_free
from services.scoring.app import MIGRATIONS
from services.scoring.storage import leases, tables
from shared.journal import Journal, Publisher
from shared.journal import tables as journal_tables
from shared.runtime import migration
from shared.runtime.database import Database
from shared.runtime.identity import load_or_create_token
from tests.integration.scoring.registry_stream import business
from tests.support.forked import Forked
from tests.support.node import free_base_port

STREAM, LEASE_SECONDS, DEADLINE_SECONDS = "3276.registry", 3.0, 90.0


@pytest.mark.faults
async def test_a_killed_replica_is_replaced_and_nothing_is_doubled(
    database_url: str, new_database: Callable[[], str], redis_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(migration.upgrade, database_url, MIGRATIONS)
    load_or_create_token(tmp_path)
    registry, own = Database(new_database()), Database(database_url)
    async with registry.transaction() as connection:
        await connection.run_sync(
            lambda c: journal_tables.metadata.create_all(c, [journal_tables.journal, journal_tables.identity])
        )
    journal = Journal(registry, STREAM, "/nodes/3276/registry")
    publisher = Publisher(journal, redis_url)
    # Asked twice at one moment for a port nobody has taken yet, one may be told the same.
    first = free_base_port()
    ports = [first, next(base for base in range(first + 4, first + 400, 4) if port_is_free(base + 2))]
    replicas = {port: _start(port, database_url, redis_url, tmp_path) for port in ports}
    try:
        await _say(journal, publisher, 0, 40)
        await _applied(own, 40)
        holder = int((await _holder(own)).rpartition(":")[2]) - 2
        replicas[holder].kill()
        await _say(journal, publisher, 40, 80)
        await _applied(own, 80)
        assert int((await _holder(own)).rpartition(":")[2]) - 2 != holder
        async with own.read() as connection:
            [state] = (await connection.execute(sa.select(tables.city_year.c.entries))).scalars()
            turns = (await connection.execute(sa.select(tables.lease.c.token))).scalar_one()
        assert (state, turns > 1) == (80, True)
    finally:
        for process in replicas.values():
            if process.poll() is None:
                process.kill()
            process.wait()
        await publisher.close()
        await registry.dispose()
        await own.dispose()


async def test_a_lease_is_one_holders_until_it_ends_and_every_turn_has_a_number(database_url: str) -> None:
    await asyncio.to_thread(migration.upgrade, database_url, MIGRATIONS)
    database = Database(database_url)

    async def take(holder: str, seconds: float = 30.0) -> int | None:
        async with database.transaction() as connection:
            return await leases.take(connection, "s", holder, seconds)

    first = await take("a")
    assert first is not None
    assert await take("b") is None
    assert await take("a", 0.0) == first
    await asyncio.sleep(0.01)
    second = await take("b")
    assert second == first + 1
    async with database.transaction() as connection:
        assert not await leases.is_held(connection, "s", "a", first)
        assert await leases.is_held(connection, "s", "b", second)
        await leases.release(connection, "s", "b")
    assert await take("a") == second + 1
    await database.dispose()


def _start(port: int, database_url: str, redis_url: str, data_dir: Path) -> Forked:
    environment = {
        **os.environ,
        "BERSINAR_DATABASE_URL": database_url,
        "BERSINAR_REDIS_URL": redis_url,
        "BERSINAR_DATA_DIR": str(data_dir),
        "BERSINAR_PORT": str(port),
        "BERSINAR_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    return Forked("services.scoring.app", (), environment, data_dir / f"scoring-{port}.log")


async def _say(journal: Journal, publisher: Publisher, first: int, last: int) -> None:
    for number in range(first, last):
        async with journal.writing() as unit:
            unit.emit(business(number), subject="x", region="32.76")
    await publisher.publish()


async def _applied(database: Database, count: int) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    seq: int | None = None
    while seq != count:
        assert time.monotonic() < deadline, f"at {seq} of {count}"
        await asyncio.sleep(0.2)
        async with database.read() as connection:
            seq = (await connection.execute(sa.select(journal_tables.position.c.seq))).scalar_one_or_none()


async def _holder(database: Database) -> str:
    async with database.read() as connection:
        return str((await connection.execute(sa.select(tables.lease.c.holder))).scalar_one())
