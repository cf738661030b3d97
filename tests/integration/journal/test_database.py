"""Connections to a server: those that were lost while nobody used them are replaced unseen."""

import pytest
import sqlalchemy as sa

from shared.runtime import database
from shared.runtime.database import Database

BACKEND = sa.text("SELECT pg_backend_pid()")


async def _backend(used: Database) -> int:
    async with used.read() as connection:
        return int((await connection.execute(BACKEND)).scalar_one())


@pytest.mark.parametrize("rested", [-1.0, 60.0])
async def test_a_lost_connection_is_replaced(database_url: str, rested: float, monkeypatch: pytest.MonkeyPatch) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("a file isn't lost")
    monkeypatch.setattr(database, "RESTED_SECONDS", rested)
    used, other = Database(database_url), Database(database_url)
    try:
        first = await _backend(used)
        assert await _backend(used) == first
        async with other.read() as connection:
            await connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
        assert await _backend(used) != first
    finally:
        await used.dispose()
        await other.dispose()
