"""What a follower promises, on SQLite and PostgreSQL alike: each event takes effect once, in order."""

import asyncio
from contextlib import suppress
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from shared.contracts.envelope import Event
from shared.contracts.registry import EnrolmentAccepted
from shared.journal import Follower, Unit, tables
from tests.integration.journal.conftest import Chain, Unreadable, effects, expected, started


async def prepared(chain: Chain, last: int) -> list[tuple[int, bytes]]:
    await chain.write(1, last)
    await chain.publisher.publish()
    return await chain.entries()


async def parked_rows(chain: Chain) -> list[tuple[int, str]]:
    p = tables.parked
    async with chain.consumer.read() as connection:
        rows = await connection.execute(
            sa.select(p.c.seq, p.c.error).where(p.c.replayed_at.is_(None)).order_by(p.c.seq)
        )
        return [(row.seq, row.error) for row in rows]


async def test_events_are_applied_in_order(chain: Chain) -> None:
    entries = await prepared(chain, 9)
    await chain.follower(batch_max_events=4).process(entries)
    assert await chain.applied() == expected(9)


async def test_what_comes_again_changes_nothing(chain: Chain) -> None:
    entries = await prepared(chain, 6)
    follower = chain.follower()
    for part in (entries[:4], entries[2:5], entries, entries[:1]):
        await follower.process(part)
    await chain.follower().process(entries)
    assert await chain.applied() == expected(6)


async def test_a_gap_is_filled_from_the_journal(chain: Chain) -> None:
    entries = await prepared(chain, 10)
    follower = chain.follower()
    await follower.process(entries[:2])
    await follower.process(entries[7:])
    assert await chain.applied() == expected(10)
    assert chain.history.asked == 1


async def test_a_new_follower_of_a_trimmed_stream_starts_from_the_journal(chain: Chain) -> None:
    entries = await prepared(chain, 10)
    await chain.follower().process(entries[9:])
    assert await chain.applied() == expected(10)


async def test_a_falsified_entry_is_replaced_by_the_journals(chain: Chain) -> None:
    entries = await prepared(chain, 4)
    forged = [*entries[:1], (2, entries[1][1].replace(b'"lele"', b'"pisang"')), *entries[2:]]
    follower = chain.follower()
    await follower.process(forged[:1])
    await follower.process([(2, b"not an event at all")])
    await follower.process(forged[2:])
    assert await chain.applied() == expected(4)


async def test_a_replica_more_changes_nothing(chain: Chain) -> None:
    entries = await prepared(chain, 60)
    replicas = [chain.follower(batch_max_events=size) for size in (3, 5, 7)]
    await asyncio.gather(*(replica.process(entries) for replica in replicas))
    assert await chain.applied() == expected(60)


async def test_a_stale_replica_is_fenced(chain: Chain) -> None:
    entries = await prepared(chain, 8)
    stale = chain.follower()
    await stale.process(entries[:2])
    await chain.follower().process(entries)
    await stale.process(entries[2:])
    assert await chain.applied() == expected(8)
    assert (await stale.position()).seq == 8


async def test_an_unreadable_event_is_parked_and_the_rest_flows(chain: Chain) -> None:
    await chain.write(1, 2)
    async with chain.journal.writing() as unit:
        unit.emit(Unreadable(), subject="b9", region="32.76")
    await chain.write(4, 5)
    await chain.publisher.publish()
    follower = chain.follower()
    await follower.process(await chain.entries())
    assert await chain.applied() == expected(5, without=[3])
    [(seq, reason)] = await parked_rows(chain)
    assert seq == 3
    assert "can't be read" in reason
    assert (await follower.position()).seq == 5


async def test_an_event_that_cant_be_applied_is_parked_alone_and_replayed_after_the_fix(chain: Chain) -> None:
    entries = await prepared(chain, 9)
    chain.recorder.refuse = {"b4"}
    follower = chain.follower()
    async with asyncio.timeout(20):
        await follower.process(entries)
    assert await chain.applied() == expected(9, without=[4])
    assert [seq for seq, _ in await parked_rows(chain)] == [4]

    assert await follower.replay_parked() == (0, 1)
    assert [seq for seq, _ in await parked_rows(chain)] == [4]
    chain.recorder.refuse = set()
    assert await follower.replay_parked() == (1, 0)
    assert await follower.replay_parked() == (0, 0)
    assert sorted(await chain.applied()) == expected(9)
    assert await parked_rows(chain) == []


async def test_parking_is_announced_in_the_same_transaction(chain: Chain) -> None:
    entries = await prepared(chain, 2)
    chain.recorder.refuse = {"b2"}
    said: list[tuple[str, int, str]] = []
    follower = chain.follower(on_parked=lambda unit, stream, seq, error: said.append((stream, seq, error)))
    await follower.process(entries)
    assert [(stream, seq) for stream, seq, _ in said] == [(chain.journal.stream, 2)]


async def test_while_the_database_is_away_everything_waits(chain: Chain) -> None:
    entries = await prepared(chain, 5)
    away = 3

    async def apply(unit: Unit, events: list[Event]) -> None:  # type: ignore[type-arg]
        nonlocal away
        if away:
            away -= 1
            raise OperationalError("SELECT 1", {}, ConnectionRefusedError("the database is restarting"))
        await chain.recorder.apply(unit, events)

    follower = chain.follower(apply=apply)
    await follower.process(entries)
    assert away == 0
    assert await chain.applied() == expected(5)
    assert await parked_rows(chain) == []


