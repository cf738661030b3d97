"""Targets set by hand."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.target import SetByHand
from services.scoring.storage.tables import target as t


class Kept(NamedTuple):
    """A target and its version; taken back when it has no value."""

    version: int
    target: SetByHand | None


NEVER_SET = Kept(0, None)


async def of_regions(connection: AsyncConnection, regions: Collection[str]) -> dict[str, list[SetByHand]]:
    """Region -> the targets that stand."""
    query = sa.select(t).where(t.c.region.in_(sorted(regions)), t.c.value.is_not(None))
    found: dict[str, list[SetByHand]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.region].append(_target(row))
    return found


async def of_year(connection: AsyncConnection, region: str, year: int) -> Kept:
    """What was set for a year; version 0 when nothing ever was."""
    return (await every(connection, [region], year)).get(region, NEVER_SET)


async def every(connection: AsyncConnection, regions: Collection[str], year: int) -> dict[str, Kept]:
    """Region -> what was set for a year."""
    rows = await connection.execute(sa.select(t).where(t.c.region.in_(sorted(regions)), t.c.year == year))
    return {row.region: Kept(row.version, None if row.value is None else _target(row)) for row in rows}


async def keep(
    connection: AsyncConnection, region: str, target: SetByHand, version: int, *, stands: bool = True
) -> None:
    """Put it in place of what was set before; without ``stands`` as one that was taken back."""
    await connection.execute(sa.delete(t).where(t.c.region == region, t.c.year == target.year))
    values = {"value": str(target.value) if stands else None, "region": region, "version": version}
    await connection.execute(sa.insert(t), target._asdict() | values)


def _target(row: Any) -> SetByHand:
    return SetByHand(row.year, row.edition, Decimal(row.value), row.reason, row.set_by, row.set_at)
