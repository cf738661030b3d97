"""The due list, kept from the registry's events."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.due import Work, WorkKind
from services.notifications.storage.tables import work as t


async def schedule(connection: AsyncConnection, work: Work) -> None:
    """Puts work on the list. A new date replaces the old one; work that is done stays done."""
    found = (await connection.execute(_one(work.kind, work.id))).one_or_none()
    dated = {"event_id": work.event_id, "due_on": work.due_on}
    values = dated | {"organisation": work.organisation, "months": work.months}
    if found is None:
        place = {"kind": work.kind, "id": work.id, "region": work.region, "village": work.village}
        await connection.execute(sa.insert(t).values(**place, **values, synthetic=work.synthetic, done=False))
    elif found.due_on != work.due_on:
        # The same date said again keeps the first event as the cause, so nobody is told a second time.
        await connection.execute(sa.update(t).where(t.c.kind == work.kind, t.c.id == work.id).values(**values))


async def finish(
    connection: AsyncConnection, kind: WorkKind, work_id: str, *, region: str, village: str, synthetic: bool
) -> None:
    """Takes work off the list, also when its date is not known yet."""
    done = sa.update(t).where(t.c.kind == kind, t.c.id == work_id).values(done=True)
    if (await connection.execute(done)).rowcount == 0:
        row = {"kind": kind, "id": work_id, "region": region, "village": village, "synthetic": synthetic, "done": True}
        await connection.execute(sa.insert(t).values(**row))


async def open_before(connection: AsyncConnection, day: date) -> list[Work]:
    """Open work whose date is before ``day``, the longest due first."""
    query = sa.select(t).where(t.c.done.is_(False), t.c.due_on < day).order_by(t.c.due_on, t.c.id)
    return [
        Work(
            kind=row.kind,
            id=row.id,
            event_id=row.event_id,
            region=row.region,
            village=row.village,
            due_on=row.due_on,
            organisation=row.organisation,
            months=row.months,
            synthetic=row.synthetic,
        )
        for row in await connection.execute(query)
    ]


def _one(kind: WorkKind, work_id: str) -> sa.Select[tuple[date | None]]:
    return sa.select(t.c.due_on).where(t.c.kind == kind, t.c.id == work_id)
