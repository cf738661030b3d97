"""Refusals about people and their data."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from services.registry.http.wording.entry import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "age_missing": entry(
        422,
        "Kelompok umur belum diisi.",
        "Isi age_band, atau birth_date.",
        "The age band is missing.",
        "Give age_band, or birth_date.",
    ),
    "age_twice": entry(
        422,
        "Kelompok umur dan tanggal lahir diisi keduanya.",
        "Isi salah satu saja.",
        "Both the age band and the birth date were given.",
        "Give one of them.",
    ),
    "birth_in_future": entry(
        422,
        "Tanggal lahir sesudah tanggal pendaftaran.",
        "Periksa tahun lahirnya.",
        "The birth date is after the day of registration.",
        "Check the year of birth.",
    ),
    "consent_given": entry(
        409,
        "Persetujuan untuk tujuan ini sudah tercatat dan masih berlaku.",
        "Cabut dulu yang lama bila isinya berubah.",
        "A consent for this purpose is recorded and stands.",
        "Withdraw it first if its text has changed.",
    ),
    "consent_missing": entry(
        409,
        "Peserta ini belum memberi persetujuan untuk tujuan ini.",
        "Minta persetujuannya, lalu catat di /v1/participants/{{id}}/consents.",
        "This participant has not consented to this purpose.",
        "Ask for consent and record it at /v1/participants/{{id}}/consents.",
    ),
    "consent_over": entry(
        409,
        "Persetujuan ini sudah dicabut.",
        "Catat persetujuan baru bila pesertanya setuju lagi.",
        "This consent was withdrawn.",
        "Record a new one if the participant agrees again.",
    ),
    "consent_text": entry(
        422,
        "Versi teks persetujuan ini tidak dikenal.",
        "Pakai salah satu: {known}.",
        "This version of the consent text is unknown.",
        "Use one of: {known}.",
    ),
    "consent_withdrawn": entry(
        409,
        "Peserta ini mencabut persetujuannya untuk tujuan ini; datanya tidak boleh diproses lagi.",
        "Hentikan kegiatannya, atau catat persetujuan baru bila pesertanya setuju lagi.",
        "This participant withdrew consent for this purpose; the data may not be processed any more.",
        "Stop the work, or record a new consent if the participant agrees again.",
    ),
    "move_nowhere": entry(
        422,
        "Peserta ini sudah tercatat di desa atau kelurahan itu.",
        "Isi kode tempat tinggalnya yang baru.",
        "The participant is already recorded in this village.",
        "Give the code of the new village.",
    ),
    "nik_shape": entry(
        422,
        "NIK harus {digits} angka.",
        "Salin NIK dari KTP tanpa spasi atau tanda baca.",
        "A NIK has {digits} digits.",
        "Copy it from the identity card without spaces or signs.",
    ),
    "nik_taken": entry(
        409,
        "NIK ini sudah terdaftar di kantor ini.",
        "Cari peserta yang sudah terdaftar, atau periksa angkanya.",
        "This NIK is already registered at this office.",
        "Use the existing registration, or check the digits.",
    ),
    "participant_erased": entry(
        409,
        "Data pribadi peserta ini sudah dihapus atas permintaannya.",
        "Daftarkan sebagai peserta baru bila ia datang lagi.",
        "This participant's personal data was erased on request.",
        "Register a new participant if the person comes back.",
    ),
    "participant_left": entry(
        409,
        "Peserta ini sudah keluar.",
        "Ubah dulu statusnya menjadi active bila ia kembali.",
        "This participant has left.",
        "Set the state to active first if the person came back.",
    ),
    "participant_merged": entry(
        409,
        "Pendaftaran ini sudah digabung ke {id}.",
        "Kerjakan di {id}, atau batalkan penggabungannya dulu.",
        "This registration was merged into {id}.",
        "Work on {id}, or undo the merge first.",
    ),
    "participant_moved": entry(
        409,
        "Peserta ini sudah pindah ke luar wilayah kantor.",
        "Ubah dulu statusnya menjadi active bila ia kembali.",
        "This participant has moved out of the office's area.",
        "Set the state to active first if the person came back.",
    ),
    "participant_state": entry(
        409,
        "Status peserta sekarang {state}; dari sana hanya bisa ke: {open}.",
        "Pilih salah satu dari itu.",
        "The participant's state is {state}; it can only become: {open}.",
        "Choose one of these.",
    ),
    "processing_remains": entry(
        409,
        "Masih ada {count} kegiatan yang berjalan untuk tujuan ini.",
        "Akhiri dulu pendaftaran, rujukan, atau kunjungannya.",
        "{count} activities for this purpose are still open.",
        "End the enrolments, referrals or visits first.",
    ),
    "search_empty": entry(
        422,
        "Belum ada yang dicari.",
        "Isi name, nik, atau phone.",
        "There is nothing to search for.",
        "Give name, nik or phone.",
    ),
    "unknown_participant": entry(
        422,
        "Peserta ini tidak terdaftar di kantor ini.",
        "Pakai id dari /v1/participants.",
        "This participant is not registered at this office.",
        "Use an id from /v1/participants.",
    ),
    "unknown_purpose": entry(
        422,
        "Tujuan ini tidak ada dalam daftar tujuan persetujuan.",
        "Pakai salah satu: {known}.",
        "This purpose is not in the list of consent purposes.",
        "Use one of: {known}.",
    ),
}
