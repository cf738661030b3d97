"""Refusals about regions and villages."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "region_outside": entry(
        422,
        "Kabupaten/kota ini bukan wilayah kantor ini.",
        "Pakai salah satu kode ini: {served}.",
        "This kab/kota is not served by this office.",
        "Use one of these codes: {served}.",
    ),
    "unknown_region": entry(
        422,
        "Kode wilayah ini tidak ada.",
        "Cari kodenya lewat /v1/regions.",
        "There is no region with this code.",
        "Look the code up at /v1/regions.",
    ),
    "unknown_village": entry(
        422,
        "Kode desa atau kelurahan ini tidak ada.",
        "Cari kodenya lewat /v1/regions?level=village.",
        "There is no village with this code.",
        "Look the code up at /v1/regions?level=village.",
    ),
    "village_outside": entry(
        422,
        "Desa atau kelurahan ini di luar wilayah kantor ini.",
        "Pilih yang ada di {served}.",
        "This village lies outside what this office serves.",
        "Choose one in {served}.",
    ),
}
