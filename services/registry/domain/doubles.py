"""When two registrations may be one person, and what can be decided about them."""

from dataclasses import dataclass
from typing import Final, Literal

from services.registry.domain.refusal import Refusal

DoubleState = Literal["open", "merged", "distinct"]

SURE_NAME: Final = 92
"""How alike names must be (0 to 100) when the birth date of one isn't known."""

LIKELY_NAME: Final = 80
"""How alike names must be when the birth dates are the same."""

SLIP_NAME: Final = 90
"""How alike names must be when the birth dates differ by what a slip of the pen does, or the NIKs by more."""

NIK_SLIPS: Final = 2


@dataclass(frozen=True)
class Alike:
    """How two registrations compare. ``name`` from 0 to 100, of names as they sound."""

    name: int
    numbers: bool
    """Whether the names hold the same numbers (none, as a rule)."""

    village: bool
    birth: Literal["same", "slip", "other", "unknown"]
    nik: Literal["slip", "other", "unknown"]


def likeness(alike: Alike) -> int | None:
    """From 0 to 100 when the two may be one person, else ``None``.

    Two who share neither village nor birth date are never offered: in any kab/kota many people bear one name.
    """
    if not alike.numbers or alike.name < _least_name(alike):
        return None
    birth = {"same": 25, "slip": 15, "unknown": 10, "other": 0}[alike.birth]
    nik = {"slip": 5, "unknown": 0, "other": -15}[alike.nik]
    return max(0, min(100, round(alike.name * 0.6) + birth + (15 if alike.village else 0) + nik))


def _least_name(alike: Alike) -> int:
    least = 101
    if alike.birth == "same":
        least = LIKELY_NAME
    elif alike.village and alike.birth == "slip":
        least = SLIP_NAME
    elif alike.village and alike.birth == "unknown":
        least = SURE_NAME
    return max(least, SLIP_NAME) if alike.nik == "other" else least


def compare_births(one: str | None, other: str | None) -> Literal["same", "slip", "other", "unknown"]:
    """Two birth dates in ISO form: the same, or alike but for one figure or for day and month in each other's place."""
    if one is None or other is None:
        return "unknown"
    if one == other:
        return "same"
    year, month, day = one.split("-")
    if other == f"{year}-{day}-{month}" or _differences(one, other) == 1:
        return "slip"
    return "other"


def compare_niks(one: str | None, other: str | None) -> Literal["slip", "other", "unknown"]:
    """Two NIKs that aren't equal: a registration with an equal one would have been refused."""
    if one is None or other is None:
        return "unknown"
    return "slip" if _differences(one, other) <= NIK_SLIPS else "other"


def check_open(state: DoubleState, *, read: bool) -> None:
    """Refuses a second decision by somebody who hasn't read the first; a merge is undone first."""
    if state == "merged":
        raise Refusal("doubles_merged", "id")
    if state == "distinct" and not read:
        raise Refusal("doubles_decided", "id")


def check_mergeable(kept: str, merged: str, *, kept_stands: bool, merged_stands: bool, merged_has_others: bool) -> None:
    """A registration is merged once, into one that stands, and only while none is merged into itself."""
    if kept == merged:
        raise Refusal("merge_itself", "duplicate_id")
    if not kept_stands or not merged_stands:
        raise Refusal("merge_gone", "id" if not kept_stands else "duplicate_id")
    if merged_has_others:
        raise Refusal("merge_has_others", "duplicate_id")


def _differences(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
