"""The fixtures themselves: real servers, fresh databases, an own Valkey that keeps its address."""

from collections.abc import Callable

import asyncpg
import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.fixtures import OwnValkey


async def test_a_database_is_fresh(database_url: str) -> None:
    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE only_once (a INTEGER)"))
    finally:
        await engine.dispose()


async def test_databases_are_apart(new_database: Callable[[], str]) -> None:
    first, second = new_database(), new_database()
    assert first != second
    await test_a_database_is_fresh(first)
    await test_a_database_is_fresh(second)


async def test_postgresql_is_real(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        assert "PostgreSQL" in await connection.fetchval("SELECT version()")
    finally:
        await connection.close()


def test_redis_is_flushed(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "over")


def test_an_own_valkey_keeps_its_address_and_its_data(own_valkey: OwnValkey) -> None:
    address = own_valkey.url
    with redis.Redis.from_url(address) as client:
        client.set("kept", "yes")
    own_valkey.stop()
    own_valkey.start()
    assert own_valkey.url == address
    with redis.Redis.from_url(address) as client:
        assert client.get("kept") == b"yes"
    own_valkey.kill()
    own_valkey.start(empty=True)
    assert own_valkey.url == address
    with redis.Redis.from_url(address) as client:
        assert client.get("kept") is None
