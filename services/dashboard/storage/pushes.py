"""What is pushed to browsers: numbered without a gap in the order of the commits."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dashboard.storage.tables import push as t
from services.dashboard.storage.tables import push_counter as c


class Draft(NamedTuple):
    """A message before it has its number: JSON in ``body``."""

    region: str
    kind: str
    body: str


class Push(NamedTuple):
    """A message with its number."""

    id: int
    region: str
    kind: str
    body: str


async def append(connection: AsyncConnection, drafts: Sequence[Draft]) -> list[Push]:
    """Numbers and stores messages. Other writers wait here until this transaction ends."""
    take = sa.update(c).where(c.c.one == 1).values(last=c.c.last + len(drafts)).returning(c.c.last)
    last: int = (await connection.execute(take)).scalar_one()
    first = last - len(drafts) + 1
    made = [Push(first + place, *draft) for place, draft in enumerate(drafts)]
    await connection.execute(sa.insert(t), [push._asdict() for push in made])
    return made


async def last_id(connection: AsyncConnection) -> int:
    """The last number given."""
    return int((await connection.execute(sa.select(c.c.last))).scalar_one())


async def after(
    connection: AsyncConnection, last: int, *, limit: int, region: str | None = None, until: int | None = None
) -> list[Push]:
    """Messages after a number in order, of one region or of all."""
    query = sa.select(t.c.id, t.c.region, t.c.kind, t.c.body).where(t.c.id > last).order_by(t.c.id).limit(limit)
    if region is not None:
        query = query.where(t.c.region == region)
    if until is not None:
        query = query.where(t.c.id <= until)
    return [Push(*row) for row in await connection.execute(query)]


async def reaches_back_to(connection: AsyncConnection, number: int) -> bool:
    """Whether everything after a number is still here."""
    last = await last_id(connection)
    if number >= last:
        return number == last
    oldest = (await connection.execute(sa.select(sa.func.min(t.c.id)))).scalar_one()
    return oldest is not None and oldest <= number + 1


async def trim(connection: AsyncConnection, keep: int) -> None:
    """Drops the oldest beyond ``keep``."""
    limit = sa.select(c.c.last - keep).scalar_subquery()
    await connection.execute(sa.delete(t).where(t.c.id <= limit))
