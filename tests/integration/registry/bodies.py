"""Requests of the tests; every person in them is obviously synthetic."""

from typing import Any

RATU_JAYA, PONDOK_JAYA = "32.76.07.1003", "32.76.07.1005"


def participant(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A participant in Ratu Jaya with an impossible NIK."""
    return {
        "name": f"Peserta Contoh {number:02}",
        "nik": f"99990101019{number:05}",
        "village": RATU_JAYA,
        "group": "vulnerable_resident",
        "sex": "female",
        "age_band": "25_34",
        "on": "2023-03-06",
        "synthetic": True,
    } | changes


def programme(**changes: Any) -> dict[str, Any]:
    """An entrepreneurship programme in both focus villages."""
    return {
        "kind": "kewirausahaan",
        "sector": "lele",
        "villages": [RATU_JAYA, PONDOK_JAYA],
        "provider": "DKUM Kota Depok",
        "quota": 20,
        "on": "2023-02-01",
        "synthetic": True,
    } | changes


def institution(**changes: Any) -> dict[str, Any]:
    """A school."""
    return {
        "region": "32.76",
        "name": "Sekolah Contoh",
        "setting": "pendidikan",
        "has_policy": False,
        "penggiat": 2,
        "urine_tests": 10,
        "on": "2023-02-10",
        "synthetic": True,
    } | changes


def regulation(**changes: Any) -> dict[str, Any]:
    """A regulation in force."""
    return {
        "region": "32.76",
        "kind": "perwali",
        "number": "Contoh 1/2023",
        "in_force": True,
        "on": "2023-05-02",
        "synthetic": True,
    } | changes


def agent(**changes: Any) -> dict[str, Any]:
    """A recovery agent of Ratu Jaya."""
    return {"kind": "agen_pemulihan", "village": RATU_JAYA, "on": "2023-02-01", "synthetic": True} | changes


def potential(**changes: Any) -> dict[str, Any]:
    """Fourteen who sew."""
    return {
        "village": RATU_JAYA,
        "kind": "keterampilan",
        "what": "menjahit",
        "amount": 14,
        "mapped_by": "BNNK Depok",
        "on": "2023-02-08",
        "synthetic": True,
    } | changes


def designation(**changes: Any) -> dict[str, Any]:
    """A decree of 2023."""
    return {"decree_number": "188.45/300.2.2-21/Contoh/2023", "decree_on": "2023-02-20", "synthetic": True} | changes


def pillar(**changes: Any) -> dict[str, Any]:
    """A Babinsa."""
    return {"village": RATU_JAYA, "role": "babinsa", "since": "2022-08-01", "synthetic": True} | changes


def survey_answer(**changes: Any) -> dict[str, Any]:
    """A questionnaire of a family."""
    return {
        "region": "32.76",
        "instrument": "kotan-2022",
        "year": 2023,
        "group": "keluarga",
        "answers": {"keharmonisan_1": 4, "regulasi_1": 3},
        "on": "2023-11-20",
        "synthetic": True,
    } | changes


def published(**changes: Any) -> dict[str, Any]:
    """Depok's index of 2022 as one report prints it."""
    return {
        "id": "32.76-2022-x",
        "area": "32.76",
        "year": 2022,
        "edition": "kotan-2022",
        "index": "3.602",
        "category": "sangat_tanggap",
        "source": "https://example.test/laporan-2022",
    } | changes
