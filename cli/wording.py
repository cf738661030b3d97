"""What the command line says, in Indonesian and in English."""

from typing import Literal

Language = Literal["id", "en"]

TEXTS: dict[str, dict[Language, str]] = {
    "subject_unknown": {
        "id": "Tidak ada '{given}' di sini. Yang ada: {known}.",
        "en": "There is no '{given}' here. There is: {known}.",
    },
    "action_unknown": {
        "id": "Tidak ada tindakan '{given}'. Mungkin: {known}. Semuanya: `bersinar do --list`.",
        "en": "There is no action '{given}'. Perhaps: {known}. All of them: `bersinar do --list`.",
    },
    "field_unknown": {
        "id": "Tidak ada bidang '{given}'. Yang ada: {known}.",
        "en": "There is no field '{given}'. There is: {known}.",
    },
    "fields_missing": {
        "id": "Isi bidangnya sebagai bidang=nilai, atau beri --file.",
        "en": "Give the fields as field=value, or a --file.",
    },
    "field_without_value": {
        "id": "'{given}' bukan bidang=nilai.",
        "en": "'{given}' is not field=value.",
    },
    "ids_wanted": {
        "id": "Di sini perlu: {wanted}. Yang diberi: {given}.",
        "en": "This needs: {wanted}. Given: {given}.",
    },
    "not_a_number": {"id": "{field}: isi sebuah angka.", "en": "{field}: give a number."},
    "not_yes_or_no": {"id": "{field}: isi true atau false.", "en": "{field}: give true or false."},
    "not_json": {"id": "{field}: isi sebagai JSON.", "en": "{field}: give it as JSON."},
    "file_unreadable": {
        "id": "{file} tidak terbaca sebagai satu objek JSON.",
        "en": "{file} can't be read as one JSON object.",
    },
    "no_answer": {
        "id": "Registry tidak menjawab; mungkin sudah tercatat. Ulangi perintah yang sama dengan --key {again}: "
        "dicatat sekali saja.",
        "en": "The registry did not answer; it may have been recorded. Repeat the same command with --key {again}: "
        "it is recorded once.",
    },
    "rows": {"id": "{count} baris.", "en": "{count} rows."},
    "rows_more": {
        "id": "{count} baris; masih ada. Pakai --all untuk semuanya.",
        "en": "{count} rows; there are more. Use --all for every one.",
    },
    "subjects": {"id": "Yang bisa di-list: {known}.", "en": "What can be listed: {known}."},
    "yes": {"id": "ya", "en": "yes"},
    "column_field": {"id": "bidang", "en": "field"},
    "column_required": {"id": "wajib", "en": "required"},
    "column_value": {"id": "isi", "en": "value"},
    "column_action": {"id": "tindakan", "en": "action"},
    "column_ids": {"id": "id", "en": "ids"},
    "column_summary": {"id": "kegunaan", "en": "what it does"},
    "first_start": {
        "id": "Mulai pertama kali: data dimuat ke {data_dir}.",
        "en": "First start: loading data into {data_dir}.",
    },
    "source": {"id": "sumber: {source}", "en": "source: {source}"},
    "starting": {
        "id": "Menyalakan registry, scoring, notifications, dashboard …",
        "en": "Starting registry, scoring, notifications, dashboard …",
    },
    "look": {
        "id": "Buka {url} untuk melihat indeks bergerak selama contoh berikut.",
        "en": "Open {url} to watch the index move during the demonstration below.",
    },
    "token": {
        "id": "Masuk dengan kunci di {path}; `bersinar open` membuka halaman langsung, sudah masuk.",
        "en": "Sign in with the key in {path}; `bersinar open` opens the page signed in.",
    },
    "stopping": {"id": "Menghentikan semua layanan …", "en": "Stopping all services …"},
    "stopped": {"id": "Semua layanan berhenti.", "en": "All services have stopped."},
    "demo_intro": {
        "id": "Contoh: rantai {city} {year}, orang dan jawaban rekaan, lewat API registry.",
        "en": "Demonstration: the chain of {city} in {year}, invented people and answers, through the registry's API.",
    },
    "demo_columns": {
        "id": "  peristiwa · perubahan indeks · melalui variabel · siapa diberi tahu · POST hingga halaman",
        "en": "  event · change of the index · through the variable · who was told · POST to page",
    },
    "demo_failed": {
        "id": "Contoh berhenti: {reason}. Ulangi dengan `bersinar demo`.",
        "en": "The demonstration stopped: {reason}. Play it again with `bersinar demo`.",
    },
    "no_change": {"id": "indeks tetap", "en": "index unchanged"},
    "not_pushed": {"id": "tidak ada kiriman ke halaman", "en": "nothing pushed"},
    "told": {"id": "diberi tahu: {names}", "en": "told: {names}"},
    "survey": {"id": "indeks survei", "en": "survey index"},
    "running": {"id": "indeks berjalan", "en": "running index"},
    "demo_nowhere": {
        "id": "Tidak ada contoh untuk {served}. Peragaan berjalan di {known}: bersinar up --case depok atau ntt.",
        "en": "There is no case of {served}. The demonstration plays in {known}: bersinar up --case depok or ntt.",
    },
    "demo_done": {
        "id": "Selesai: {writes} catatan, {moved} menggerakkan indeks; POST hingga halaman median {p50} ms.",
        "en": "Done: {writes} entries, {moved} moved the index; POST to page median {p50} ms.",
    },
    "participant": {"id": "peserta terdaftar, {place}", "en": "participant registered, {place}"},
    "programme": {"id": "program kewirausahaan {sector} dibuka", "en": "{sector} entrepreneurship programme set up"},
    "session": {"id": "sesi pelatihan diselenggarakan", "en": "training session held"},
    "enrolment": {"id": "peserta mendapat tempat", "en": "participant enrolled"},
    "completion": {"id": "pelatihan selesai", "en": "training completed"},
    "business": {"id": "usaha dimulai: {sector}, {place}", "en": "business started: {sector}, {place}"},
    "visit": {
        "id": "kunjungan bulan ke-{months}: {sector} berjalan",
        "en": "visit after {months} months: {sector} runs",
    },
    "answers": {
        "id": "{count} jawaban survei dicatat sekaligus",
        "en": "{count} survey answers recorded at once",
    },
    "answer": {"id": "jawaban survei: {group}", "en": "survey answer: {group}"},
    "file_in_order": {"id": "{file}: sudah benar", "en": "{file}: in order"},
    "file_missing": {
        "id": "{given}: tidak ada berkas itu. Beri sebuah berkas, atau kunci sebuah edisi seperti kotan-2022.",
        "en": "{given}: there is no such file. Give a file, or the key of an edition like kotan-2022.",
    },
    "file_not_utf8": {
        "id": "{file}: bukan teks UTF-8. Simpan sebagai UTF-8.",
        "en": "{file}: is not UTF-8 text. Save it as UTF-8.",
    },
    "edition_new": {
        "id": "{edition}: berlaku dari {years}, sha256 {sha256}",
        "en": "{edition}: in force from {years}, sha256 {sha256}",
    },
    "edition_again": {
        "id": "{edition}: sudah pernah diterbitkan dan berlaku dari {years}, sha256 {sha256}",
        "en": "{edition}: had been published before and is in force from {years}, sha256 {sha256}",
    },
    "edition_years": {"id": "{first} sampai {last}", "en": "{first} until {last}"},
    "edition_switched": {
        "id": "{count} tahun kota yang belum punya jawaban sekarang dinilai dengannya.",
        "en": "{count} city years that had no answers yet are scored with it now.",
    },
    "editions_same": {"id": "Isi kedua edisi sama.", "en": "The two editions say the same."},
    "other_band_indices": {
        "id": "{changed} dari {compared} indeks akan masuk kategori lain.",
        "en": "{changed} of {compared} indices would be in another band.",
    },
    "other_band_villages": {
        "id": "{changed} dari {compared} desa akan masuk kategori lain.",
        "en": "{changed} of {compared} villages would be in another band.",
    },
    "of_villages": {"id": "{changed} dari {compared} desa", "en": "{changed} of {compared} villages"},
    "because": {"id": "{what}, karena {why}", "en": "{what}, because {why}"},
    "villages_because": {"id": "{count} karena {why}", "en": "{count} because {why}"},
    "reading_survey": {"id": "survei", "en": "survey"},
    "reading_running": {"id": "berjalan", "en": "running"},
    "nothing": {"id": "(tidak ada)", "en": "(none)"},
    "no_index": {"id": "tanpa indeks", "en": "no index"},
    "why_scale": {"id": "skalanya berbeda", "en": "the scales differ"},
    "why_missing": {
        "id": "salah satu edisi tidak menghasilkan indeks",
        "en": "one of the editions gives no index",
    },
    "why_bands": {"id": "batas kategorinya berbeda", "en": "the bands lie elsewhere"},
    "why_weight": {"id": "bobotnya berbeda", "en": "weighs otherwise"},
    "why_value": {"id": "dihitung dengan cara lain", "en": "is worked out otherwise"},
}


def text(key: str, language: Language, **values: object) -> str:
    """A line in the reader's language."""
    return TEXTS[key][language].format(**values)


def number(value: object, language: Language, *, signed: bool = False, places: int = 3) -> str:
    """A decimal as people read it: a decimal comma in Indonesian, a real minus sign in both."""
    from decimal import ROUND_HALF_UP, Decimal

    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    shown = f"{rounded:+f}" if signed else f"{rounded:f}"
    return (shown.replace(".", ",") if language == "id" else shown).replace("-", "−")
