"""States as Indonesian sentences name them; codes in answers and events stay English."""

from collections.abc import Mapping
from typing import Final

STATES: Final[Mapping[str, str]] = {
    "accepted": "diterima",
    "applied": "mendaftar",
    "approved": "disetujui",
    "attending": "mengikuti",
    "cancelled": "dibatalkan",
    "closed": "ditutup",
    "completed": "selesai",
    "draft": "masih konsep",
    "dropped": "berhenti",
    "held": "terlaksana",
    "locked": "dikunci",
    "open": "dibuka",
    "planned": "direncanakan",
    "refused": "ditolak",
    "running": "berjalan",
    "waiting": "menunggu",
    "withdrawn": "ditarik",
}


def in_indonesian(values: Mapping[str, str | int]) -> dict[str, str | int]:
    """The values of a refusal with its state, if it names one, in Indonesian."""
    state = values.get("state")
    return {**values, "state": STATES.get(state, state)} if isinstance(state, str) else dict(values)
