"""The audit log, for auditors."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import Depends

from services.registry.commands.model import View
from services.registry.http.documents import lists
from services.registry.http.listing import Filter, Listed, PageOf
from services.registry.http.reading import Listing
from services.registry.storage import tables
from shared.runtime.exact import Day
from shared.runtime.web import Routes

_log = tables.audit_log


class AuditEntryView(View):
    """One entry. ``actor`` is an account's id, ``node``, or ``anyone``; ``hash`` covers it and all before it."""

    PATH: ClassVar[str] = "/v1/audit"

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str | None
    facts: dict[str, Any]
    previous_hash: str
    hash: str


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


router = Routes(prefix=AuditEntryView.PATH, tags=["audit"])
AUDIT = Listed(
    AuditEntryView,
    _log,
    filters=("actor", "action", "subject"),
    default="-seq",
    more={
        "on_or_after": Filter(Day, lambda day: _log.c.at >= _begins(day), "From this day on, UTC."),
        "on_or_before": Filter(Day, lambda day: _log.c.at < _begins(day) + timedelta(days=1), "To this day, UTC."),
    },
)


@router.get("", summary="Who looked at what and why, and who changed whose rights; the latest first", **lists())
async def list_audit(page: Annotated[PageOf[AuditEntryView], Depends(AUDIT)]) -> Listing[AuditEntryView]:
    return await page.read()
