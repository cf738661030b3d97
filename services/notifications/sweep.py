"""The due sweep: at every turn of its timer, tells once of work that is past its date, and of events that this
service's own followers set aside.
"""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.commands.alerts import record_alerts, untold_alerts
from services.notifications.domain.due import Patience, due, escalated
from services.notifications.domain.matters import Matter
from services.notifications.domain.rules import ParkedEvent, event_parked
from services.notifications.places import local_date
from services.notifications.storage import work as due_list
from shared.journal import tables
from shared.journal.journal import Journal
from shared.runtime import clock

log = structlog.get_logger()

DUE_ALERTS = Counter("bersinar_due_alerts_total", "Alerts raised for work past its date")
NO_ESCALATION = Patience()
EASTERNMOST_ZONE = "Asia/Jayapura"


class DueSweep:
    """Runs :meth:`sweep` every ``interval_seconds``."""

    def __init__(
        self,
        journal: Journal,
        interval_seconds: float,
        home_region: str,
        notice_days: int,
        patience: Patience = NO_ESCALATION,
    ) -> None:
        self.journal, self.interval_seconds, self.home_region = journal, interval_seconds, home_region
        self.notice_days, self.patience = notice_days, patience
        self.trouble: str | None = None

    async def run(self) -> None:
        """Sweeps until cancelled; waits for a database that is away."""
        while True:
            try:
                await self.sweep(clock.now())
                self.trouble = None
            except Exception as error:  # noqa: BLE001 - the edge of a background task: it must outlive any fault
                self.trouble = f"{type(error).__name__} in the due sweep"
                log.error("due sweep stumbled", error=error)
            await asyncio.sleep(self.interval_seconds)

    async def sweep(self, now: datetime) -> int:
        """Records alerts for open work past its date in its region's time zone, or soon to be; how many alerts."""
        async with self.journal.database.read() as connection:
            matters = await self._matters(connection, now)
            if not await untold_alerts(connection, matters):
                return 0
        async with self.journal.writing() as unit:
            # Looked up again: a visit may have been recorded in between.
            raised = await record_alerts(unit, await self._matters(unit.connection, now), now=now)
        DUE_ALERTS.inc(raised)
        return raised

    async def _matters(self, connection: AsyncConnection, now: datetime) -> list[Matter]:
        # The date is furthest ahead in the east: this day bounds what can be overdue anywhere.
        bound = now.astimezone(ZoneInfo(EASTERNMOST_ZONE)).date()
        works = await due_list.open_before(connection, bound, self.notice_days)
        days = [(work, local_date(now, work.region)) for work in works]
        found = [due(work, today, self.notice_days) for work, today in days]
        waited = [matter for work, today in days for matter in escalated(work, today, self.patience)]
        parked = await set_aside_here(connection, self.home_region)
        return [*(one for one in found if one is not None), *waited, *(event_parked(event) for event in parked)]


async def set_aside_here(connection: AsyncConnection, region: str) -> list[ParkedEvent]:
    """What this service's own followers have parked and nobody has replayed."""
    p = tables.parked
    rows = await connection.execute(sa.select(p.c.stream, p.c.seq).where(p.c.replayed_at.is_(None)).order_by(p.c.seq))
    return [ParkedEvent(f"parked-{row.stream}-{row.seq}"[-64:], region, row.stream, row.seq) for row in rows]
