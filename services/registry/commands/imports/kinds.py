"""The kinds of spreadsheets an office brings: their columns, and the command a row becomes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from services.registry.commands import area_statuses, institutions, participants, programmes, sessions, visits
from services.registry.commands.area_statuses import SetAreaStatus
from services.registry.commands.imports import columns as read
from services.registry.commands.imports import vocabulary
from services.registry.commands.imports.columns import Choice, Column, Words, one_of
from services.registry.commands.institutions import RecordInstitution
from services.registry.commands.model import IdInput, VillageInput, YearInput
from services.registry.commands.office import Office
from services.registry.commands.participants import RegisterParticipant
from services.registry.commands.programmes import CreateProgramme
from services.registry.commands.sessions import HoldSession
from services.registry.commands.visits import Visit
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from shared.contracts.registry import FollowUpMonth
from shared.journal import Unit
from shared.runtime.encryption import Hasher

KindName = Literal["participants", "programmes", "attendance", "follow_ups", "institutions", "area_statuses"]


Beforehand = Callable[[Office, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """One kind: its columns in the order of the template, the model of a row, and how rows are written.

    ``prepare`` does with a row's command what can be done without the registry; ``record`` takes what it gives.
    ``beforehand`` is what ``record`` can be spared, done while others are being written. ``nik_of`` is given where rows
    of a file depend on each other in nothing but their NIK.
    """

    name: KindName
    title: Words
    columns: tuple[Column, ...]
    model: type[BaseModel]
    record: Callable[[Unit, Office, Sequence[Any]], Awaitable[object]]
    prepare: Callable[[Hasher, Any], object] | None = None
    beforehand: Beforehand | None = None
    nik_of: Callable[[Any], str | None] | None = None

    def column(self, field: str) -> Column:
        """The column of a field; KeyError where there is none."""
        return {column.field: column for column in self.columns}[field]


class VisitRow(Visit):
    """A follow-up visit, named by its id or by the business and the months after its start."""

    follow_up_id: IdInput | None = None
    business_id: IdInput | None = None
    months: FollowUpMonth | None = None


class AreaStatusRow(SetAreaStatus):
    """A village's status in a year."""

    village: VillageInput
    year: YearInput


