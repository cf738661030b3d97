"""What a journal and its publisher promise, on SQLite and PostgreSQL alike."""

import asyncio
import random
from typing import Any

import pytest
import redis.asyncio
import sqlalchemy as sa

from shared.contracts.catalogue import decode
from shared.contracts.envelope import chain_hash, follows, genesis_hash
from shared.contracts.registry import BusinessStarted
from shared.journal import Publisher, Streams, Telling, Unit, tables
from shared.journal.publisher import BATCH_MAX_EVENTS, FIELD, ForeignHistory
from shared.runtime.health import Health
from tests.integration.journal.conftest import STREAM, Chain, started


async def in_redis(chain: Chain) -> list[tuple[str, bytes]]:
    async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
        found: Any = await client.xrange(STREAM)
        return [(entry_id.decode(), fields[FIELD]) for entry_id, fields in found]


async def test_an_event_is_written_with_its_state_or_not_at_all(chain: Chain) -> None:
    async def change_of_mind() -> None:
        async with chain.journal.writing() as unit:
            unit.emit(started(1), subject="b1", region="32.76")
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_of_mind()
    await chain.write(2, 2)
    await chain.publisher.publish()
    assert [decode(raw).data for _, raw in await chain.entries()] == [started(2)]


def _values(number: int) -> dict[str, Any]:
    return {name: value for name, value in started(number) if value is not None}


async def test_what_is_said_of_many_stands_in_its_order_and_is_undone_with_its_part(
    chain: Chain,
) -> None:
    def tell(unit: Unit, *numbers: int) -> None:
        unit.emit_many(BusinessStarted, [Telling(f"b{n}", "32.76", _values(n)) for n in numbers])

    async with chain.journal.writing() as unit:
        tell(unit, 1, 2)
        unit.emit(started(3), subject="b3", region="32.76")
        async with unit.attempt(keep=False):
            tell(unit, 4)
        await unit.insert_events_now()
        tell(unit, 5)
        assert [event.data for event in unit.events] == []
    await chain.publisher.publish()
    entries = [decode(raw) for _, raw in await chain.entries()]
    assert [entry.data for entry in entries] == [started(n) for n in (1, 2, 3, 5)]
    assert [entry.subject for entry in entries] == ["b1", "b2", "b3", "b5"]
    assert len({entry.id for entry in entries}) == 4


async def test_numbers_are_contiguous_and_redis_holds_the_journal_byte_for_byte(chain: Chain) -> None:
    await chain.write(1, 7)
    assert await chain.publisher.publish() == 7
    entries = await chain.entries()
    assert [seq for seq, _ in entries] == list(range(1, 8))
    assert await in_redis(chain) == [(f"{seq}-0", raw) for seq, raw in entries]
    assert [decode(raw).seq for _, raw in entries] == list(range(1, 8))


async def test_each_event_names_its_predecessor_and_the_first_the_epoch(chain: Chain) -> None:
    await chain.write(1, 3)
    await chain.publisher.publish()
    async with chain.producer.transaction() as connection:
        last_hash = genesis_hash(await chain.journal.epoch(connection))
        head = await chain.journal.head(connection)
    for seq, raw in await chain.entries():
        assert follows(raw, seq, last_hash)
        last_hash = chain_hash(raw)
    assert head == (3, last_hash)


async def test_publishing_again_sends_nothing(chain: Chain) -> None:
    await chain.write(1, 3)
    assert await chain.publisher.publish() == 3
    assert await chain.publisher.publish() == 0
    again = Publisher(chain.journal, chain.redis_url)
    assert await again.publish() == 0
    await again.close()
    assert len(await in_redis(chain)) == 3


async def test_an_emptied_redis_is_filled_again(chain: Chain) -> None:
    await chain.write(1, 5)
    await chain.publisher.publish()
    before = await in_redis(chain)
    async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
        await client.flushdb()
    assert await chain.publisher.publish() == 5
    assert await in_redis(chain) == before


