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
    "unknown_participant": entry(
        422,
        "Peserta ini tidak terdaftar di kantor ini.",
        "Pakai id dari /v1/participants.",
        "This participant is not registered at this office.",
        "Use an id from /v1/participants.",
    ),
}
