"""Subscriptions: an organisation that wants to hear of a region, and of what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "band_changed",
    "below_target",
    "referral_due",
    "follow_up_due",
    "event_parked",
    "commitment_due",
    "commitment_overdue",
    "survey_short",
    "survey_invited",
    "consent_late",
    "escalated_to_head",
    "escalated_to_province",
]
Channel = Literal["inbox", "email"]
Language = Literal["id", "en"]

NATION = "ID"


@dataclass(frozen=True)
class Subscription:
    """One recipient. ``region`` is a kab/kota (``32.76``), a province (``32``) or the nation (``ID``).

    One linked to an organisation of the registry hears of that organisation's own referrals and commitments only, and
    of nothing while the organisation is not active.
    """

    id: str
    organisation: str
    language: Language
    region: str
    rules: frozenset[Rule]
    channels: tuple[Channel, ...]
    organisation_id: str | None = None
    active: bool = True

    def hears_of(self, organisation_id: str | None) -> bool:
        """Whether what concerns this organisation (``None``: no single one) is for this recipient."""
        return self.active and (organisation_id is None or self.organisation_id in (None, organisation_id))


def covers(region: str, area: str) -> bool:
    """Whether a subscription to ``region`` includes ``area``: the nation includes all, a province its kab/kota."""
    return region in (NATION, area) or area.startswith(f"{region}.")


def listeners(
    subscriptions: Iterable[Subscription], rule: Rule, area: str, organisation_id: str | None = None
) -> list[Subscription]:
    """The subscriptions to tell of a matter of ``rule`` in ``area``: one for each organisation.

    An organisation subscribed to a province and to a city in it hears of the city once, as the city's subscriber.
    """
    nearest: dict[str, Subscription] = {}
    for subscription in sorted(subscriptions, key=_nearest_first):
        wanted = rule in subscription.rules and covers(subscription.region, area)
        if wanted and subscription.hears_of(organisation_id):
            nearest.setdefault(subscription.organisation, subscription)
    return list(nearest.values())


def _nearest_first(subscription: Subscription) -> tuple[int, str]:
    depth = 0 if subscription.region == NATION else len(subscription.region)
    return -depth, subscription.id
