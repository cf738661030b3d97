"""A village's status in a year, and whether it has become safer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.scoring.domain.state import CityYear

Source = Literal["survey", "recorded"]

LEVELS: Final[Mapping[str, int]] = {"bahaya": 1, "waspada": 2, "siaga": 3, "aman": 4}


class Recorded(NamedTuple):
    """A status somebody recorded; ``method`` is how it was found: ``IKRN``, or the 8 + 5 criteria before 2024."""

    status: str
    method: str
    synthetic: bool = False


@dataclass(slots=True)
class VillageYear:
    """What is kept of one village in one year: its answers, the status somebody recorded, and of how many events."""

    state: CityYear
    recorded: Recorded | None = None
    entries: int = 0

    @property
    def is_synthetic(self) -> bool:
        """Whether an answer or the recorded status is invented."""
        return self.state.is_synthetic or (self.recorded is not None and self.recorded.synthetic)


class Status(NamedTuple):
    """A status and where it comes from. ``edition`` is the instrument of a surveyed one, the method of a recorded."""

    year: int
    status: str
    source: Source
    edition: str


class Recovery(NamedTuple):
    """The change from the latest earlier status. ``is_break`` where the two weren't found in the same way: the change
    may then be one of the method."""

    earlier: Status
    steps: int
    is_break: bool

    @property
    def recovered(self) -> bool:
        """Whether the village has become safer."""
        return self.steps > 0


def status_of(village: VillageYear, surveyed: str | None) -> Status | None:
    """The status of the survey, once it's complete; else the one recorded. ``surveyed`` is the survey's band."""
    state = village.state
    if surveyed is not None:
        return Status(state.year, surveyed, "survey", state.instrument)
    if village.recorded is not None:
        return Status(state.year, village.recorded.status, "recorded", village.recorded.method)
    return None


def recovery(now: Status | None, others: Iterable[Status | None]) -> Recovery | None:
    """From the latest status of an earlier year; ``None`` when there is nothing to compare."""
    if now is None:
        return None
    earlier = max((s for s in others if s is not None and s.year < now.year), key=lambda s: s.year, default=None)
    if earlier is None:
        return None
    steps = LEVELS[now.status] - LEVELS[earlier.status]
    return Recovery(earlier, steps, (now.source, now.edition) != (earlier.source, earlier.edition))
