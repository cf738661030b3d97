"""What a village's status replaces and what it follows."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """What is said about one year: its status and the last earlier year's (``before``), and what both replace."""

    year: int
    status: str
    before: str | None
    previous: str | None = None
    previous_before: str | None = None


def statements(history: Mapping[int, str], year: int, status: str) -> list[Statement]:
    """What setting a year's status says: about that year, then about the next one if that follows another status now.

    ``history`` maps a year to its status, as recorded so far. Only the next recorded year follows this one directly,
    so no later one has to be said again.
    """
    before = status_before(history, year)
    previous = history.get(year)
    said = [Statement(year, status, before, previous, None if previous is None else before)]
    later = min((known for known in history if known > year), default=None)
    if later is not None and (followed := status_before(history, later)) != status:
        said.append(Statement(later, history[later], status, history[later], followed))
    return said


def status_before(history: Mapping[int, str], year: int) -> str | None:
    """The status of the last earlier year, ``None`` where there is none."""
    earlier = [known for known in history if known < year]
    return history[max(earlier)] if earlier else None
