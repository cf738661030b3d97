"""A state kept year by year: each counts for later years too, up to the next year that has one of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

StateT = TypeVar("StateT")


@dataclass(frozen=True)
class Said(Generic[StateT]):
    """What is said about one year: its state and what stood before it; where only what it follows is another now,
    what it ``follows`` and what it ``followed``."""

    year: int
    state: StateT
    previous: StateT | None
    follows: StateT | None = None
    followed: StateT | None = None


def standing(history: Mapping[int, StateT], year: int) -> StateT | None:
    """The state that counts for a year: its own, else the last earlier one's."""
    known = [recorded for recorded in history if recorded <= year]
    return history[max(known)] if known else None


def statements(history: Mapping[int, StateT], year: int, state: StateT) -> list[Said[StateT]]:
    """What setting a year's state says: about that year, then about the next one if that follows another state now."""
    stood = standing(history, year)
    said = [Said(year, state, stood)]
    later = min((known for known in history if known > year), default=None)
    if later is not None and stood != state:
        own = history[later]
        said.append(Said(later, own, own, follows=state, followed=stood))
    return said
