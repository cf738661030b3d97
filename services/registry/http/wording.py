"""What a refusal says: Indonesian first, English as the second language. Each entry gives the detail and the remedy.

``{name}`` is filled from the refusal's values, which are never personal.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.registry.domain.refusal import Code


class Wording(NamedTuple):
    """One refusal in one language."""

    detail: str
    remedy: str


class Entry(NamedTuple):
    """One refusal: its HTTP status and both wordings."""

    status: int
    id: Wording
    en: Wording


TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak terbaca", "Unreadable request"),
    404: ("Tidak ditemukan", "Not found"),
    409: ("Bertentangan dengan data yang ada", "Conflict with what is recorded"),
    412: ("Data sudah berubah", "The record has changed"),
    422: ("Isian belum benar", "Invalid input"),
    428: ("Versi belum disebut", "Version missing"),
}


def _entry(status: int, detail_id: str, remedy_id: str, detail_en: str, remedy_en: str) -> Entry:
    return Entry(status, Wording(detail_id, remedy_id), Wording(detail_en, remedy_en))


WORDINGS: Mapping[Code, Entry] = {
    "age_missing": _entry(
        422,
        "Kelompok umur belum diisi.",
        "Isi age_band, atau birth_date.",
        "The age band is missing.",
        "Give age_band, or birth_date.",
    ),
    "age_twice": _entry(
        422,
        "Kelompok umur dan tanggal lahir diisi keduanya.",
        "Isi salah satu saja.",
        "Both the age band and the birth date were given.",
        "Give one of them.",
    ),
    "address_unreadable": _entry(
        400,
        "Alamat ini memuat karakter kendali.",
        "Kirim alamatnya tanpa karakter itu.",
        "This address holds a control character.",
        "Send it without that character.",
    ),
    "already_enrolled": _entry(
        409,
        "Peserta ini sudah mendapat tempat di program ini.",
        "Pakai pendaftaran yang sudah ada.",
        "This participant already has a place in this programme.",
        "Use the enrolment that exists.",
    ),
    "already_recorded": _entry(
        409,
        "Data dengan tanda pengenal ini sudah tercatat.",
        "Ubah data yang sudah ada, atau periksa tanda pengenalnya.",
        "A record with this identifier exists.",
        "Change the existing record, or check the identifier.",
    ),
    "already_visited": _entry(
        409,
        "Kunjungan ini sudah dicatat.",
        "Catat kunjungan berikutnya.",
        "This visit is already recorded.",
        "Record the next visit instead.",
    ),
    "before_start": _entry(
        422,
        "Tanggal ini sebelum awalnya, {start}.",
        "Isi tanggal {start} atau sesudahnya.",
        "This date is before its beginning, {start}.",
        "Give {start} or a later date.",
    ),
    "birth_in_future": _entry(
        422,
        "Tanggal lahir sesudah tanggal pendaftaran.",
        "Periksa tahun lahirnya.",
        "The birth date is after the day of registration.",
        "Check the year of birth.",
    ),
    "body_differs": _entry(
        422,
        "Idempotency-Key ini sudah dipakai untuk isi yang lain.",
        "Pakai kunci baru untuk setiap isian baru.",
        "This Idempotency-Key was used with another body.",
        "Use a new key for every new entry.",
    ),
    "cursor_unreadable": _entry(
        422,
        "Penanda halaman tidak terbaca.",
        "Kirim next_cursor dari halaman sebelumnya, tanpa diubah.",
        "The cursor can't be read.",
        "Send next_cursor of the page before, unchanged.",
    ),
    "date_in_future": _entry(
        422,
        "Tanggal ini belum tiba; di kantor hari ini {today}.",
        "Isi tanggal {today} atau sebelumnya.",
        "This date is in the future; at the office it is {today}.",
        "Give {today} or an earlier date.",
    ),
    "date_too_early": _entry(
        422,
        "Tanggal ini sebelum {earliest}.",
        "Periksa tahunnya.",
        "This date is before {earliest}.",
        "Check the year.",
    ),
    "due_before_sent": _entry(
        422,
        "Batas jawaban sebelum tanggal rujukan, {start}.",
        "Isi batas {start} atau sesudahnya.",
        "The answer is due before the referral is sent, {start}.",
        "Give {start} or a later date.",
    ),
    "enrolment_over": _entry(
        409,
        "Pendaftaran ini sudah berakhir ({state}).",
        "Buat pendaftaran baru bila peserta ikut lagi.",
        "This enrolment is over ({state}).",
        "Enrol the participant again to go on.",
    ),
    "families_above_attended": _entry(
        422,
        "Jumlah keluarga melebihi jumlah hadir.",
        "Hitung keluarga di antara yang hadir.",
        "More families than people attended.",
        "Count families among those who attended.",
    ),
    "if_match_missing": _entry(
        428,
        "Perubahan ini memerlukan versi data yang Anda baca.",
        "Baca datanya, lalu kirim ETag-nya sebagai If-Match.",
        "This change needs the version you have read.",
        "Read the record and send its ETag as If-Match.",
    ),
    "index_missing": _entry(
        409,
        "Publikasi ini tidak memuat angka indeks.",
        "Pilih publikasi yang memuat angkanya.",
        "This publication prints no index.",
        "Choose a publication that prints one.",
    ),
    "index_off_scale": _entry(
        422,
        "Angka ini di luar skala {edition}: {least} sampai {most}.",
        "Periksa edisi dan angkanya.",
        "This number is off the scale of {edition}, {least} to {most}.",
        "Check the edition and the number.",
    ),
    "item_name": _entry(
        422,
        "Nama butir hanya boleh huruf kecil, angka, titik, garis bawah, dan tanda hubung.",
        "Pakai nama butir dari instrumennya.",
        "Item names hold small letters, digits, dots, underscores and hyphens only.",
        "Use the item names of the instrument.",
    ),
    "key_unreadable": _entry(
        400,
        "Idempotency-Key harus 1 sampai 128 karakter ASCII tanpa spasi.",
        "Kirim misalnya sebuah UUID.",
        "Idempotency-Key must be 1 to 128 ASCII characters without spaces.",
        "Send a UUID, for instance.",
    ),
    "nik_shape": _entry(
        422,
        "NIK harus {digits} angka.",
        "Salin NIK dari KTP tanpa spasi atau tanda baca.",
        "A NIK has {digits} digits.",
        "Copy it from the identity card without spaces or signs.",
    ),
    "nik_taken": _entry(
        409,
        "NIK ini sudah terdaftar di kantor ini.",
        "Cari peserta yang sudah terdaftar, atau periksa angkanya.",
        "This NIK is already registered at this office.",
        "Use the existing registration, or check the digits.",
    ),
    "nothing_to_change": _entry(
        422,
        "Tidak ada yang diubah.",
        "Isi sedikitnya satu bidang.",
        "Nothing to change was given.",
        "Give at least one field.",
    ),
    "nothing_published": _entry(
        422,
        "Publikasi tanpa angka dan tanpa kategori.",
        "Isi indeks, kategori, atau variabelnya.",
        "A publication without a figure or a category.",
        "Give the index, the category or a variable.",
    ),
    "personal_text": _entry(
        422,
        "Teks ini tampak memuat nomor telepon, NIK, atau alamat surel; teks ini dibaca orang lain.",
        "Tulis tanpa data pribadi.",
        "This text seems to hold a phone number, a NIK or a mail address, and others will read it.",
        "Write it without personal data.",
    ),
    "quota_full": _entry(
        409,
        "Semua {quota} tempat di program ini sudah terisi.",
        "Pilih program lain, atau tunggu tempat yang dilepas.",
        "All {quota} places of this programme are taken.",
        "Choose another programme, or wait for a place to be freed.",
    ),
    "referral_over": _entry(
        409,
        "Rujukan ini berstatus {state}; jawaban yang masih mungkin: {open}.",
        "Pilih salah satu jawaban itu.",
        "This referral is {state}; answers still possible: {open}.",
        "Choose one of those.",
    ),
    "region_outside": _entry(
        422,
        "Kabupaten/kota ini bukan wilayah kantor ini.",
        "Pakai salah satu kode ini: {served}.",
        "This kab/kota is not served by this office.",
        "Use one of these codes: {served}.",
    ),
    "stale": _entry(
        412,
        "Data ini sudah diubah orang lain; versinya sekarang {version}.",
        "Baca ulang datanya, lalu ulangi perubahan Anda.",
        "Somebody changed this record; its version is now {version}.",
        "Read it again and repeat your change.",
    ),
    "unknown_enrolment": _entry(
        422,
        "Pendaftaran ini tidak ada pada peserta ini.",
        "Pakai id dari /v1/enrolments.",
        "This participant has no such enrolment.",
        "Use an id from /v1/enrolments.",
    ),
    "unknown_participant": _entry(
        422,
        "Peserta ini tidak terdaftar di kantor ini.",
        "Pakai id dari /v1/participants.",
        "This participant is not registered at this office.",
        "Use an id from /v1/participants.",
    ),
    "unknown_programme": _entry(
        422,
        "Program ini tidak ada.",
        "Pakai id dari /v1/programmes.",
        "There is no such programme.",
        "Use an id from /v1/programmes.",
    ),
    "unknown_record": _entry(
        404,
        "Data ini tidak ada.",
        "Periksa id-nya.",
        "There is no such record.",
        "Check the id.",
    ),
    "unknown_region": _entry(
        422,
        "Kode wilayah ini tidak ada.",
        "Cari kodenya lewat /v1/regions.",
        "There is no region with this code.",
        "Look the code up at /v1/regions.",
    ),
    "unknown_village": _entry(
        422,
        "Kode desa atau kelurahan ini tidak ada.",
        "Cari kodenya lewat /v1/regions?level=village.",
        "There is no village with this code.",
        "Look the code up at /v1/regions?level=village.",
    ),
    "village_not_in_programme": _entry(
        422,
        "Program ini tidak dibuat untuk desa atau kelurahan ini.",
        "Pilih salah satu desa atau kelurahan program ini.",
        "This programme was not set up for this village.",
        "Choose one of the programme's villages.",
    ),
    "village_outside": _entry(
        422,
        "Desa atau kelurahan ini di luar wilayah kantor ini.",
        "Pilih yang ada di {served}.",
        "This village lies outside what this office serves.",
        "Choose one in {served}.",
    ),
    "villages_in_two_cities": _entry(
        422,
        "Desa dan kelurahan ini ada di lebih dari satu kabupaten/kota.",
        "Buat satu program untuk setiap kabupaten/kota.",
        "These villages lie in more than one kab/kota.",
        "Create one programme for each kab/kota.",
    ),
    "visit_cancelled": _entry(
        409,
        "Kunjungan ini dibatalkan karena usahanya sudah tutup.",
        "Kunjungan ini tidak perlu lagi; catat usaha baru bila peserta memulai lagi.",
        "This visit was cancelled, as the business has closed.",
        "It is no longer needed; record a new business if the participant starts again.",
    ),
    "year_in_future": _entry(
        422,
        "Tahun ini belum tiba.",
        "Isi {year} atau sebelumnya.",
        "This year is in the future.",
        "Give {year} or an earlier year.",
    ),
}
