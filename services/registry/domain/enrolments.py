"""The life of an enrolment: applied, accepted or waiting or refused, attending, completed or dropped."""

from collections.abc import Mapping
from typing import Literal

from services.registry.domain.refusal import Refusal

EnrolmentState = Literal["applied", "waiting", "accepted", "attending", "completed", "dropped", "refused"]
State = EnrolmentState

NEXT: Mapping[State, frozenset[State]] = {
    "applied": frozenset({"accepted", "waiting", "refused"}),
    "waiting": frozenset({"accepted", "refused"}),
    "accepted": frozenset({"attending", "completed", "dropped"}),
    "attending": frozenset({"completed", "dropped"}),
    "completed": frozenset(),
    "dropped": frozenset(),
    "refused": frozenset(),
}
HOLDS_PLACE: frozenset[State] = frozenset({"accepted", "attending", "completed"})
"""States that take one of the programme's places."""

IN_HOPE: frozenset[State] = frozenset({"applied", "waiting"})
"""States of people who don't have a place yet."""


def step(state: State, to: State, field: str = "id") -> State:
    """The state after a step; refused when the enrolment is over, or when the step doesn't follow."""
    if not NEXT[state]:
        raise Refusal("enrolment_over", field, state=state)
    if to not in NEXT[state]:
        raise Refusal("enrolment_step", field, state=state, open=", ".join(sorted(NEXT[state])))
    return to


def accept(state: State, *, room: bool) -> State:
    """Where somebody who applied gets to: a place while there's room, else the end of the line.

    Nobody overtakes: those who wait are accepted by themselves, in their order, when a place is freed.
    """
    if state == "waiting":
        raise Refusal("waits_already", "id")
    return step(state, "accepted" if room else "waiting")


BEFORE_THE_END: Mapping[State, State] = {"completed": "attending", "dropped": "accepted", "refused": "applied"}


def reinstate(state: State) -> State:
    """What an enrolment is again when its end was recorded by mistake."""
    if state not in BEFORE_THE_END:
        raise Refusal("enrolment_step", "id", state=state, open=", ".join(sorted(NEXT[state])))
    return BEFORE_THE_END[state]
