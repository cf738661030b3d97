"""The whole service on a real Redis: events of other services in, alerts and events of its own out."""

import asyncio
import json
import time

import redis.asyncio

from shared.contracts.envelope import chain_hash, encode, genesis_hash, wire
from tests.integration.notifications.conftest import client_of
from tests.integration.notifications.events import event, score_changed, visit_due, wish


async def publish(url: str, stream: str, *events) -> None:
    """Entries as a publisher writes them."""
    async with redis.asyncio.Redis.from_url(url) as client:
        last = genesis_hash("an epoch")
        for seq, one in enumerate(events, start=1):
            entry = wire(encode(one), seq, last)
            await client.xadd(stream, {"event": entry}, id=f"{seq}-0")
            last = chain_hash(entry)


async def until(look, seconds: float = 15.0):
    end = time.monotonic() + seconds
    while True:
        found = await look()
        if found or time.monotonic() > end:
            return found
        await asyncio.sleep(0.05)


async def test_a_score_that_falls_reaches_inbox_mailbox_and_stream(make, redis_url, token, mailbox):
    service = await make(redis_url=redis_url, due_sweep_seconds=0.2)
    async with client_of(service, token) as api, service.app.router.lifespan_context(service.app):
        assert (await api.post("/v1/subscriptions", json=wish())).status_code == 201
        await publish(redis_url, "3276.scoring", event(score_changed("3.610", "3.605", "3.607"), "e1"))
        await publish(redis_url, "3276.registry", visit_due(1))

        async def arrived():
            return len(mailbox.received) == 2

        assert await until(arrived)
        page = (await api.get("/v1/inbox")).json()
        assert {a["cause"] for a in page["items"]} == {"e1", "due-1"}

        async def published():
            async with redis.asyncio.Redis.from_url(redis_url) as client:
                entries = await client.xrange("3276.notifications")
            return entries if len(entries) == 6 else None

        entries = await until(published)
        assert entries is not None
        types = [json.loads(fields[b"event"])["type"].split(".")[4] for _, fields in entries]
        assert sorted(types) == ["delivered"] * 4 + ["raised"] * 2
        ready = await until(lambda: is_ready(api))
        assert ready, (await api.get("/readyz")).text


async def is_ready(api) -> bool:
    return (await api.get("/readyz")).status_code == 200
