"""Alerts: which recipient is told of which matters, once, and never as a flood."""

import hashlib
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from services.notifications.domain.matters import Matter
from services.notifications.domain.subscriptions import Rule, Subscription, listeners

SINGLE_ALERTS_MAX = 3
"""More matters than this of one rule, found together for one recipient, become one alert that counts them."""

DIGEST_ITEMS_MAX = 10
"""So many matters a digest spells out."""


class Told(NamedTuple):
    """A recipient has been told of a cause under a rule. The key that is never used twice."""

    cause: str
    rule: Rule
    recipient_id: str


@dataclass(frozen=True)
class Alert:
    """One message for one recipient about ``count`` matters; ``matters`` spells out the first of them.

    ``cause`` is the event's id, or for several matters a name made from all their events' ids.
    """

    rule: Rule
    cause: str
    causes: tuple[str, ...]
    recipient: Subscription
    region: str
    year: int | None
    synthetic: bool
    matters: tuple[Matter, ...]

    @property
    def count(self) -> int:
        """How many matters the alert stands for."""
        return len(self.causes)

    @property
    def told(self) -> list[Told]:
        """What this alert tells its recipient, one key for every cause."""
        return [Told(cause, self.rule, self.recipient.id) for cause in self.causes]


def plan(
    matters: Iterable[Matter],
    subscriptions: Iterable[Subscription],
    told: AbstractSet[Told],
    single_alerts_max: int = SINGLE_ALERTS_MAX,
) -> list[Alert]:
    """The alerts to raise for these matters: each untold (cause, rule, recipient) is in exactly one of them.

    Matters may repeat and come in any order. Up to ``single_alerts_max`` matters of a rule give a recipient one
    alert each; more give one digest.
    """
    alerts: list[Alert] = []
    for recipient, untold in _untold(list(matters), list(subscriptions), told):
        if len(untold) <= single_alerts_max:
            alerts.extend(_single(recipient, matter) for matter in untold)
        else:
            alerts.append(_digest(recipient, untold))
    return alerts


def digest_cause(causes: Iterable[str]) -> str:
    """The name of a set of causes, whatever their order."""
    return "digest-" + hashlib.sha256("\n".join(sorted(causes)).encode()).hexdigest()[:32]


def _untold(
    matters: list[Matter], subscriptions: list[Subscription], told: AbstractSet[Told]
) -> list[tuple[Subscription, list[Matter]]]:
    groups: dict[tuple[Rule, str], tuple[Subscription, dict[str, Matter]]] = {}
    audience: dict[tuple[Rule, str, str | None], list[Subscription]] = {}
    for matter in matters:
        place = (matter.rule, matter.region, matter.organisation_id)
        if place not in audience:
            audience[place] = listeners(subscriptions, *place)
        for recipient in audience[place]:
            if matter.organisations is not None and recipient.organisation not in matter.organisations:
                continue
            if Told(matter.cause, matter.rule, recipient.id) not in told:
                _, group = groups.setdefault((matter.rule, recipient.id), (recipient, {}))
                group.setdefault(matter.cause, matter)
    return [(recipient, list(group.values())) for recipient, group in groups.values()]


def _single(recipient: Subscription, matter: Matter) -> Alert:
    return Alert(
        rule=matter.rule,
        cause=matter.cause,
        causes=(matter.cause,),
        recipient=recipient,
        region=matter.region,
        year=matter.year,
        synthetic=matter.synthetic,
        matters=(matter,),
    )


def _digest(recipient: Subscription, matters: list[Matter]) -> Alert:
    regions = {matter.region for matter in matters}
    years = {matter.year for matter in matters}
    causes = tuple(matter.cause for matter in matters)
    return Alert(
        rule=matters[0].rule,
        cause=digest_cause(causes),
        causes=causes,
        recipient=recipient,
        region=regions.pop() if len(regions) == 1 else recipient.region,
        year=years.pop() if len(years) == 1 else None,
        # One synthetic matter is enough for the alert to say so.
        synthetic=any(matter.synthetic for matter in matters),
        matters=tuple(matters[:DIGEST_ITEMS_MAX]),
    )
