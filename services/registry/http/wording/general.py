"""Refusals about any record."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from shared.runtime.wording import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "address_unreadable": entry(
        400,
        "Alamat ini memuat karakter kendali.",
        "Kirim alamatnya tanpa karakter itu.",
        "This address holds a control character.",
        "Send it without that character.",
    ),
    "already_recorded": entry(
        409,
        "Data dengan tanda pengenal ini sudah tercatat.",
        "Ubah data yang sudah ada, atau periksa tanda pengenalnya.",
        "A record with this identifier exists.",
        "Change the existing record, or check the identifier.",
    ),
    "before_start": entry(
        422,
        "Tanggal ini sebelum awalnya, {start}.",
        "Isi tanggal {start} atau sesudahnya.",
        "This date is before its beginning, {start}.",
        "Give {start} or a later date.",
    ),
    "body_differs": entry(
        422,
        "Idempotency-Key ini sudah dipakai untuk isi yang lain.",
        "Pakai kunci baru untuk setiap isian baru.",
        "This Idempotency-Key was used with another body.",
        "Use a new key for every new entry.",
    ),
    "cursor_unreadable": entry(
        422,
        "Penanda halaman tidak terbaca.",
        "Kirim next_cursor dari halaman sebelumnya, tanpa diubah.",
        "The cursor can't be read.",
        "Send next_cursor of the page before, unchanged.",
    ),
    "date_in_future": entry(
        422,
        "Tanggal ini belum tiba; di kantor hari ini {today}.",
        "Isi tanggal {today} atau sebelumnya.",
        "This date is in the future; at the office it is {today}.",
        "Give {today} or an earlier date.",
    ),
    "date_too_early": entry(
        422,
        "Tanggal ini sebelum {earliest}.",
        "Periksa tahunnya.",
        "This date is before {earliest}.",
        "Check the year.",
    ),
    "history_kind": entry(
        404,
        "Catatan jenis ini tidak punya riwayat di sini.",
        "Pakai salah satu: {possible}.",
        "Records of this kind have no history here.",
        "Use one of: {possible}.",
    ),
    "if_match_missing": entry(
        428,
        "Perubahan ini memerlukan versi data yang Anda baca.",
        "Baca datanya, lalu kirim ETag-nya sebagai If-Match.",
        "This change needs the version you have read.",
        "Read the record and send its ETag as If-Match.",
    ),
    "key_unreadable": entry(
        400,
        "Idempotency-Key harus 1 sampai 128 karakter ASCII tanpa spasi.",
        "Kirim misalnya sebuah UUID.",
        "Idempotency-Key must be 1 to 128 ASCII characters without spaces.",
        "Send a UUID, for instance.",
    ),
    "nothing_to_change": entry(
        422,
        "Tidak ada yang diubah.",
        "Isi sedikitnya satu bidang.",
        "Nothing to change was given.",
        "Give at least one field.",
    ),
    "personal_text": entry(
        422,
        "Teks ini tampak memuat nomor telepon, NIK, atau alamat surel; teks ini dibaca orang lain.",
        "Tulis tanpa data pribadi.",
        "This text seems to hold a phone number, a NIK or a mail address, and others will read it.",
        "Write it without personal data.",
    ),
    "stale": entry(
        412,
        "Data ini sudah diubah orang lain; versinya sekarang {version}.",
        "Baca ulang datanya, lalu ulangi perubahan Anda.",
        "Somebody changed this record; its version is now {version}.",
        "Read it again and repeat your change.",
    ),
    "unknown_record": entry(
        404,
        "Data ini tidak ada.",
        "Periksa id-nya.",
        "There is no such record.",
        "Check the id.",
    ),
    "year_in_future": entry(
        422,
        "Tahun ini belum tiba.",
        "Isi {year} atau sebelumnya.",
        "This year is in the future.",
        "Give {year} or an earlier year.",
    ),
}
