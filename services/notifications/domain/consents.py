"""The rule on consents: the 72 hours after a withdrawal passed, and work for the purpose is still under way."""

from dataclasses import dataclass
from datetime import date

from services.notifications.domain.due import OFFICE_ONLY
from services.notifications.domain.matters import Json, Matter


@dataclass(frozen=True)
class LateConsent:
    """A withdrawn consent past its deadline; ``remaining`` pieces of work are still open."""

    event_id: str
    region: str
    village: str
    purpose: str
    deadline_on: date
    remaining: int
    synthetic: bool


def consent_late(late: LateConsent) -> Matter:
    """The office has to hear of it, and nobody else: it breaks the law every day it goes on."""
    facts: dict[str, Json] = {
        "region": late.region,
        "village": late.village,
        "purpose": late.purpose,
        "due_on": late.deadline_on.isoformat(),
        "remaining": late.remaining,
    }
    year = late.deadline_on.year
    return Matter("consent_late", late.event_id, late.region, year, late.synthetic, facts, OFFICE_ONLY)
