"""What a rule found: the thing people may have to be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.domain.subscriptions import Rule

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
Facts = Mapping[str, Json]


@dataclass(frozen=True)
class Matter:
    """One finding. ``cause`` is the id of the event that brought it about.

    ``facts`` is what the text needs, as JSON: decimals and dates as strings, regions and villages as codes. It
    holds nothing about a person. ``organisation_id`` names the one organisation it concerns beside the office.
    """

    rule: Rule
    cause: str
    region: str
    year: int | None
    synthetic: bool
    facts: Facts
    organisation_id: str | None = None
    organisations: frozenset[str] | None = None
    """Whom it is for among those who listen; ``None`` for all of them."""
