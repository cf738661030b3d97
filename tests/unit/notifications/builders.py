"""Small things to say in a test."""

from decimal import Decimal

from services.notifications.domain.matters import Matter
from services.notifications.domain.rules import Point, ReadingMove, ScoreMove
from services.notifications.domain.subscriptions import Channel, Rule, Subscription

RULES: tuple[Rule, ...] = (
    "band_changed",
    "below_target",
    "referral_due",
    "follow_up_due",
    "event_parked",
    "survey_short",
    "survey_invited",
    "consent_late",
    "escalated_to_head",
    "escalated_to_province",
)


def subscription(
    id: str = "s1",
    organisation: str | None = None,
    region: str = "32.76",
    rules: tuple[Rule, ...] = RULES,
    channels: tuple[Channel, ...] = ("inbox",),
    organisation_id: str | None = None,
    active: bool = True,
) -> Subscription:
    name = organisation or f"Kantor {id}"
    return Subscription(id, name, "id", region, frozenset(rules), channels, organisation_id, active)


def matter(cause: str, rule: Rule = "follow_up_due", region: str = "32.76") -> Matter:
    return Matter(rule, cause, region, 2023, True, {"region": region})


def point(value: str, band: str = "tanggap") -> Point:
    return Point(Decimal(value), band)


def move(survey: ReadingMove, running: ReadingMove | None = None, target: str | None = "3.602") -> ScoreMove:
    return ScoreMove(
        event_id="e1",
        area="32.76",
        year=2023,
        provisional=True,
        synthetic=True,
        readings=(survey, running or ReadingMove("running", None, None)),
        target=None if target is None else Decimal(target),
    )
