"""Refusals about organisations, referrals, forums and commitments."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from shared.runtime.wording import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "commitment_state": entry(
        409,
        "Komitmen ini berstatus {state}.",
        "Buka lagi komitmen yang sudah selesai lebih dulu; yang ditarik tidak dapat diubah.",
        "This commitment is {state}.",
        "Reopen one that is settled first; one that was withdrawn can't be changed.",
    ),
    "due_before_sent": entry(
        422,
        "Batas waktu ini sebelum tanggal langkahnya, {start}.",
        "Isi batas {start} atau sesudahnya.",
        "This date is before the step it follows, {start}.",
        "Give {start} or a later date.",
    ),
    "forum_has_commitments": entry(
        409,
        "Di forum ini sudah ada komitmen.",
        "Tarik komitmennya lebih dulu, atau perbaiki forumnya dengan mencatat pelaksanaannya lagi.",
        "Commitments were made in this forum.",
        "Withdraw them first, or correct the forum by recording it as held again.",
    ),
    "forum_state": entry(
        409,
        "Forum ini berstatus {state}.",
        "Catat pelaksanaan forum sebelum mencatat komitmennya; forum yang batal tidak dapat diubah.",
        "This forum is {state}.",
        "Record the forum as held before its commitments; one that was cancelled can't be changed.",
    ),
    "nothing_to_undo": entry(
        409,
        "Rujukan ini belum punya langkah sesudah dikirim.",
        "Jika rujukannya salah kirim, tutup dengan alasan sent_by_mistake.",
        "This referral has no step after its sending.",
        "If it was sent by mistake, close it with the reason sent_by_mistake.",
    ),
    "organisation_elsewhere": entry(
        422,
        "Instansi ini tercatat di wilayah {region}, bukan di wilayah ini.",
        "Pilih instansi di kab/kota yang sama, atau catat yang baru.",
        "This organisation is recorded in {region}, not here.",
        "Choose one of the same kab/kota, or record it there.",
    ),
    "organisation_inactive": entry(
        409,
        "Instansi ini sudah tidak aktif.",
        "Pilih instansi lain, atau aktifkan lagi.",
        "This organisation is not active any more.",
        "Choose another one, or make it active again.",
    ),
    "organisation_kind": entry(
        422,
        "Jenis instansi ini tidak dikenal.",
        "Pilih salah satu dari /v1/organisation-kinds, atau tambahkan di ties.yaml pada folder data.",
        "This kind of organisation is not known.",
        "Choose one of /v1/organisation-kinds, or add it in ties.yaml in the data folder.",
    ),
    "organisation_name_taken": entry(
        409,
        "Instansi dengan nama ini sudah tercatat di kab/kota ini.",
        "Pakai yang sudah ada, atau bedakan namanya.",
        "An organisation of this name is recorded in this kab/kota.",
        "Use the existing one, or give another name.",
    ),
    "organisation_not_named": entry(
        422,
        "Instansi tujuan belum disebut.",
        "Isi organisation_id, atau nama instansi di to_organisation.",
        "The receiving organisation is not named.",
        "Give organisation_id, or the organisation's name in to_organisation.",
    ),
    "organisation_repeated": entry(
        422,
        "Sebuah instansi disebut lebih dari sekali.",
        "Sebut setiap instansi satu kali saja.",
        "An organisation is named more than once.",
        "Name every organisation once.",
    ),
    "planned_too_far": entry(
        422,
        "Tanggal ini lebih dari {days} hari ke depan.",
        "Periksa tahunnya.",
        "This date is more than {days} days ahead.",
        "Check the year.",
    ),
    "referral_reason_missing": entry(
        422,
        "Alasan belum diisi.",
        "Pilih salah satu: {known}.",
        "The reason is missing.",
        "Choose one of: {known}.",
    ),
    "referral_reason_unknown": entry(
        422,
        "Alasan ini tidak dikenal untuk langkah ini.",
        "Pilih salah satu: {known}.",
        "This reason is not known for this step.",
        "Choose one of: {known}.",
    ),
    "reason_wanted": entry(
        422,
        "Komitmen yang tidak ditepati perlu alasan.",
        "Tulis alasannya dengan singkat, tanpa data pribadi.",
        "A commitment that was not kept needs a reason.",
        "Say why in a few words, without personal data.",
    ),
    "referral_over": entry(
        409,
        "Rujukan ini berstatus {state}; jawaban yang masih mungkin: {open}.",
        "Pilih salah satu jawaban itu.",
        "This referral is {state}; answers still possible: {open}.",
        "Choose one of those.",
    ),
    "unknown_forum": entry(
        422,
        "Forum ini tidak ditemukan.",
        "Periksa nomornya di daftar forum.",
        "There is no such forum.",
        "Look it up in the list of forums.",
    ),
    "unknown_organisation": entry(
        422,
        "Instansi ini tidak ditemukan di kab/kota ini.",
        "Periksa nomornya di daftar instansi.",
        "There is no such organisation in this kab/kota.",
        "Look it up in the list of organisations.",
    ),
}
