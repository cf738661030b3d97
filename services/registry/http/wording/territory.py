"""Refusals about regions and villages."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from shared.runtime.wording import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "day_missing": entry(
        422,
        "Tanggalnya belum diisi; keadaan lembaga dicatat menurut tahun.",
        "Isi on dengan tanggal keadaan itu.",
        "The day is missing: what an institution does is kept year by year.",
        "Give on, the day of that state.",
    ),
    "document_link": entry(
        422,
        "Tautan dokumen harus alamat https yang lengkap.",
        "Salin alamatnya dari peramban, misalnya https://jdih.contoh.go.id/perda-1-2023.pdf, tanpa nama pengguna.",
        "A document's link must be a whole https address.",
        "Copy it from the browser, for instance https://jdih.example.go.id/perda-1-2023.pdf, without a user name.",
    ),
    "ended_already": entry(
        409,
        "Jabatan ini sudah berakhir pada {until}.",
        "Catat pejabat baru sebagai data baru.",
        "This post ended on {until}.",
        "Record a new holder as a new record.",
    ),
    "ends_before_start": entry(
        422,
        "Tanggal akhirnya sebelum awalnya, {start}.",
        "Isi tanggal {start} atau sesudahnya.",
        "It ends before it begins, on {start}.",
        "Give {start} or a later date.",
    ),
    "person_needed": entry(
        403,
        "Status sebuah wilayah hanya dibuka untuk umum oleh orang yang tercatat.",
        "Masuk dengan akun Anda sendiri, bukan dengan kunci simpul.",
        "A village's status is released to the public only by a person on record.",
        "Sign in with your own account instead of the node's key.",
    ),
    "pillar_taken": entry(
        409,
        "Desa atau kelurahan ini sudah mempunyai pejabat aktif untuk jabatan ini.",
        "Akhiri dulu masa jabatan yang tercatat, lalu catat penggantinya.",
        "This village has an active holder of this post.",
        "End the recorded term first, then record the successor.",
    ),
    "policy_missing": entry(
        422,
        "Nomor, tanggal atau dokumen kebijakan diisi, tetapi lembaga ini dicatat tanpa kebijakan.",
        "Isi has_policy dengan true, atau kosongkan data kebijakannya.",
        "A policy's number, date or document is given, but the institution is recorded without a policy.",
        "Set has_policy to true, or leave out what is said of the policy.",
    ),
    "potential_kind_taken": entry(
        409,
        "Jenis potensi ini sudah ada.",
        "Pakai jenis yang ada, atau pilih kode lain.",
        "This kind of potential exists.",
        "Use the existing kind, or choose another code.",
    ),
    "region_outside": entry(
        422,
        "Kabupaten/kota ini bukan wilayah kantor ini.",
        "Pakai salah satu kode ini: {served}.",
        "This kab/kota is not served by this office.",
        "Use one of these codes: {served}.",
    ),
    "terms_overlap": entry(
        422,
        "Masa ini bertumpang tindih dengan masa yang sudah tercatat ({after}).",
        "Isi tanggal sesudahnya, atau betulkan masa yang tercatat lewat PATCH.",
        "This overlaps a term that is recorded already ({after}).",
        "Give a later date, or mend the recorded term by PATCH.",
    ),
    "unknown_potential_kind": entry(
        422,
        "Jenis potensi ini belum ada.",
        "Lihat /v1/potential-kinds, atau tambahkan jenisnya di sana.",
        "There is no such kind of potential.",
        "See /v1/potential-kinds, or add the kind there.",
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
    "until_without_since": entry(
        422,
        "Ada tanggal akhir tanpa tanggal mulai.",
        "Isi juga tanggal mulainya.",
        "There is an end without a beginning.",
        "Give the first day too.",
    ),
    "village_outside": entry(
        422,
        "Desa atau kelurahan ini di luar wilayah kantor ini.",
        "Pilih yang ada di {served}.",
        "This village lies outside what this office serves.",
        "Choose one in {served}.",
    ),
}
