"""The rules that fire by time: work somebody was to have done by a date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.notifications.domain.matters import Json, Matter
from services.notifications.domain.subscriptions import Rule

WorkKind = Literal["referral_receive", "referral", "referral_place", "referral_close", "follow_up", "commitment"]
Step = Literal["received", "answered", "placed", "closed"]

RULE_OF: Mapping[WorkKind, Rule] = {
    "referral_receive": "referral_due",
    "referral": "referral_due",
    "referral_place": "referral_due",
    "referral_close": "referral_due",
    "follow_up": "follow_up_due",
    "commitment": "commitment_overdue",
}
STEP_OF: Mapping[WorkKind, Step] = {
    "referral_receive": "received",
    "referral": "answered",
    "referral_place": "placed",
    "referral_close": "closed",
}
REFERRAL_KINDS: tuple[WorkKind, ...] = tuple(STEP_OF)
AHEAD_KINDS: Mapping[WorkKind, Rule] = {"commitment": "commitment_due"}
"""Work that is also told of some days before its date."""

OFFICE_ONLY = "office"
"""In place of an organisation's id: work of the office itself, told to no organisation that is linked."""


@dataclass(frozen=True)
class Patience:
    """How many days past its date work may stay undone before the head of the office hears of it, and then the
    province; each once. ``None``: never."""

    head_days: int | None = None
    province_days: int | None = None


@dataclass(frozen=True)
class Work:
    """A step of a referral, a visit to a business, or a commitment. ``event_id`` is the event that set ``due_on``."""

    kind: WorkKind
    id: str
    event_id: str
    region: str
    village: str
    due_on: date
    organisation: str | None
    months: int | None
    synthetic: bool
    organisation_id: str | None = None


def waiting_after(state: str) -> WorkKind | None:
    """What a referral waits for in a state; ``None`` when it waits for nothing."""
    waiting: Mapping[str, WorkKind] = {
        "sent": "referral_receive",
        "received": "referral",
        "accepted": "referral_place",
        "placed": "referral_close",
        "declined": "referral_close",
    }
    return waiting.get(state)


def due(work: Work, today: date, notice_days: int) -> Matter | None:
    """The matter of work that is past its date, or about to be where that is told too; ``None`` otherwise.

    The date itself is still in time. ``today`` is the date in the time zone of the work's region.
    """
    if today > work.due_on:
        return _matter(work, RULE_OF[work.kind])
    ahead = AHEAD_KINDS.get(work.kind)
    if ahead is not None and today >= work.due_on - timedelta(days=notice_days):
        return _matter(work, ahead)
    return None


def escalated(work: Work, today: date, patience: Patience) -> list[Matter]:
    """The matters of work that nobody acted on for so long that the next one has to hear of it.

    They go to who answers for the office, never to an organisation that is linked.
    """
    steps: tuple[tuple[Rule, int | None], ...] = (
        ("escalated_to_head", patience.head_days),
        ("escalated_to_province", patience.province_days),
    )
    return [
        replace(_matter(work, rule, waited=days), organisation_id=OFFICE_ONLY)
        for rule, days in steps
        if days is not None and today > work.due_on + timedelta(days=days)
    ]


def _matter(work: Work, rule: Rule, *, waited: int | None = None) -> Matter:
    facts: dict[str, Json] = {
        "region": work.region,
        "village": work.village or None,
        "due_on": work.due_on.isoformat(),
        "organisation": work.organisation,
        "months": work.months,
    }
    if waited is not None:
        facts |= {"waited": waited, "work": "referral" if work.kind in STEP_OF else work.kind}
    if work.kind in STEP_OF:
        facts["step"] = STEP_OF[work.kind]
    return Matter(rule, work.event_id, work.region, work.due_on.year, work.synthetic, facts, work.organisation_id)
