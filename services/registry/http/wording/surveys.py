"""Refusals about surveys."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "item_name": entry(
        422,
        "Nama butir hanya boleh huruf kecil, angka, titik, garis bawah, dan tanda hubung.",
        "Pakai nama butir dari instrumennya.",
        "Item names hold small letters, digits, dots, underscores and hyphens only.",
        "Use the item names of the instrument.",
    ),
}
