"""What a refusal says: Indonesian first, English as the second language. Each entry gives the detail and the remedy.

``{name}`` is filled from the refusal's values, which are codes, keys, numbers and moments.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.scoring.domain.evidence import Misfit, MisfitError
from shared.runtime.wording import Entry, entry

Code = Literal[
    "action_unknown",
    "band_unknown",
    "counter_unknown",
    "edition_edited",
    "edition_overlaps",
    "event_elsewhen",
    "event_field_wrong",
    "event_misfit",
    "event_unknown",
    "event_without_effect",
    "evidence_missing",
    "file_unusable",
    "instrument_key_unknown",
    "instrument_unknown",
    "levels_differ",
    "mean_off_scale",
    "outside_scope",
    "reading_missing",
    "region_empty",
    "replay_running",
    "table_of_now",
    "table_of_wide_area",
    "target_finer_than_scale",
    "target_off_scale",
    "target_stale",
    "target_unknown",
    "then_unknown",
    "variable_unknown",
    "village_unknown",
    "weights_impossible",
    "year_answered",
    "year_empty",
]


class Said(NamedTuple):
    """A part of a refusal that is a sentence itself, in both languages."""

    id: str
    en: str


_ONE_OF_ID, _ONE_OF_EN = "Pilih salah satu: {known}.", "One of: {known}."


WORDINGS: Mapping[Code, Entry] = {
    "action_unknown": entry(
        422, "Tidak ada tindakan dengan nama itu.", _ONE_OF_ID, "There is no such action.", _ONE_OF_EN
    ),
    "band_unknown": entry(422, "Tidak ada kategori dengan nama itu.", _ONE_OF_ID, "There is no such band.", _ONE_OF_EN),
    "counter_unknown": entry(
        422, "Tidak ada pencacah dengan nama itu.", _ONE_OF_ID, "There is no such counter.", _ONE_OF_EN
    ),
    "edition_edited": entry(
        409,
        "{key} sudah berlaku dengan isi yang lain, dan yang sudah berlaku tidak pernah diubah.",
        "Beri edisi baru kunci dan masa berlaku sendiri.",
        "{key} is in force with another content, and what is in force is never edited.",
        "Give the new edition a key and a period of its own.",
    ),
    "edition_overlaps": entry(
        409,
        "{key} tidak dapat berlaku di samping edisi yang lain: {said}",
        "Ubah masa berlakunya. {remedy}",
        "{key}: {said}",
        "{remedy}",
    ),
    "event_elsewhen": entry(
        422,
        "Peristiwa ini akan terhitung pada {counts_in}.",
        "Beri tanggal pada {year}.",
        "It would count in {counts_in}.",
        "Date it in {year}.",
    ),
    "event_field_wrong": entry(
        422, "Isian ini belum benar. {said}", "Perbaiki isian ini.", "{said}", "Correct this field."
    ),
    "event_misfit": entry(
        422,
        "Jawaban ini tidak cocok dengan {instrument}: {said}.",
        "Gunakan instrumen tahun itu.",
        "These answers don't fit {instrument}: {said}.",
        "Use the instrument of the year.",
    ),
    "event_unknown": entry(
        422, "Tidak ada peristiwa terhitung dengan nama itu.", _ONE_OF_ID, "No such event counts.", _ONE_OF_EN
    ),
    "event_without_effect": entry(
        422,
        "Peristiwa ini tidak menggerakkan indeks.",
        "Hapus dari daftar.",
        "This event moves no index.",
        "Leave it out.",
    ),
    "evidence_missing": entry(
        422,
        "Ada variabel indeks berjalan yang belum punya bukti sama sekali.",
        "Catat buktinya lebih dahulu.",
        "The running index has a variable without any evidence.",
        "Record some first.",
    ),
    "file_unusable": entry(
        422,
        "Berkas ini melanggar aturan instrumen.",
        "Perbaiki tiap baris yang disebut, lalu kirim lagi.",
        "The file breaks rules of instruments.",
        "Mend every line that is named, and send it again.",
    ),
    "instrument_key_unknown": entry(
        422,
        "{instrument} tidak memuat kunci itu.",
        "Lihat kuncinya di GET /v1/instruments/{instrument}.",
        "{instrument} has no such key.",
        "Look it up in GET /v1/instruments/{instrument}.",
    ),
    "instrument_unknown": entry(
        404, "Tidak ada instrumen dengan kunci itu.", _ONE_OF_ID, "There is no such instrument.", _ONE_OF_EN
    ),
    "levels_differ": entry(
        422,
        "Edisi {before} dan edisi {after} mengukur hal yang berbeda.",
        "Bandingkan dua edisi kab/kota (kabkota), atau dua edisi desa (village).",
        "An edition of {before} and one of {after} measure different things.",
        "Compare two editions for kab/kota (kabkota), or two for villages (village).",
    ),
    "mean_off_scale": entry(
        422,
        "Rata-rata ini di luar skala.",
        "Beri angka {lowest} sampai {highest}.",
        "The mean is outside the scale.",
        "Give {lowest} to {highest}.",
    ),
    "outside_scope": entry(
        403,
        "{region} di luar wilayah peran Anda.",
        "Mintalah kepada kantor yang melayani wilayah ini.",
        "{region} is outside the area your role is for.",
        "Ask an office that serves this area.",
    ),
    "reading_missing": entry(
        404,
        "Indeks ini belum ada untuk tahun itu: {reading}.",
        "Pilih pembacaan yang lain, atau tunggu sampai setiap kelompok responden menjawab.",
        "There is no {reading} index of this year yet.",
        "Ask for the other reading, or wait until every respondent group has answered.",
    ),
    "region_empty": entry(
        404,
        "Belum ada yang dicatat untuk {region}.",
        "Periksa kodenya; sebuah kota muncul dengan catatan pertamanya di registry.",
        "Nothing has been recorded for {region}.",
        "Check the code; a city appears with the first entry in the registry.",
    ),
    "replay_running": entry(
        409,
        "Layanan ini sedang memutar ulang.",
        "Ikuti di GET /v1/replays dan mulai lagi setelah selesai.",
        "This service is replaying already.",
        "Watch it at GET /v1/replays and start again when it has ended.",
    ),
    "table_of_now": entry(
        422,
        "Tabel {table} hanya ada seperti keadaannya sekarang.",
        "Hilangkan as_of.",
        "The table {table} is only there as it stands now.",
        "Leave out as_of.",
    ),
    "table_of_wide_area": entry(
        422,
        "Rekapitulasi adalah tentang provinsi atau nasional, bukan {area}.",
        "Pilih provinsi, misalnya 32, atau ID.",
        "A roll-up is of a province or the nation, not of {area}.",
        "Ask for a province, like 32, or ID.",
    ),
    "target_finer_than_scale": entry(
        422,
        "Target {edition} terletak antara {lowest} dan {highest}, paling banyak {places} angka di belakang koma.",
        "Perbaiki nilainya, atau kirim null untuk menarik target.",
        "A target of {edition} lies from {lowest} to {highest}, with at most {places} places.",
        "Correct the value, or send null to take the target back.",
    ),
    "target_off_scale": entry(
        422,
        "Target ini di luar skala.",
        "Beri angka {lowest} sampai {highest}.",
        "The target is outside the scale.",
        "Give {lowest} to {highest}.",
    ),
    "target_stale": entry(
        412,
        "Target ini sekarang pada versi {version}.",
        "Baca lagi dan putuskan kembali.",
        "The target is at version {version} now.",
        "Read it again and decide anew.",
    ),
    "target_unknown": entry(
        422,
        "Belum ada target untuk {year}.",
        "Sebut sebuah target atau kategori.",
        "No target is known for {year}.",
        "Name a target or a band.",
    ),
    "then_unknown": entry(
        404,
        "Pada {at} belum ada yang dicatat.",
        "Tanyakan saat yang lebih kemudian.",
        "At {at} nothing had been recorded yet.",
        "Ask for a later moment.",
    ),
    "variable_unknown": entry(
        404, "{instrument} tidak memuat variabel itu.", _ONE_OF_ID, "{instrument} has no such variable.", _ONE_OF_EN
    ),
    "village_unknown": entry(
        404,
        "Belum ada jawaban maupun status tentang {village}, atau bukan wewenang Anda untuk melihatnya.",
        "Periksa kodenya; sebuah desa muncul dengan jawaban atau status pertamanya.",
        "Neither answers nor a status are known of {village}, or it isn't yours to see.",
        "Check the code; a village appears with its first answer or status.",
    ),
    "weights_impossible": entry(
        422,
        "Tidak ada bobot dalam batas ini yang berjumlah 1.",
        "Untuk {count} variabel, batas bawah paling tinggi 1/{count} dan batas atas paling rendah 1/{count}.",
        "No weights within these bounds sum to 1.",
        "For {count} variables lowest can be at most 1/{count}, and highest at least that.",
    ),
    "year_answered": entry(
        409,
        "{key} akan berlaku pada tahun yang kuesioner lainnya sudah dijawab: {years}.",
        "Biarkan edisi ini mulai pada tahun yang lebih kemudian.",
        "{key} would be in force where another questionnaire has been answered: {years}.",
        "Let it begin in a later year.",
    ),
    "year_empty": entry(
        404,
        "Belum ada yang dicatat untuk {region} pada {year}.",
        "Tahun yang ada catatannya: {years}.",
        "Nothing has been recorded for {region} in {year}.",
        "Years with entries: {years}.",
    ),
}

MISFITS: Mapping[Misfit, str] = {
    "answer_outside": "jawaban {answer} pada {item} di luar pilihan jawaban {key}",
    "group_unknown": "kelompok responden {group} tidak ada dalam {key}",
    "instrument_other": "jawaban untuk {given} pada {year}, sedangkan tahun itu dinilai dengan {key}",
    "item_unknown": "butir {item} tidak ada dalam {key}",
    "without_answers": "kuesioner tanpa satu jawaban pun",
}
"""Why answers don't fit, in Indonesian; the error itself says it in English."""


def said_of(misfit: MisfitError) -> Said:
    """Why answers don't fit, for a refusal."""
    return Said(MISFITS[misfit.code].format(**misfit.values), str(misfit))
