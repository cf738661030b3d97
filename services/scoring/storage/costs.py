"""What the office says its actions cost."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.storage.tables import action_cost as t


async def all_costs(connection: AsyncConnection) -> dict[str, Decimal]:
    """Action -> cost, where the office has set one."""
    rows = await connection.execute(sa.select(t.c.action, t.c.cost))
    return {row.action: Decimal(row.cost) for row in rows}


async def keep(connection: AsyncConnection, costs: Mapping[str, Decimal | None], set_by: str, set_at: datetime) -> None:
    """Set costs; ``None`` takes one back."""
    await connection.execute(sa.delete(t).where(t.c.action.in_(sorted(costs))))
    rows = [
        {"action": action, "cost": format(cost, "f"), "set_by": set_by, "set_at": set_at}
        for action, cost in costs.items()
        if cost is not None
    ]
    if rows:
        await connection.execute(sa.insert(t), rows)