async def test_a_redis_emptied_between_two_entries_is_filled_with_the_next_one(chain: Chain) -> None:
    """Without having been told to check: the append itself notices that the stream ends elsewhere."""
    await chain.write(1, 3)
    await chain.publisher.publish()
    async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
        await client.flushdb()
    await chain.write(4, 5)
    assert await chain.publisher.publish(check=False) == 5
    assert [entry_id for entry_id, _ in await in_redis(chain)] == [f"{n}-0" for n in range(1, 6)]


async def test_a_redis_that_lost_its_last_entries_gets_just_those(chain: Chain) -> None:
    await chain.write(1, 5)
    await chain.publisher.publish()
    before = await in_redis(chain)
    async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
        await client.delete(STREAM)
        for entry_id, raw in before[:3]:
            await client.xadd(STREAM, {FIELD: raw}, id=entry_id)
    assert await chain.publisher.publish() == 2
    assert await in_redis(chain) == before


async def test_more_than_a_batch_goes_out_at_once(chain: Chain) -> None:
    await chain.write(1, BATCH_MAX_EVENTS + 3)
    assert await chain.publisher.publish() == BATCH_MAX_EVENTS + 3


async def test_writers_at_the_same_time_lose_nothing(chain: Chain) -> None:
    """Commits end in another order than their rows were inserted; the numbers still have no gap."""
    writers, each = 8, 12

    async def writer(number: int) -> None:
        for turn in range(each):
            async with chain.journal.writing() as unit:
                unit.emit(started(number * each + turn), subject="b", region="32.76")
                await asyncio.sleep(random.random() * 0.002)

    running = asyncio.create_task(chain.publisher.run())
    await asyncio.gather(*(writer(n) for n in range(writers)))
    async with asyncio.timeout(10):
        while len(await in_redis(chain)) < writers * each:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    entries = await chain.entries()
    assert [seq for seq, _ in entries] == list(range(1, writers * each + 1))
    assert {decode(raw).data.business_id for _, raw in entries} == {f"b{n}" for n in range(writers * each)}  # type: ignore[attr-defined]


async def test_a_second_publisher_stands_by_and_takes_over(chain: Chain) -> None:
    second = Publisher(chain.journal, chain.redis_url, interval_seconds=0.05)
    first_run = asyncio.create_task(chain.publisher.run())
    await asyncio.sleep(0.2)
    second_run = asyncio.create_task(second.run())
    await chain.write(1, 10)
    async with asyncio.timeout(10):
        while len(await in_redis(chain)) < 10:
            await asyncio.sleep(0.02)
        first_run.cancel()
        await asyncio.gather(first_run, return_exceptions=True)
        await chain.write(11, 12)
        while len(await in_redis(chain)) < 12:
            await asyncio.sleep(0.02)
    second_run.cancel()
    await asyncio.gather(second_run, return_exceptions=True)
    await second.close()
    assert [entry_id for entry_id, _ in await in_redis(chain)] == [f"{n}-0" for n in range(1, 13)]


async def test_a_journal_restored_from_an_old_backup_is_refused(chain: Chain) -> None:
    await chain.write(1, 4)
    await chain.publisher.publish()
    async with chain.producer.transaction() as connection:
        await connection.execute(sa.delete(tables.journal).where(tables.journal.c.seq > 2))
    await chain.write(30, 33)
    restored = Publisher(chain.journal, chain.redis_url)
    with pytest.raises(ForeignHistory, match="old backup"):
        await restored.publish()
    await restored.close()
    assert len(await in_redis(chain)) == 4


async def test_another_journal_under_the_same_name_is_refused(chain: Chain) -> None:
    async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
        await client.xadd(STREAM, {FIELD: b"{}"}, id="1-0")
    await chain.write(1, 4)
    with pytest.raises(ForeignHistory):
        await chain.publisher.publish()

    health, streams = Health(), Streams(chain.redis_url, name="registry", publisher=chain.publisher)
    streams.register(health)
    async with streams.running(), asyncio.timeout(10):
        while not await health.reasons():
            await asyncio.sleep(0.02)
        assert "old backup" in (await health.reasons())[f"publisher {STREAM}"]
        async with redis.asyncio.Redis.from_url(chain.redis_url) as client:
            await client.delete(STREAM)
        while await health.reasons():
            await asyncio.sleep(0.02)
    assert len(await in_redis(chain)) == 4
