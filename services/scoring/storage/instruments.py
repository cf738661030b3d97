"""Editions as published."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import instrument as i

_KEYS = sa.select(i.c.key)


async def keys(connection: AsyncConnection) -> set[str]:
    """The keys of all published editions."""
    return set((await connection.execute(_KEYS)).scalars())


async def texts(connection: AsyncConnection, wanted: Collection[str]) -> dict[str, str]:
    """Key -> the file's text."""
    rows = await connection.execute(sa.select(i.c.key, i.c.text).where(i.c.key.in_(sorted(wanted))).order_by(i.c.key))
    return {row.key: row.text for row in rows}


async def hash_of(connection: AsyncConnection, key: str) -> str | None:
    """The hash of a published edition's text."""
    found = await connection.execute(sa.select(i.c.sha256).where(i.c.key == key))
    return found.scalar_one_or_none()


async def add(connection: AsyncConnection, key: str, sha256: str, text: str, at: datetime) -> None:
    """Keep a published edition; a key is given once."""
    await connection.execute(sa.insert(i).values(key=key, sha256=sha256, text=text, at=at))
