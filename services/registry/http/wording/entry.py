"""What an entry of the wordings is."""

from typing import NamedTuple


class Wording(NamedTuple):
    """One refusal in one language."""

    detail: str
    remedy: str


class Entry(NamedTuple):
    """One refusal: its HTTP status and both wordings."""

    status: int
    id: Wording
    en: Wording


def entry(status: int, detail_id: str, remedy_id: str, detail_en: str, remedy_en: str) -> Entry:
    """An entry: the status, then detail and remedy in Indonesian and in English."""
    return Entry(status, Wording(detail_id, remedy_id), Wording(detail_en, remedy_en))
