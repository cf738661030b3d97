"""The permission matrix: which role may use which address. What isn't in the file is for the node alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.access.actor import ANYONE, Actor
from shared.runtime import plain_yaml

FILE = Path(__file__).with_name("permissions.yaml")
ANYONE_ROLE = "anyone"
SIGNED_IN_ROLE = "signed_in"


@dataclass(frozen=True)
class Rule:
    """What one line of the file says."""

    roles: frozenset[str]
    everywhere: bool = False
    """The records are nobody's in particular, so the scope of a grant doesn't bound them."""

    def admits(self, actor: Actor) -> Actor | None:
        """The actor as it may act here, or ``None``."""
        limited = actor.limited_to(self.roles)
        signed_in = SIGNED_IN_ROLE in self.roles and actor != ANYONE
        if not limited.grants and not signed_in and ANYONE_ROLE not in self.roles:
            return None
        return limited.everywhere() if self.everywhere else limited


@dataclass(frozen=True)
class Permissions:
    """The lines of one service, by the name of the function behind the address."""

    rules: Mapping[str, Rule]

    def admit(self, endpoint: str, actor: Actor) -> Actor | None:
        """The actor as it may act at this address, or ``None`` when it may not."""
        return self.rules.get(endpoint, NOBODY).admits(actor)


@dataclass(frozen=True)
class Role:
    """A role: its names, and how large its scope may be (``village``, ``city``, ``province``, ``nation``)."""

    key: str
    name_id: str
    name_en: str
    levels: tuple[str, ...]
    of_organisation: bool


NOBODY = Rule(frozenset())


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = plain_yaml.read(FILE)
    return document


@cache
def roles() -> Mapping[str, Role]:
    """The roles that can be granted, in the order of the file."""
    return {
        key: Role(key, role["id"], role["en"], tuple(role["scope"]), role.get("organisation", False))
        for key, role in _document()["roles"].items()
    }


@cache
def load(service: str) -> Permissions:
    """The lines of a service. Raises ValueError when a line names a role there isn't."""
    known = {*roles(), ANYONE_ROLE, SIGNED_IN_ROLE}
    rules = {}
    for endpoint, line in (_document()["services"].get(service) or {}).items():
        rule = _rule(line)
        if not rule.roles <= known:
            raise ValueError(f"{FILE.name}: {service}.{endpoint} names {', '.join(sorted(rule.roles - known))}")
        rules[endpoint] = rule
    return Permissions(rules)


def _rule(line: Any) -> Rule:
    if isinstance(line, dict):
        return Rule(frozenset(line["roles"]), line.get("everywhere", False))
    return Rule(frozenset(line))
