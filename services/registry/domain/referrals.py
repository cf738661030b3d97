"""The life of a referral: sent, received, accepted or declined, placed, closed; and a wrong step taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.registry.domain.refusal import Refusal

State = Literal["sent", "received", "accepted", "declined", "placed", "closed"]
Awaited = Literal["received", "answered", "placed", "closed"]

NEXT: Mapping[str, frozenset[str]] = {
    # An answer says that the referral was received, so nobody has to say so first.
    "sent": frozenset({"received", "accepted", "declined", "closed"}),
    "received": frozenset({"accepted", "declined", "closed"}),
    "accepted": frozenset({"declined", "placed", "closed"}),
    "placed": frozenset({"closed"}),
    "declined": frozenset({"closed"}),
    "closed": frozenset(),
}
AWAITS: Mapping[str, Awaited | None] = {
    "sent": "received",
    "received": "answered",
    "accepted": "placed",
    "placed": "closed",
    "declined": "closed",
    "closed": None,
}


@dataclass(frozen=True)
class Step:
    """A step taken on a day. ``due_on`` is by when the next one is due; ``None`` after the last."""

    state: State
    on: date
    due_on: date | None
    reason: str | None = None


def check_next(state: str, wanted: str, field: str = "outcome") -> None:
    """Refuses a step that doesn't follow on the present state."""
    if wanted not in NEXT[state]:
        raise Refusal("referral_over", field, state=state, open=", ".join(sorted(NEXT[state])) or "-")


def check_reason(state: str, wanted: str, reason: str | None, known: Collection[str]) -> None:
    """Declining needs a reason, and so does closing what neither ended in a place nor was declined."""
    if reason is None:
        if wanted == "declined" or (wanted == "closed" and state not in ("placed", "declined")):
            raise Refusal("referral_reason_missing", "reason", known=", ".join(known))
    elif reason not in known:
        raise Refusal("referral_reason_unknown", "reason", known=", ".join(known) or "-")


def due_after(state: State, on: date, days: Mapping[Awaited, int], answer_by: date) -> date | None:
    """By when the step after ``state`` is due: receipt a few days after sending but never after the answer, the
    answer by ``answer_by``, the others so many days after ``on``."""
    awaited = AWAITS[state]
    if awaited is None:
        return None
    if awaited == "answered":
        return answer_by
    due = on + timedelta(days=days[awaited])
    return min(due, answer_by) if awaited == "received" else due


def undo(steps: Sequence[Step]) -> tuple[Step, Step]:
    """The step that is taken back and the one the referral then stands at; sending itself can't be taken back."""
    if len(steps) < 2:
        raise Refusal("nothing_to_undo")
    return steps[-1], steps[-2]


def day_of(steps: Sequence[Step], *states: State) -> date | None:
    """When one of these states was reached."""
    return next((step.on for step in reversed(steps) if step.state in states), None)
