"""The rules that fire by time: work somebody was to have done by a date."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.notifications.domain.matters import Json, Matter
from services.notifications.domain.subscriptions import Rule

WorkKind = Literal["referral", "follow_up"]

RULE_OF: dict[WorkKind, Rule] = {"referral": "referral_due", "follow_up": "follow_up_due"}


@dataclass(frozen=True)
class Work:
    """A referral to be answered or a business to be visited. ``event_id`` is the event that set ``due_on``."""

    kind: WorkKind
    id: str
    event_id: str
    region: str
    village: str
    due_on: date
    organisation: str | None
    months: int | None
    synthetic: bool


def overdue(work: Work, today: date) -> Matter | None:
    """The matter of work left undone after its date; the date itself is still in time.

    ``today`` is the date in the time zone of the work's region.
    """
    if today <= work.due_on:
        return None
    facts: dict[str, Json] = {
        "region": work.region,
        "village": work.village,
        "due_on": work.due_on.isoformat(),
        "organisation": work.organisation,
        "months": work.months,
    }
    return Matter(RULE_OF[work.kind], work.event_id, work.region, work.due_on.year, work.synthetic, facts)
