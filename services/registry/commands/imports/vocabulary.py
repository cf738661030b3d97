"""Words of the sheets' closed lists: the code, how both languages say it, and what else people write."""

from collections.abc import Mapping
from typing import Any

from services.registry.commands.imports.columns import Choice, Context
from services.registry.domain import cells
from services.registry.domain.cells import Cell

GROUPS = (
    Choice("vulnerable_resident", "Warga rentan", "Vulnerable resident", ("rentan", "warga kawasan rawan", "warga")),
    Choice("former_user", "Mantan pengguna", "Former user", ("mantan penyalahguna", "eks pengguna", "mantan pecandu")),
    Choice("after_rehabilitation", "Pascarehabilitasi", "After rehabilitation", ("pasca rehabilitasi", "pasca rehab")),
    Choice("family", "Keluarga", "Family", ("keluarga pengguna", "keluarga klien")),
    Choice("former_inmate", "Mantan narapidana", "Former inmate", ("eks napi", "mantan napi", "mantan warga binaan")),
)
SEXES = (
    Choice("female", "Perempuan", "Female", ("p", "pr", "wanita", "f")),
    Choice("male", "Laki-laki", "Male", ("l", "lk", "pria", "m", "laki")),
)
AGE_BANDS = (
    Choice("under_18", "Di bawah 18", "Under 18", ("<18", "0-17", "kurang dari 18")),
    Choice("18_24", "18-24", "18-24", ("18-24 tahun", "18 s.d. 24")),
    Choice("25_34", "25-34", "25-34", ("25-34 tahun", "25 s.d. 34")),
    Choice("35_44", "35-44", "35-44", ("35-44 tahun", "35 s.d. 44")),
    Choice("45_54", "45-54", "45-54", ("45-54 tahun", "45 s.d. 54")),
    Choice("55_up", "55 ke atas", "55 and over", ("55+", ">55", "55 tahun ke atas", "55 up")),
)
STATUSES = (
    Choice("active", "Aktif", "Active", ("berjalan", "jalan", "masih berjalan")),
    Choice("paused", "Berhenti sementara", "Paused", ("jeda", "tidak aktif sementara", "vakum")),
    Choice("closed", "Tutup", "Closed", ("berhenti", "bangkrut", "tidak berjalan")),
)
SETTINGS = (
    Choice("pendidikan", "Pendidikan", "Education", ("sekolah", "kampus", "lingkungan pendidikan")),
    Choice("pemerintah", "Pemerintah", "Government", ("instansi pemerintah", "lingkungan kerja pemerintah")),
    Choice("swasta", "Swasta", "Private", ("dunia usaha", "lingkungan kerja swasta", "perusahaan")),
    Choice("masyarakat", "Masyarakat", "Community", ("lingkungan masyarakat",)),
)
AREA_STATUSES = tuple(
    Choice(code, code.capitalize(), code.capitalize(), (f"kawasan {code}",))
    for code in ("siaga", "aman", "waspada", "bahaya")
)
METHODS = (Choice("IKRN", "IKRN", "IKRN"), Choice("8+5", "8+5", "8+5", ("8 + 5", "8+5 kriteria", "8 indikator")))
MONTHS = tuple(Choice(str(month), f"{month} bulan", f"{month} months", (f"bulan {month}",)) for month in (1, 3, 6, 12))


_PROGRAMME_WORDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "bimtek": ("Bimtek", "Training in life skills", ("bimtek life skill", "bimbingan teknis")),
    "kewirausahaan": ("Kewirausahaan", "Entrepreneurship", ("wirausaha", "pelatihan kewirausahaan")),
    "magang": ("Magang", "Apprenticeship", ("pemagangan",)),
    "kelompok_dampingan": ("Kelompok dampingan", "Mentored group", ("pendampingan",)),
    "sosialisasi": ("Sosialisasi", "Public talk", ("penyuluhan",)),
    "tes_urine": ("Tes urine", "Urine test", ("tes urin", "deteksi dini")),
    "ibm": ("IBM", "Community intervention", ("intervensi berbasis masyarakat",)),
    "pelatihan_penggiat": ("Pelatihan penggiat", "Penggiat training", ("penggiat",)),
}


PROGRAMME_KINDS = tuple(Choice(code, one[0], one[1], one[2]) for code, one in _PROGRAMME_WORDS.items())


def programme_kind(name: str, cell: Cell, _context: Context) -> Any:
    """A kind of programme: a word of everybody's, or the code of one the office has added."""
    given = cells.text(name, cell)
    if given is None:
        return None
    word = cells.plain_word(given)
    return _KINDS.get(word, word.replace(" ", "_"))


_KINDS = {
    cells.plain_word(word): choice.code
    for choice in PROGRAMME_KINDS
    for word in (choice.code, choice.id, choice.en, *choice.others)
}
