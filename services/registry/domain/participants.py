"""The life of a participant: registered, active, graduated, left, moved away, erased; and who may be worked with."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from services.registry.domain.codes import Code
from services.registry.domain.dates import check_not_before
from services.registry.domain.refusal import Refusal

State = Literal["registered", "active", "graduated", "left", "moved", "erased"]

NEXT: Final[Mapping[State, frozenset[State]]] = {
    "registered": frozenset({"active", "left", "moved", "erased"}),
    "active": frozenset({"graduated", "left", "moved", "erased"}),
    # Somebody who graduated, left or moved away may come back; somebody erased may only be registered anew.
    "graduated": frozenset({"active", "moved", "erased"}),
    "left": frozenset({"active", "erased"}),
    "moved": frozenset({"active", "erased"}),
    "erased": frozenset(),
}

_GONE: Final[Mapping[State, Code]] = {
    "left": "participant_left",
    "moved": "participant_moved",
    "erased": "participant_erased",
}


def change_state(state: State, to: State, since: date, on: date) -> State:
    """The state after a change, which follows on the present one and isn't dated before it (``since``)."""
    if state == "erased":
        raise Refusal("participant_erased", "state")
    if to not in NEXT[state]:
        raise Refusal("participant_state", "state", state=state, open=", ".join(sorted(NEXT[state])))
    check_not_before("on", on, since)
    return to


def check_usable(state: State, field: str) -> None:
    """Refuses work with somebody who left, moved away or was erased."""
    if state in _GONE:
        raise Refusal(_GONE[state], field)


def check_move(state: State, village: str, to: str, since: date, on: date) -> None:
    """Refuses a move of somebody who is gone, one that goes nowhere, and one from before they came."""
    check_usable(state, "id")
    if village == to:
        raise Refusal("move_nowhere", "village")
    check_not_before("on", on, since)
