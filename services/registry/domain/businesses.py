"""How a business stands: what its visits found, and whether it was closed between two of them."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from services.registry.domain.dates import check_not_before
from services.registry.domain.refusal import Refusal

BusinessStatus = Literal["active", "paused", "closed"]
IncomeBand = Literal["none", "below_1m", "1m_2m", "2m_4m", "above_4m"]
"""Income a month in rupiah, in bands: what a household earns is nobody's business to the rupiah."""


class Found(NamedTuple):
    """One visit: when, at how many months, and what it found. Ordered by time."""

    on: date
    months: int
    status: BusinessStatus


def standing(visits: Iterable[Found], closed_on: date | None) -> BusinessStatus:
    """Closed once it was closed; else what the last visit found, however late an earlier one was typed in; active
    while it was never visited."""
    if closed_on is not None:
        return "closed"
    last = max(visits, default=None)
    return "active" if last is None else last.status


def check_close(status: BusinessStatus, started_on: date, visits: Iterable[Found], on: date) -> None:
    """A business closes once, and not before its start or a visit that found it there."""
    if status == "closed":
        raise Refusal("business_closed", "id")
    check_not_before("on", on, max([started_on, *(visit.on for visit in visits)]))


def check_reopen(status: BusinessStatus, closed_on: date | None) -> None:
    """What was closed can be taken back here; what a visit found is mended at that visit."""
    if status != "closed":
        raise Refusal("business_open", "id")
    if closed_on is None:
        raise Refusal("closed_by_visit", "id")


def check_start(on: date, visits: Iterable[Found], closed_on: date | None) -> None:
    """A business starts before it is visited or closed."""
    later = [visit.on for visit in visits] + ([] if closed_on is None else [closed_on])
    if later and on > min(later):
        raise Refusal("after_first_visit", "on", day=min(later).isoformat())
