"""The life of a programme (draft, planned, running, then completed or cancelled), its places and its sessions."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

from services.registry.domain.dates import check_not_before
from services.registry.domain.refusal import Refusal

ProgrammeState = Literal["draft", "planned", "running", "completed", "cancelled"]
UNLIMITED = 0

NEXT: Mapping[ProgrammeState, frozenset[ProgrammeState]] = {
    "draft": frozenset({"planned", "running", "cancelled"}),
    "planned": frozenset({"running", "cancelled"}),
    "running": frozenset({"completed", "cancelled"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}
OPEN: frozenset[ProgrammeState] = frozenset({"planned", "running"})
"""States in which people can apply and get places."""


def move(state: ProgrammeState, to: ProgrammeState) -> ProgrammeState:
    """The state after a step; one that doesn't follow on the present state is refused."""
    if to not in NEXT[state]:
        raise Refusal("programme_step", "state", state=state, open=", ".join(sorted(NEXT[state])) or "-")
    return to


def check_open(state: ProgrammeState) -> None:
    """Refuses applications to a programme that is only a draft, or over."""
    if state not in OPEN:
        raise Refusal("programme_not_open", "programme_id", state=state)


def check_terms(starts_on: date | None, ends_on: date | None, quota: int, taken: int) -> None:
    """A programme ends on the day it starts at the earliest, and has no fewer places than are taken."""
    if starts_on is not None and ends_on is not None:
        check_not_before("ends_on", ends_on, starts_on)
    if quota != UNLIMITED and quota < taken:
        raise Refusal("quota_below_taken", "quota", taken=taken)


def has_room(quota: int, taken: int) -> bool:
    """Whether a place is left. A quota of 0 sets no limit (a public talk has none)."""
    return quota == UNLIMITED or taken < quota


def give_back(taken: int) -> int:
    """Places taken after somebody left before the end: the place can go to another."""
    return max(0, taken - 1)


def session_starts(state: ProgrammeState, ended_on: date | None, on: date) -> bool:
    """Whether a session on a day starts the programme, which the first one of a planned programme does.

    A draft has no sessions. One of a programme that is over may be typed in late, when it was before the end.
    """
    if state == "draft":
        raise Refusal("programme_not_open", "programme_id", state=state)
    if ended_on is not None and on > ended_on:
        raise Refusal("after_end", "on", end=ended_on.isoformat())
    return state == "planned"


def check_session(attended: int, families: int, listed: int, village: str, villages: Collection[str]) -> None:
    """Families and listed participants are among those present; a session is in one of the programme's villages."""
    if attended < listed:
        raise Refusal("attended_below_listed", "attended", listed=listed)
    if families > attended:
        raise Refusal("families_above_attended", "families")
    if village not in villages:
        raise Refusal("village_not_in_programme", "village")
