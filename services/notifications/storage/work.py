"""The due list, kept from the registry's events."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.due import AHEAD_KINDS, Work, WorkKind
from services.notifications.storage.tables import work as t


async def schedule(connection: AsyncConnection, work: Work, *, reopen: bool = False) -> None:
    """Puts work on the list. A new date replaces the old one; work that is done stays done, unless ``reopen``."""
    found = (await connection.execute(_one(work.kind, work.id))).one_or_none()
    values: dict[str, Any] = {
        "organisation": work.organisation,
        "organisation_id": work.organisation_id,
        "months": work.months,
    }
    if found is None:
        place = {"kind": work.kind, "id": work.id, "region": work.region, "village": work.village}
        dated = {"event_id": work.event_id, "due_on": work.due_on}
        await connection.execute(sa.insert(t).values(**place, **dated, **values, synthetic=work.synthetic, done=False))
        return
    if found.due_on != work.due_on:
        # The same date said again keeps the first event as the cause, so nobody is told a second time.
        values |= {"event_id": work.event_id, "due_on": work.due_on}
    elif not reopen:
        return
    if reopen:
        values["done"] = False
    await connection.execute(sa.update(t).where(t.c.kind == work.kind, t.c.id == work.id).values(**values))


async def reopen(connection: AsyncConnection, work: Work) -> None:
    """Puts work back on the list. People are told again when it is late: the event that reopened it is a new cause."""
    await schedule(connection, work)
    again = {"done": False, "event_id": work.event_id, "due_on": work.due_on}
    await connection.execute(sa.update(t).where(t.c.kind == work.kind, t.c.id == work.id).values(**again))


async def finish(
    connection: AsyncConnection, kind: WorkKind, work_id: str, *, region: str, village: str, synthetic: bool
) -> None:
    """Takes work off the list, also when its date is not known yet."""
    done = sa.update(t).where(t.c.kind == kind, t.c.id == work_id).values(done=True)
    if (await connection.execute(done)).rowcount == 0:
        row = {"kind": kind, "id": work_id, "region": region, "village": village, "synthetic": synthetic, "done": True}
        await connection.execute(sa.insert(t).values(**row))


async def forget(connection: AsyncConnection, kinds: Sequence[WorkKind], work_id: str) -> None:
    """Takes work off the list that may never have been on it."""
    await connection.execute(sa.update(t).where(t.c.kind.in_(kinds), t.c.id == work_id).values(done=True))


async def take_up_again(connection: AsyncConnection, kinds: Sequence[WorkKind], work_id: str) -> None:
    """Puts work back on the list with the date and the cause it had."""
    on_it = (t.c.kind.in_(kinds), t.c.id == work_id, t.c.due_on.is_not(None))
    await connection.execute(sa.update(t).where(*on_it).values(done=False))


async def open_before(connection: AsyncConnection, day: date, notice_days: int) -> list[Work]:
    """Open work whose date is before ``day``, and what is told ahead so many days before it; the longest due first."""
    ahead = sa.and_(t.c.kind.in_(tuple(AHEAD_KINDS)), t.c.due_on <= day + timedelta(days=notice_days))
    late = sa.or_(t.c.due_on < day, ahead)
    query = sa.select(t).where(t.c.done.is_(False), late).order_by(t.c.due_on, t.c.id, t.c.kind)
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
            organisation_id=row.organisation_id,
        )
        for row in await connection.execute(query)
    ]


def _one(kind: WorkKind, work_id: str) -> sa.Select[tuple[date | None]]:
    return sa.select(t.c.due_on).where(t.c.kind == kind, t.c.id == work_id)
