"""The publisher against raw pipelined XADD of the same bytes, by the same client, in the same process."""

import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

import redis.asyncio
import sqlalchemy as sa

from deploy import valkey
from shared.contracts.registry import BusinessStarted
from shared.journal import Journal, Publisher, tables
from shared.runtime.database import Database

EVENTS, ROUNDS, WRITE_BATCH, PIPELINE = 20_000, 5, 500, 1_000


async def measure(folder: Path) -> dict[str, Any]:
    """Median and spread over rounds; each round numbers and copies fresh events, then copies them raw."""
    server = valkey.start(folder)
    database = Database(f"sqlite+aiosqlite:///{folder / 'journal.db'}")
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(tables.metadata.create_all)
        journal = Journal(database, "bench.registry", "/nodes/bench/registry")
        publisher = Publisher(journal, server.url)
        async with redis.asyncio.Redis.from_url(server.url) as client:
            rounds = [await _round(journal, publisher, client) for _ in range(ROUNDS)]
        await publisher.close()
    finally:
        await database.dispose()
        server.stop()
    ratios = [own / raw for own, raw in rounds]
    return {
        "publisher_ratio": round(statistics.median(ratios), 3),
        "publisher_ratio_min": round(min(ratios), 3),
        "publisher_ratio_max": round(max(ratios), 3),
        "publisher_events_per_s": round(statistics.median(own for own, _ in rounds)),
        "raw_xadd_per_s": round(statistics.median(raw for _, raw in rounds)),
    }


async def _round(journal: Journal, publisher: Publisher, client: Any) -> tuple[float, float]:
    async with journal.database.transaction() as connection:
        start, _ = await journal.head(connection)
    await _write(journal)
    began = time.perf_counter()
    copied = await publisher.publish()
    own = copied / (time.perf_counter() - began)
    async with journal.database.read() as connection:
        entries = await journal.entries(connection, start, EVENTS)
    began = time.perf_counter()
    for first in range(0, EVENTS, PIPELINE):
        pipeline = client.pipeline(transaction=False)
        for seq, raw in entries[first : first + PIPELINE]:
            pipeline.xadd("bench.raw", {b"event": raw}, id=f"{seq}-0")
        await pipeline.execute()
    return own, EVENTS / (time.perf_counter() - began)


async def _write(journal: Journal) -> None:
    payload = BusinessStarted(
        business_id="b1",
        participant_id="p1",
        sector="lele",
        village="32.76.07.1003",
        on=date(2023, 4, 1),
        synthetic=True,
    )
    for _ in range(EVENTS // WRITE_BATCH):
        async with journal.writing() as unit:
            for _ in range(WRITE_BATCH):
                unit.emit(payload, subject="b1", region="32.76")
    async with journal.database.engine.connect() as connection:
        await connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