async def test_a_journal_that_rewrote_its_history_is_refused(chain: Chain) -> None:
    entries = await prepared(chain, 4)
    follower = chain.follower()
    await follower.process(entries)
    async with chain.producer.transaction() as connection:
        await connection.execute(sa.delete(tables.journal).where(tables.journal.c.seq > 2))
    async with chain.journal.writing() as unit:
        for number in range(30, 34):
            unit.emit(started(number), subject="b", region="32.76")
    with suppress(Exception):
        await chain.publisher.publish()
    restored = await chain.entries()
    assert [seq for seq, _ in restored] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await follower.process(restored[4:])
    assert follower.trouble is not None
    assert "does not continue" in follower.trouble
    assert await chain.applied() == expected(4)


async def test_effects_and_position_roll_back_together(chain: Chain) -> None:
    entries = await prepared(chain, 3)

    async def apply(unit: Unit, events: list[Event]) -> None:  # type: ignore[type-arg]
        await chain.recorder.apply(unit, events)
        raise asyncio.CancelledError

    follower = chain.follower(apply=apply)
    with pytest.raises(asyncio.CancelledError):
        await follower.process(entries)
    assert await chain.applied() == []
    fresh = chain.follower()
    assert (await fresh.position()).seq == 0
    await fresh.process(entries)
    assert await chain.applied() == expected(3)


async def test_two_followers_of_a_new_database_start_at_the_same_time(chain: Chain) -> None:
    entries = await prepared(chain, 3)
    replicas: list[Follower] = [chain.follower(), chain.follower()]
    await asyncio.gather(*(replica.process(entries) for replica in replicas))
    assert await chain.applied() == expected(3)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6), batch=st.integers(1, 6))
async def test_any_delivery_ends_in_the_same_state(chain: Chain, cuts: list[tuple[int, int]], batch: int) -> None:
    """Deliveries may overlap, skip and repeat: what counts in the end is the journal."""
    if not await chain.entries():
        await prepared(chain, 12)
    entries = await chain.entries()
    async with chain.consumer.transaction() as connection:
        for table in (tables.position, effects):
            await connection.execute(sa.delete(table))
    follower = chain.follower(batch_max_events=batch)
    for start, end in cuts:
        await follower.process(entries[start:end])
    await follower.process(entries[-1:])
    assert await chain.applied() == expected(12)


async def stored_seq(chain: Chain) -> int:
    async with chain.consumer.read() as connection:
        return int((await connection.execute(sa.select(tables.position.c.seq))).scalar_one())


async def test_events_for_others_are_passed_over_without_a_transaction(chain: Chain) -> None:
    entries = await prepared(chain, 6)
    follower = chain.follower(consumes=(EnrolmentAccepted,))
    await follower.process(entries[:4])
    assert ((await follower.position()).seq, await stored_seq(chain)) == (4, 0)
    await follower.keep_position()
    assert await stored_seq(chain) == 4
    await follower.process(entries[4:])
    assert chain.recorder.calls == 0

    restarted = chain.follower()
    await restarted.process(entries[4:])
    assert await chain.applied() == expected(6)[4:]


async def test_what_was_passed_over_is_written_down_with_the_next_event_that_counts(chain: Chain) -> None:
    await prepared(chain, 3)
    async with chain.journal.writing() as unit:
        data = {"enrolment_id": "e1", "participant_id": "p1", "programme_id": "g1", "kind": "magang"}
        village, on = "32.76.07.1003", date(2023, 4, 1)
        unit.emit(EnrolmentAccepted(village=village, on=on, **data), subject="e1", region="32.76")
    await chain.publisher.publish()
    entries = await chain.entries()
    seen: list[int] = []

    async def apply(unit: Unit, events: list[Event]) -> None:  # type: ignore[type-arg]
        seen.extend(event.seq for event in events)

    follower = chain.follower(consumes=(EnrolmentAccepted,), apply=apply)
    await follower.process(entries[:3])
    await follower.process(entries[3:])
    assert seen == [4]
    assert await stored_seq(chain) == 4


async def test_a_replica_that_only_passed_over_is_fenced_too(chain: Chain) -> None:
    entries = await prepared(chain, 5)
    idle = chain.follower(consumes=(EnrolmentAccepted,))
    await idle.process(entries[:3])
    await chain.follower().process(entries)
    await idle.keep_position()
    assert (await idle.position()).seq == 5
    assert await stored_seq(chain) == 5


async def test_what_comes_while_a_batch_is_applied_is_one_batch_too(chain: Chain) -> None:
    entries = await prepared(chain, 40)
    follower = chain.follower(batch_max_events=20)
    for first in range(0, 40, 4):
        await follower.offer(entries[first : first + 4])
    working = asyncio.create_task(follower.work())
    while (await follower.position()).seq < 40:
        await asyncio.sleep(0.001)
    working.cancel()
    assert await chain.applied() == expected(40)
    assert chain.recorder.calls == 2


async def test_one_bad_event_costs_a_large_batch_little(chain: Chain) -> None:
    entries = await prepared(chain, 300)
    chain.recorder.refuse = {"b150"}
    await chain.follower(batch_max_events=300).process(entries)
    assert await chain.applied() == expected(300, without=[150])
    assert [seq for seq, _ in await parked_rows(chain)] == [150]
    assert chain.recorder.calls < 60
