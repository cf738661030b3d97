"""Places in a programme and the life of an enrolment: accepted, then completed or dropped."""

from collections.abc import Collection
from datetime import date
from typing import Literal

from services.registry.domain.dates import check_not_before
from services.registry.domain.refusal import Refusal

EnrolmentState = Literal["accepted", "completed", "dropped"]
UNLIMITED = 0


def take_place(quota: int, taken: int) -> int:
    """Places taken after one more. A quota of 0 sets no limit (a public talk has none)."""
    if quota != UNLIMITED and taken >= quota:
        raise Refusal("quota_full", "programme_id", quota=quota)
    return taken + 1


def give_back(taken: int) -> int:
    """Places taken after somebody left before the end: the place can go to another."""
    return max(0, taken - 1)


def end_enrolment(state: str, accepted_on: date, end: Literal["completed", "dropped"], on: date) -> EnrolmentState:
    """The state after the end, which comes once and not before the acceptance."""
    if state != "accepted":
        raise Refusal("enrolment_over", "id", state=state)
    check_not_before("on", on, accepted_on)
    return end


def check_session(attended: int, families: int, village: str, villages: Collection[str]) -> None:
    """Families are counted among those present, and a session is held in one of the programme's villages."""
    if families > attended:
        raise Refusal("families_above_attended", "families")
    if village not in villages:
        raise Refusal("village_not_in_programme", "village")
