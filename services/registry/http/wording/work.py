"""Refusals about programmes, enrolments, businesses and visits."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "already_enrolled": entry(
        409,
        "Peserta ini sudah mendapat tempat di program ini.",
        "Pakai pendaftaran yang sudah ada.",
        "This participant already has a place in this programme.",
        "Use the enrolment that exists.",
    ),
    "already_visited": entry(
        409,
        "Kunjungan ini sudah dicatat.",
        "Catat kunjungan berikutnya.",
        "This visit is already recorded.",
        "Record the next visit instead.",
    ),
    "enrolment_over": entry(
        409,
        "Pendaftaran ini sudah berakhir ({state}).",
        "Buat pendaftaran baru bila peserta ikut lagi.",
        "This enrolment is over ({state}).",
        "Enrol the participant again to go on.",
    ),
    "families_above_attended": entry(
        422,
        "Jumlah keluarga melebihi jumlah hadir.",
        "Hitung keluarga di antara yang hadir.",
        "More families than people attended.",
        "Count families among those who attended.",
    ),
    "quota_full": entry(
        409,
        "Semua {quota} tempat di program ini sudah terisi.",
        "Pilih program lain, atau tunggu tempat yang dilepas.",
        "All {quota} places of this programme are taken.",
        "Choose another programme, or wait for a place to be freed.",
    ),
    "unknown_enrolment": entry(
        422,
        "Pendaftaran ini tidak ada pada peserta ini.",
        "Pakai id dari /v1/enrolments.",
        "This participant has no such enrolment.",
        "Use an id from /v1/enrolments.",
    ),
    "unknown_programme": entry(
        422,
        "Program ini tidak ada.",
        "Pakai id dari /v1/programmes.",
        "There is no such programme.",
        "Use an id from /v1/programmes.",
    ),
    "village_not_in_programme": entry(
        422,
        "Program ini tidak dibuat untuk desa atau kelurahan ini.",
        "Pilih salah satu desa atau kelurahan program ini.",
        "This programme was not set up for this village.",
        "Choose one of the programme's villages.",
    ),
    "villages_in_two_cities": entry(
        422,
        "Desa dan kelurahan ini ada di lebih dari satu kabupaten/kota.",
        "Buat satu program untuk setiap kabupaten/kota.",
        "These villages lie in more than one kab/kota.",
        "Create one programme for each kab/kota.",
    ),
    "visit_cancelled": entry(
        409,
        "Kunjungan ini dibatalkan karena usahanya sudah tutup.",
        "Kunjungan ini tidak perlu lagi; catat usaha baru bila peserta memulai lagi.",
        "This visit was cancelled, as the business has closed.",
        "It is no longer needed; record a new business if the participant starts again.",
    ),
}
