"""A person's data as a page they can read and print."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LABELS = {
    "name": "Nama",
    "nik": "NIK",
    "birth_date": "Tanggal lahir",
    "phone": "Telepon",
    "address": "Alamat",
    "notes": "Catatan",
    "village": "Kode desa/kelurahan",
    "group": "Kelompok",
    "sex": "Jenis kelamin",
    "age_band": "Kelompok umur",
    "referred_by": "Dirujuk oleh",
    "on": "Tanggal",
    "since": "Sejak",
    "until": "Sampai",
    "state": "Status",
    "purpose": "Tujuan",
    "stays": "Tempat tinggal sebelumnya",
    "consents": "Persetujuan",
    "enrolments": "Keikutsertaan dalam program",
    "attendances": "Kehadiran",
    "referrals": "Rujukan",
    "businesses": "Usaha",
    "follow_ups": "Kunjungan pendampingan",
    "doubles": "Pendaftaran ganda",
    "at": "Waktu",
    "actor": "Oleh",
    "action": "Tindakan",
    "reason": "Alasan",
}
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(document: Mapping[str, Any]) -> str:
    """The document of disclosure.export as HTML; everything in it is escaped."""
    return _pages.get_template("person.html.j2").render(labels=LABELS, **document)
