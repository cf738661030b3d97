"""Which rows are read, and whether what a process remembers of them is still what is stored."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import projection as t


async def claim(connection: AsyncConnection, *, mine: str, new: str) -> tuple[int, bool]:
    """Take the row for this transaction and leave ``new`` in it: (generation, whether ``mine`` was found there).

    Held until the transaction ends, so whoever folds in another process waits; if the transaction is undone, the
    token is too, and the next claim finds that nothing remembered counts.
    """
    query = sa.update(t).where(t.c.token == mine).values(token=new).returning(t.c.generation)
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is not None:
        return int(found), True
    query = sa.update(t).values(token=new).returning(t.c.generation)
    return int((await connection.execute(query)).scalar_one()), False


async def generation(connection: AsyncConnection) -> int:
    """The generation that is read now."""
    return int((await connection.execute(sa.select(t.c.generation))).scalar_one())
