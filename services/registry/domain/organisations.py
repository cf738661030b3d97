"""Organisations by name: two spellings of one name are one organisation."""

import re

KEY_MAX_LENGTH = 120  # some letters become two or three
_APART = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """What two spellings of a name have in common: ``DKUM, Kota Depok`` and ``dkum kota depok`` share theirs."""
    return _APART.sub(" ", name.casefold()).strip()[:KEY_MAX_LENGTH].strip()
