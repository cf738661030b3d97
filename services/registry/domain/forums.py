"""Forums of stakeholders and what is committed to there: which of it is open, and what a later forum takes up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.registry.domain.refusal import Refusal

ForumState = Literal["planned", "held", "cancelled"]
CommitmentState = Literal["open", "kept", "not_kept", "withdrawn"]
Outcome = Literal["kept", "not_kept"]


@dataclass(frozen=True)
class Promise:
    """A commitment as far as carrying over goes: the forum and day it was made, and when it was settled."""

    id: str
    forum_id: str
    on: date
    state: CommitmentState
    settled_on: date | None = None


def carried(promises: Iterable[Promise], forum_id: str, on: date) -> tuple[str, ...]:
    """The commitments a forum on a day takes up: made in another one, by that day, and not settled before it."""
    return tuple(p.id for p in promises if p.forum_id != forum_id and p.on <= on and _open_on(p, on))


def _open_on(promise: Promise, day: date) -> bool:
    if promise.state == "withdrawn":
        return False
    return promise.settled_on is None or promise.settled_on >= day


def check_forum(state: str, *allowed: ForumState) -> None:
    """Refuses what can't be done with a forum in this state."""
    if state not in allowed:
        raise Refusal("forum_state", "id", state=state)


def check_commitment(state: str, *allowed: CommitmentState) -> None:
    """Refuses what can't be done with a commitment in this state."""
    if state not in allowed:
        raise Refusal("commitment_state", "id", state=state)


def check_outcome(outcome: Outcome, reason: str | None) -> None:
    """A commitment that wasn't kept says why."""
    if outcome == "not_kept" and not reason:
        raise Refusal("reason_wanted", "reason")
