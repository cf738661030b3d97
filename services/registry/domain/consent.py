"""When a person's data may be processed: only under a consent that stands, for the purpose it was given for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.registry.domain.refusal import Refusal

STOP_WITHIN: Final = timedelta(hours=72)
"""UU 27/2022: processing ends within 3 x 24 hours of the withdrawal."""


@dataclass(frozen=True)
class Said:
    """One consent of a person for a purpose: when it was recorded, and when it was withdrawn."""

    recorded_at: datetime
    withdrawn_at: datetime | None


def check(said: Collection[Said], *, required: bool, field: str) -> None:
    """Refuses processing without consent. What was said last counts; ``required`` is false for example data."""
    if not stands(said, required=required):
        raise Refusal("consent_withdrawn" if said else "consent_missing", field)


def stands(said: Collection[Said], *, required: bool) -> bool:
    """Whether what a person said allows the processing. What was said last counts."""
    if not said:
        return not required
    last_yes = max((one.recorded_at for one in said if one.withdrawn_at is None), default=None)
    last_no = max((one.withdrawn_at for one in said if one.withdrawn_at is not None), default=None)
    return last_yes is not None and (last_no is None or last_no <= last_yes)


def deadline(withdrawn_at: datetime) -> datetime:
    """When whatever remains of the processing must have ended."""
    return withdrawn_at + STOP_WITHIN


Giver = Literal["self", "parent", "guardian"]
ConsentState = Literal["stands", "withdrawn", "late", "settled"]


def check_giver(giver: Giver, age_band: str, field: str) -> None:
    """For a child somebody else must have agreed (UU 27/2022, article 25)."""
    if age_band == "under_18" and giver == "self":
        raise Refusal("consent_of_child", field)


def state(
    withdrawn_at: datetime | None, deadline_at: datetime | None, settled_at: datetime | None, now: datetime
) -> ConsentState:
    """Where a consent stands at a moment."""
    if withdrawn_at is None:
        return "stands"
    if settled_at is not None:
        return "settled"
    return "late" if deadline_at is not None and now > deadline_at else "withdrawn"
