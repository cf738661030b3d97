"""A change in a sentence, in both languages."""

from decimal import Decimal

from pydantic import BaseModel

from services.scoring.domain.fold import ReadingName
from services.scoring.domain.score import nine_decimal
from services.scoring.domain.window import Window
from services.scoring.instrument_file import InstrumentFile

NAMES: dict[ReadingName, tuple[str, str]] = {
    "survey": ("Indeks survei", "The survey index"),
    "running": ("Indeks berjalan", "The running index"),
}


class Sentence(BaseModel):
    """The same in Indonesian and English."""

    id: str
    en: str


def change_sentence(name: ReadingName, window: Window, instrument: InstrumentFile) -> Sentence:
    """By how much the index moved, and through which variable most."""
    subject_id, subject_en = NAMES[name]
    change = window.change
    if change is None:
        return Sentence(id=f"{subject_id} belum ada.", en=f"{subject_en} does not exist yet.")
    if change == 0:
        return Sentence(id=f"{subject_id} tidak berubah.", en=f"{subject_en} did not change.")
    rounded = abs(nine_decimal(change)).quantize(Decimal("0.001"))
    number_en, number_id = f"{rounded}", f"{rounded}".replace(".", ",")
    verb_id, verb_en = ("naik", "rose") if change > 0 else ("turun", "fell")
    shares: dict[str, int] = {}
    for (variable, _, _), share in window.parts.items():
        shares[variable] = shares.get(variable, 0) + share
    most = max(shares, key=lambda key: (abs(shares[key]), key))
    words = next(v.name for v in instrument.variables if v.key == most)
    return Sentence(
        id=f"{subject_id} {verb_id} {number_id}, terutama melalui {words.id}.",
        en=f"{subject_en} {verb_en} by {number_en}, mostly through {words.en}.",
    )
