"""Refusals about published indices."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from shared.runtime.wording import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "index_missing": entry(
        409,
        "Publikasi ini tidak memuat angka indeks.",
        "Pilih publikasi yang memuat angkanya.",
        "This publication prints no index.",
        "Choose a publication that prints one.",
    ),
    "index_off_scale": entry(
        422,
        "Angka ini di luar skala {edition}: {least} sampai {most}.",
        "Periksa edisi dan angkanya.",
        "This number is off the scale of {edition}, {least} to {most}.",
        "Check the edition and the number.",
    ),
    "nothing_published": entry(
        422,
        "Publikasi tanpa angka dan tanpa kategori.",
        "Isi indeks, kategori, atau variabelnya.",
        "A publication without a figure or a category.",
        "Give the index, the category or a variable.",
    ),
}