def _one_by_one(command: Callable[[Unit, Office, Any], Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    async def record(unit: Unit, office: Office, commands: Sequence[Any]) -> None:
        for one in commands:
            await command(unit, office, one)

    return record


async def _visit(unit: Unit, office: Office, row: VisitRow) -> None:
    follow_up_id = row.follow_up_id or await _scheduled(unit, row)
    visit = Visit.model_validate(row.model_dump(include=set(Visit.model_fields), exclude_unset=True))
    await visits.record(unit, office, follow_up_id, visit, None)


async def _scheduled(unit: Unit, row: VisitRow) -> str:
    if row.business_id is None or row.months is None:
        raise Refusal("visit_unnamed", "business_id")
    table = tables.follow_ups
    statement = select(table.c.id).where(table.c.business_id == row.business_id, table.c.months == row.months)
    found = (await unit.connection.execute(statement)).scalar_one_or_none()
    if found is None:
        raise Refusal("visit_unnamed", "business_id")
    return str(found)


async def _area_status(unit: Unit, office: Office, row: AreaStatusRow) -> None:
    status = SetAreaStatus.model_validate(row.model_dump(include=set(SetAreaStatus.model_fields)))
    present = await rows.find(unit.connection, tables.area_statuses, row.village, row.year)
    if present is not None:
        if all(present[name] == value for name, value in status.model_dump(exclude={"synthetic"}).items()):
            return
        raise Refusal("status_differs", "status")
    await area_statuses.put(unit, office, row.village, row.year, status, None)


_SYNTHETIC = Column(
    "synthetic",
    Words("Data contoh", "Example data"),
    Words("Ya untuk data contoh; kosongkan untuk data sungguhan.", "Yes for example data; leave real data empty."),
    read.yes_no,
    "Ya",
    synonyms=("contoh", "sintetis", "synthetic", "data uji"),
)
_DATE_NOTE = Words(
    "Tanggal, misalnya 06/03/2023 atau 6 Maret 2023.", "A date, for instance 06/03/2023 or 6 March 2023."
)
_VILLAGE_NOTE = Words(
    "Nama atau kode kelurahan/desa, misalnya Ratu Jaya atau 32.76.07.1003.",
    "Name or code of the village, for instance Ratu Jaya or 32.76.07.1003.",
)


def _day(
    heading: Words, *synonyms: str, field: str = "on", example: str = "06/03/2023", required: bool = True
) -> Column:
    return Column(field, heading, _DATE_NOTE, read.day, example, required=required, synonyms=synonyms, as_text=True)


def _village(required: bool = True) -> Column:
    names = ("kelurahan", "desa", "desa/kelurahan", "kel", "kode kelurahan", "nama kelurahan", "lokasi", "village code")
    heading = Words("Kelurahan/Desa", "Village")
    example = "32.76.07.1003"
    return Column(
        "village", heading, _VILLAGE_NOTE, read.village, example, required=required, synonyms=names, as_text=True
    )


def _choice(
    field: str,
    heading: Words,
    choices: tuple[Choice, ...],
    *synonyms: str,
    required: bool = True,
    example: str | None = None,
) -> Column:
    note = Words("Salah satu nilai yang diperbolehkan.", "One of the allowed values.")
    shown = example or choices[0].id
    return Column(field, heading, note, one_of(choices), shown, required=required, synonyms=synonyms, choices=choices)


def _count(field: str, heading: Words, *synonyms: str, required: bool = False, example: int = 0) -> Column:
    note = Words("Angka bulat.", "A whole number.")
    return Column(field, heading, note, read.count, example, required=required, synonyms=synonyms)


def _id(field: str, heading: Words, *synonyms: str, required: bool = True) -> Column:
    note = Words("Id dari ekspor daftarnya.", "The id, from an export of its list.")
    example = "01920000-0000-7000-8000-000000000001"
    return Column(field, heading, note, read.text, example, required=required, synonyms=synonyms, as_text=True)


def _sealed(field: str, heading: Words, example: str, *synonyms: str) -> Column:
    note = Words("Boleh kosong; disimpan terenkripsi.", "May be empty; kept encrypted.")
    return Column(field, heading, note, read.text, example, synonyms=synonyms, as_text=True)


def _months(name: str, cell: Any, context: read.Context) -> Any:
    found = one_of(vocabulary.MONTHS)(name, cell, context)
    return None if found is None else int(found)


_PARTICIPANTS = (
    Column(
        "name",
        Words("Nama", "Name"),
        Words("Nama lengkap; disimpan terenkripsi.", "Full name; kept encrypted."),
        read.text,
        "Peserta Contoh 99",
        required=True,
        synonyms=("nama lengkap", "nama peserta", "nama warga", "nama klien", "participant name", "full name"),
    ),
    Column(
        "nik",
        Words("NIK", "NIK"),
        Words("16 angka, sel berformat teks; disimpan terenkripsi.", "16 digits in a text cell; kept encrypted."),
        read.nik,
        "9999010101900099",
        synonyms=("no ktp", "nomor ktp", "no nik", "nomor induk kependudukan", "no. ktp/nik", "identity number"),
        as_text=True,
    ),
    _day(
        Words("Tanggal lahir", "Birth date"),
        *("tgl lahir", "tanggal lahir (hh/bb/tttt)", "lahir", "date of birth"),
        field="birth_date",
        example="",
        required=False,
    ),
    _choice("sex", Words("Jenis kelamin", "Sex"), vocabulary.SEXES, "jk", "l/p", "kelamin", "gender"),
    _choice(
        "age_band",
        Words("Kelompok umur", "Age band"),
        vocabulary.AGE_BANDS,
        *("umur", "usia", "rentang usia", "rentang umur", "kelompok usia", "age"),
        required=False,
        example="25-34",
    ),
    _choice(
        "group",
        Words("Kelompok sasaran", "Group"),
        vocabulary.GROUPS,
        *("kelompok", "sasaran", "kategori", "kategori peserta", "status peserta", "jenis peserta", "target group"),
    ),
    _village(),
    _day(
        Words("Tanggal daftar", "Registered on"),
        *("tanggal", "tgl daftar", "tanggal pendaftaran", "tgl pendaftaran", "tanggal registrasi", "terdaftar", "date"),
    ),
    _sealed("phone", Words("Telepon", "Phone"), "0812 9999 0099", "hp", "no hp", "nomor hp", "no telepon", "whatsapp"),
    _sealed("address", Words("Alamat", "Address"), "Jalan Contoh 99", "alamat lengkap", "alamat rumah", "domisili"),
    _sealed("notes", Words("Catatan", "Notes"), "Catatan contoh", "keterangan", "ket", "remarks"),
    _SYNTHETIC,
)
_PROGRAMMES = (
    Column(
        "kind",
        Words("Jenis program", "Kind"),
        Words("Salah satu jenis program kantor.", "One of the office's kinds of programmes."),
        vocabulary.programme_kind,
        "Kewirausahaan",
        required=True,
        synonyms=("jenis", "jenis kegiatan", "program", "kegiatan", "nama program", "programme"),
    ),
    Column(
        "sector",
        Words("Bidang usaha", "Sector"),
        Words("Satu atau dua kata, misalnya lele, sayur, tenun.", "One or two words, such as lele, sayur, tenun."),
        read.lower,
        "lele",
        required=True,
        synonyms=("bidang", "sektor", "jenis usaha", "usaha", "trade"),
    ),
    Column(
        "villages",
        Words("Kelurahan/Desa", "Villages"),
        Words("Nama atau kode, dipisahkan titik koma.", "Names or codes, separated by semicolons."),
        read.villages,
        "32.76.07.1003",
        required=True,
        synonyms=("kelurahan", "desa", "lokasi", "wilayah", "village", "kelurahan sasaran"),
        as_text=True,
    ),
    Column(
        "provider",
        Words("Penyelenggara", "Provider"),
        Words("Nama lembaga, bukan orang.", "Name of an organisation, not of a person."),
        read.text,
        "DKUM Kota Depok",
        required=True,
        synonyms=("pelaksana", "instansi", "mitra", "dinas", "penyedia", "organisation"),
    ),
    _count("quota", Words("Kuota", "Quota"), "jumlah peserta", "target", "kapasitas", required=True, example=20),
    _day(Words("Tanggal mulai", "Begins on"), "tanggal", "tgl mulai", "mulai", "tanggal pelaksanaan", "start"),
    _SYNTHETIC,
)
_ATTENDANCE = (
    _id("programme_id", Words("Id program", "Programme id"), "program", "id kegiatan", "programme"),
    _village(),
    _day(Words("Tanggal", "Date"), "tgl", "tanggal kegiatan", "tanggal pertemuan", "tanggal sesi"),
    _count("attended", Words("Hadir", "Attended"), "jumlah hadir", "kehadiran", example=18),
    _count("families", Words("Keluarga", "Families"), "jumlah keluarga", "kk", example=12),
    Column(
        "participants",
        Words("Id peserta yang hadir", "Ids of those present"),
        Words(
            "Id dari daftar peserta, dipisahkan titik koma; tanpa jumlah hadir, merekalah yang dihitung.",
            "Ids from the list of participants, separated by semicolons; without a count, they are counted.",
        ),
        read.present_people,
        "01920000-0000-7000-8000-000000000001",
        synonyms=("id peserta", "peserta hadir", "daftar hadir", "participants", "present"),
    ),
    _SYNTHETIC,
)
_FOLLOW_UPS = (
    _id("follow_up_id", Words("Id kunjungan", "Visit id"), "id tindak lanjut", "follow up", required=False),
    _id("business_id", Words("Id usaha", "Business id"), "usaha", "business", required=False),
    Column(
        "months",
        Words("Bulan ke-", "Months"),
        Words("Kunjungan ke berapa bulan: 1, 3, 6 atau 12.", "Which visit: 1, 3, 6 or 12 months."),
        _months,
        3,
        synonyms=("bulan", "kunjungan bulan ke", "bulan kunjungan", "month"),
    ),
    _choice(
        "status",
        Words("Keadaan usaha", "Status"),
        vocabulary.STATUSES,
        "status usaha",
        "kondisi",
        "kondisi usaha",
        "keadaan",
    ),
    _count("workers", Words("Pekerja", "Workers"), "jumlah pekerja", "tenaga kerja", required=True, example=2),
    _day(Words("Tanggal kunjungan", "Visited on"), "tanggal", "tgl kunjungan", "tgl", "date"),
)
_INSTITUTIONS = (
    Column(
        "region",
        Words("Kabupaten/Kota", "District or city"),
        Words("Nama atau kode kab/kota, misalnya 32.76.", "Name or code of the kab/kota, for instance 32.76."),
        read.city,
        "32.76",
        required=True,
        synonyms=("kab/kota", "kota", "kabupaten", "wilayah", "region", "city"),
        as_text=True,
    ),
    Column(
        "name",
        Words("Nama lembaga", "Name"),
        Words("Nama lembaga, bukan orang.", "Name of the institution, not of a person."),
        read.text,
        "Sekolah Contoh",
        required=True,
        synonyms=("nama", "lembaga", "instansi", "nama instansi", "institusi", "nama sekolah", "institution"),
    ),
    _choice(
        "setting", Words("Lingkungan", "Setting"), vocabulary.SETTINGS, "kategori", "jenis lembaga", "jenis", "sektor"
    ),
    Column(
        "has_policy",
        Words("Kebijakan P4GN", "P4GN policy"),
        Words("Ya atau Tidak.", "Yes or no."),
        read.yes_no,
        "Ya",
        required=True,
        synonyms=("ada kebijakan", "punya kebijakan", "kebijakan", "policy"),
    ),
    _count("penggiat", Words("Jumlah penggiat", "Penggiat"), "penggiat", "penggiat p4gn", example=2),
    _count("urine_tests", Words("Tes urine", "Urine tests"), "jumlah tes urine", "tes urin", example=40),
    _day(Words("Tanggal data", "Date"), "tanggal", "tgl", "per tanggal"),
    _SYNTHETIC,
)
_AREAS = (
    _village(),
    _count("year", Words("Tahun", "Year"), "thn", "tahun data", required=True, example=2024),
    _choice("status", Words("Status kawasan", "Status"), vocabulary.AREA_STATUSES, "status", "kategori", "kerawanan"),
    _choice("method", Words("Metode", "Method"), vocabulary.METHODS, "cara", "instrumen", "alat ukur"),
    _day(Words("Tanggal penetapan", "Date"), "tanggal", "tgl", "ditetapkan", example="18/11/2024"),
    _SYNTHETIC,
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "participants",
            Words("Peserta", "Participants"),
            _PARTICIPANTS,
            RegisterParticipant,
            participants.register_many,
            participants.prepare,
            participants.keep_keys,
            participants.nik_of,
        ),
        Kind(
            "programmes", Words("Program", "Programmes"), _PROGRAMMES, CreateProgramme, _one_by_one(programmes.create)
        ),
        Kind(
            "attendance",
            Words("Kehadiran", "Attendance"),
            _ATTENDANCE,
            HoldSession,
            _one_by_one(sessions.hold),
        ),
        Kind("follow_ups", Words("Tindak lanjut", "Follow-ups"), _FOLLOW_UPS, VisitRow, _one_by_one(_visit)),
        Kind(
            "institutions",
            Words("Lembaga", "Institutions"),
            _INSTITUTIONS,
            RecordInstitution,
            _one_by_one(institutions.record),
        ),
        Kind(
            "area_statuses",
            Words("Status kawasan", "Area statuses"),
            _AREAS,
            AreaStatusRow,
            _one_by_one(_area_status),
        ),
    )
}
