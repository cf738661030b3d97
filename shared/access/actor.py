"""Who is acting: an account with its grants, or the node itself."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

EVERYWHERE = "ID"
"""The scope that covers every region: the nation."""

SYSTEM = "system"


@dataclass(frozen=True)
class Grant:
    """A role within a part of the country: a village, a kab/kota, a province, or :data:`EVERYWHERE`.

    ``organisation_id`` narrows it to what concerns one organisation.
    """

    role: str
    scope: str = EVERYWHERE
    organisation_id: str | None = None

    def covers(self, code: str) -> bool:
        """Whether a region lies within the scope; a scope lies within itself."""
        return self.scope == EVERYWHERE or f"{code}.".startswith(f"{self.scope}.")

    def concerns(self, code: str) -> bool:
        """Whether a region lies within the scope or around it: what holds for a kab/kota concerns its villages."""
        return self.covers(code) or code == EVERYWHERE or f"{self.scope}.".startswith(f"{code}.")

    def ancestors(self) -> tuple[str, ...]:
        """The regions around the scope, the nation first."""
        parts = self.scope.split(".")
        return (EVERYWHERE, *(".".join(parts[:size]) for size in range(1, len(parts))))


@dataclass(frozen=True)
class Actor:
    """Whoever a request comes from. ``id`` is an account's id, or ``node``; never a name."""

    id: str
    grants: tuple[Grant, ...] = ()
    session_id: str | None = None
    login: str | None = None
    """What a page calls the account; no log and no event carries it."""

    def covers(self, code: str) -> bool:
        """Whether a region lies within the scope of any grant."""
        return any(grant.covers(code) for grant in self.grants)

    def has_role(self, *roles: str) -> bool:
        """Whether any grant is of one of these roles."""
        return any(grant.role in roles for grant in self.grants)

    def limited_to(self, roles: Collection[str]) -> "Actor":
        """The same actor with nothing but its grants of these roles: what it may do *here*, it may do only where a
        grant of such a role reaches. The node keeps all it has."""
        return replace(self, grants=tuple(g for g in self.grants if g.role in roles or g.role == SYSTEM))

    def everywhere(self) -> "Actor":
        """The same actor without bounds, for records that belong to no office and no person."""
        return replace(self, grants=tuple(Grant(g.role) for g in self.grants))


NODE = Actor("node", (Grant(SYSTEM),))
"""The node itself: its own services, its commands, and whoever may read its token."""

ANYONE = Actor("anyone")
"""Somebody who hasn't signed in."""

_acting: ContextVar[Actor] = ContextVar("bersinar_acting", default=NODE)


def current() -> Actor:
    """Who is acting now: the actor of the request being answered; outside every request, the node."""
    return _acting.get()


def limit(actor: Actor) -> None:
    """From here to the end of the request, act as this narrower actor."""
    _acting.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Everything inside is done by this actor."""
    before = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(before)
