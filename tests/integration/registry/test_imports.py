"""Spreadsheets in: what is guessed, checked, written once, reported, and left behind."""

import asyncio
import csv
import io
import sys
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from services.registry.commands.imports import jobs, reading, runner
from services.registry.commands.imports.chunks import Chunk
from services.registry.commands.imports.kinds import KINDS
from services.registry.storage import sheets
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

IMPORTS = "/v1/imports"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("No.", "Nama Lengkap", "NIK", "L/P", "Usia", "Kategori", "Kelurahan", "Tgl. Daftar", "Data contoh")


def people(number: int, first: int = 1) -> list[list[Any]]:
    """Rows as an office writes them."""
    return [
        [
            place,
            f"Peserta Contoh {place:02}",
            f"99990101019{place:05}",
            "P" if place % 2 else "Laki-laki",
            "25-34 tahun",
            "Warga rentan",
            "Ratu Jaya" if place % 3 else PONDOK_JAYA,
            ("6 Maret 2023", "06/03/2023", "2023-03-06")[place % 3],
            "ya",
        ]
        for place in range(first, first + number)
    ]


def csv_file(rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8-sig", separator: str = ";") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue().encode(encoding)


def xlsx_file(rows: Sequence[Sequence[Any]], **options: Any) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                else:
                    sheet.write(number, place, cell)
    return file.getvalue()


async def uploaded(api: Api, content: bytes, kind: str = "participants", **headers: str) -> dict[str, Any]:
    answer = await api.client.post(
        IMPORTS, params={"kind": kind}, content=content, headers={"Content-Type": CSV} | headers
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def worked(api: Api, made: dict[str, Any], step: str = "run") -> dict[str, Any]:
    answer = await api.post(f"{IMPORTS}/{made['id']}/{step}", None)
    assert answer.status_code == 200, answer.text
    while await api.registry.app.state.imports.step():
        pass
    shown: dict[str, Any] = (await api.client.get(f"{IMPORTS}/{made['id']}")).json()
    return shown


async def reported(api: Api, made: dict[str, Any]) -> list[list[Any]]:
    answer = await api.client.get(f"{IMPORTS}/{made['id']}/report", params={"language": "id"})
    assert answer.status_code == 200, answer.text
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_name("Laporan").to_python()[1:]


def counted(shown: dict[str, Any]) -> tuple[int, ...]:
    return tuple(shown[f"rows_{name}"] for name in ("done", "written", "unchanged", "refused", "held"))


async def test_a_sheet_of_people_is_guessed_checked_written_and_written_once(api: Api, tmp_path: Path) -> None:
    content = csv_file([["Daftar peserta 2023"], [], HEADINGS, *people(7)])
    made = await uploaded(api, content)
    assert made["mapping"] == {
        "name": 1, "nik": 2, "sex": 3, "age_band": 4, "group": 5, "village": 6, "on": 7, "synthetic": 8
    }  # fmt: skip
    columns = (await api.client.get(f"{IMPORTS}/{made['id']}/columns")).json()
    assert [one["field"] for one in columns["columns"]][:3] == [None, "name", "nik"]
    assert columns["columns"][1]["heading"] == "Nama Lengkap"
    sealed = next((tmp_path / "imports").glob("*.sealed")).read_bytes()
    assert b"Peserta" not in sealed
    before = await api.counts()
    checked = await worked(api, made, "check")
    assert (checked["state"], checked["checked"], counted(checked)) == ("waiting", True, (7, 7, 0, 0, 0))
    assert await api.counts() == before
    done = await worked(api, made)
    assert (done["state"], counted(done)) == ("done", (7, 7, 0, 0, 0))
    after = await api.counts()
    assert (after["participants"], after["journal"]) == (7, 7)
    assert not list((tmp_path / "imports").glob("*.sealed"))
    again = await worked(api, await uploaded(api, content))
    assert counted(again) == (7, 0, 7, 0, 0)
    assert (await api.counts())["participants"] == 7
    listed = (await api.client.get("/v1/participants", params={"on": "2023-03-06", "village": RATU_JAYA})).json()
    assert len(listed["items"]) == 5
    assert {one["synthetic"] for one in listed["items"]} == {True}


async def test_a_check_tells_what_a_run_will_do(api: Api) -> None:
    await api.made("/v1/participants", bodies.participant(3))
    rows = people(6)
    rows[1][6] = "Kampung Antah"
    rows[3][2] = rows[0][2]
    rows[4] = [5, *people(1, 6)[0][1:]]
    made = await uploaded(api, csv_file([HEADINGS, *rows]))
    checked = await worked(api, made, "check")
    findings = await reported(api, made)
    done = await worked(api, made)
    assert counted(checked) == counted(done) == (6, 0, 0, 4, 2)
    assert findings == await reported(api, made)
    assert [(row[0], row[1], row[2]) for row in findings] == [
        (3, "G: Kelurahan/Desa", "Kampung Antah"),
        (4, "C: NIK", people(1, 3)[0][2]),
        (5, "C: NIK", people(1)[0][2]),
        (7, "", ""),
    ]
    assert "baris 6" in findings[3][3]
    assert all(row[3] and row[4] for row in findings)
    assert (await api.counts())["participants"] == 1


async def test_a_mended_file_writes_what_is_missing_and_nothing_twice(api: Api) -> None:
    rows = people(1_003)
    rows[700][3] = "?"
    first = await worked(api, await uploaded(api, csv_file([HEADINGS, *rows], separator=",")))
    assert counted(first) == (1003, 503, 0, 1, 499)
    rows[700][3] = "P"
    second = await worked(api, await uploaded(api, csv_file([HEADINGS, *rows])))
    assert counted(second) == (1003, 500, 503, 0, 0)
    counts = await api.counts()
    assert (counts["participants"], counts["journal"], counts["import_rows"]) == (1003, 1003, 1003)


async def test_workbooks_with_their_quirks(api: Api) -> None:
    rows = people(6)
    rows[0][7] = date(2023, 3, 6)
    rows[1][2] = 9999010101900002
    rows[2][7] = 44991
    rows[3][2] = "'9999 0101 0190 0004"
    rows[4][1] = "  Peserta   Contoh 05 "
    rows[5][7] = "=1/0"
    made = await uploaded(api, xlsx_file([HEADINGS, *rows]), **{"Content-Type": XLSX})
    assert made["format"] == "xlsx"
    checked = await worked(api, made, "check")
    assert counted(checked) == (6, 0, 0, 2, 4)
    wrong = await reported(api, made)
    assert [(row[0], row[1]) for row in wrong] == [(3, "C: NIK"), (7, "H: Tanggal daftar")]
    assert "Teks" in wrong[0][4]
    rows[1][2], rows[5][7] = "9999010101900002", "06/03/23"
    done = await worked(api, await uploaded(api, xlsx_file([[], HEADINGS, *rows], date_1904=False)))
    assert counted(done) == (6, 6, 0, 0, 0)
    shown = (await api.client.get("/v1/participants")).json()["items"]
    assert {one["on"] for one in shown} == {"2023-03-06"}


async def test_text_files_of_windows(api: Api) -> None:
    rows = people(2)
    rows[0][1] = "Peserta Contoh É"
    for content in (
        csv_file([HEADINGS, *rows], encoding="windows-1252"),
        csv_file([HEADINGS, *rows], encoding="utf-16"),
        b"sep=;\r\n" + csv_file([HEADINGS, *rows], encoding="utf-8"),
        csv_file([HEADINGS, *rows], separator="\t"),
    ):
        made = await uploaded(api, content)
        assert "name" in made["mapping"], content[:40]
        shown = await worked(api, made)
        assert shown["rows_done"] == 2
        assert shown["rows_refused"] == 0
    assert (await api.counts())["participants"] == 2
    sheet = sheets.open_csv(io.BytesIO(csv_file([HEADINGS, *rows], encoding="windows-1252")), "windows-1252")
    assert next(islice(sheet.rows, 1, None))[1] == "Peserta Contoh É"


@pytest.mark.parametrize("content", [b"", b"   \n", b"%PDF-1.7", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04broken"])
async def test_what_is_no_sheet_is_refused_and_leaves_nothing(api: Api, content: bytes, tmp_path: Path) -> None:
    answer = await api.client.post(
        IMPORTS, params={"kind": "participants"}, content=content, headers={"Content-Type": CSV}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["remedy"]
    assert not list((tmp_path / "imports").glob("*"))
    assert (await api.counts())["imports"] == 0


async def test_a_mapping_can_be_corrected_and_is_checked(api: Api) -> None:
    made = await uploaded(api, csv_file([("a", "b", "c", "d", "e", "f"), *([1, 2, 3, 4, 5, 6],)]))
    assert made["mapping"] == {}
    refused = await api.post(f"{IMPORTS}/{made['id']}/run", None)
    assert refused.status_code == 422
    assert "Nama" in refused.json()["detail"]
    path = f"{IMPORTS}/{made['id']}/mapping"
    for wrong in ({"nama": 0}, {"name": 6}, {"name": -1}, {"name": 1, "nik": 1}):
        answer = await api.client.put(path, json={"mapping": wrong}, headers={"If-Match": '"1"'})
        assert answer.status_code == 422, answer.text
    assert (await api.client.put(path, json={"mapping": {"name": 0}})).status_code == 428
    mended = await api.client.put(path, json={"mapping": {"name": 0}}, headers={"If-Match": '"1"'})
    assert (mended.status_code, mended.json()["mapping"]) == (200, {"name": 0})
    stale = await api.client.put(path, json={"mapping": {"name": 1}}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')


async def test_an_upload_repeated_under_its_key_makes_one_import(api: Api, tmp_path: Path) -> None:
    content = csv_file([HEADINGS, *people(1)])
    first = await uploaded(api, content, **{"Idempotency-Key": "unggah-1"})
    again = await uploaded(api, content, **{"Idempotency-Key": "unggah-1"})
    assert first == again
    assert len(list((tmp_path / "imports").glob("*.sealed"))) == 1
    other = await api.client.post(
        IMPORTS,
        params={"kind": "participants"},
        content=content + b"\n",
        headers={"Content-Type": CSV, "Idempotency-Key": "unggah-1"},
    )
    assert other.status_code == 422
    assert len(list((tmp_path / "imports").glob("*.sealed"))) == 1


async def test_what_is_forgotten_cannot_be_read_again(api: Api, tmp_path: Path) -> None:
    rows = people(1)
    rows[0][3] = "?"
    made = await uploaded(api, csv_file([HEADINGS, *rows]))
    await worked(api, made, "check")
    assert await reported(api, made)
    forgotten = await api.post(f"{IMPORTS}/{made['id']}/forget", None)
    assert (forgotten.status_code, forgotten.json()["state"]) == (200, "forgotten")
    for address in ("columns", "report"):
        assert (await api.client.get(f"{IMPORTS}/{made['id']}/{address}")).status_code == 410
    assert not list((tmp_path / "imports").glob("*"))
    assert (await api.counts())["import_findings"] == 0


async def test_templates_of_every_kind_are_read_back_with_every_column(api: Api) -> None:
    for name, kind in KINDS.items():
        for language in ("id", "en"):
            answer = await api.client.get(f"/v1/import-templates/{name}", params={"language": language})
            assert answer.status_code == 200
            made = await uploaded(api, answer.content, name, **{"Content-Type": XLSX})
            assert made["mapping"] == {column.field: place for place, column in enumerate(kind.columns)}
            checked = await worked(api, made, "check")
            assert (counted(checked), checked["findings"]) == ((1, 0, 0, 0, 0), 0), "the example row is passed over"


async def test_every_kind_is_written(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    programme = await api.made("/v1/programmes", bodies.programme())
    enrolment = {"programme_id": programme["id"], "participant_id": person["id"], "on": "2023-03-07"}
    await api.made("/v1/enrolments", enrolment)
    business = await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-03"})
    files: dict[str, list[list[Any]]] = {
        "programmes": [
            ["Jenis kegiatan", "Bidang", "Kelurahan", "Penyelenggara", "Kuota", "Tanggal"],
            ["Kewirausahaan", "Lele", "Ratu Jaya; Pondok Jaya", "DKUM Kota Depok", "20", "1 Februari 2023"],
        ],
        "attendance": [
            ["Id program", "Kelurahan", "Tgl", "Jumlah hadir", "KK", "Id peserta yang hadir"],
            [programme["id"], "ratu jaya", "13/03/2023", "18", "12", person["id"]],
        ],
        "follow_ups": [
            ["Id usaha", "Bulan", "Kondisi usaha", "Jumlah pekerja", "Tanggal kunjungan"],
            [business["id"], "1", "Berjalan", "2", "03/05/2023"],
        ],
        "institutions": [
            ["Kab/Kota", "Nama sekolah", "Lingkungan", "Kebijakan", "Penggiat", "Tes urine", "Tanggal"],
            ["Kota Depok", "Sekolah Contoh", "Pendidikan", "ya", "2", "1.040", "10/02/2023"],
        ],
        "area_statuses": [
            ["Desa/Kelurahan", "Tahun", "Status", "Metode", "Tanggal"],
            ["3276071003", "2024", "Siaga", "IKRN", "18/11/2024"],
        ],
    }
    for kind, rows in files.items():
        made = await uploaded(api, csv_file(rows), kind)
        shown = await worked(api, made)
        assert counted(shown) == (1, 1, 0, 0, 0), (kind, await reported(api, made))
        again = await worked(api, await uploaded(api, csv_file(rows, separator=","), kind))
        assert counted(again) == (1, 0, 1, 0, 0), kind
    assert (await api.client.get(f"/v1/area-statuses/{RATU_JAYA}/2024")).json()["status"] == "siaga"
    came = (await api.client.get("/v1/attendances", params={"participant_id": person["id"]})).json()["items"]
    assert [one["present"] for one in came] == [True]
    visits = (await api.client.get("/v1/follow-ups", params={"state": "visited"})).json()["items"]
    assert [(visit["months"], visit["workers"]) for visit in visits] == [(1, 2)]
    assert (await api.client.get("/v1/institutions")).json()["items"][0]["urine_tests"] == 1040


async def test_old_imports_are_forgotten(api: Api) -> None:
    from datetime import timedelta

    made = await uploaded(api, csv_file([HEADINGS, *people(1)]))
    await api.registry.app.state.imports.forget_old(timedelta(days=1))
    assert (await api.client.get(f"{IMPORTS}/{made['id']}")).json()["state"] == "waiting"
    await asyncio.sleep(0.01)
    await api.registry.app.state.imports.forget_old(timedelta(0))
    assert (await api.client.get(f"{IMPORTS}/{made['id']}")).json()["state"] == "forgotten"
    async with api.registry.office.database.read() as connection:
        row = await jobs.rows.find(connection, jobs.tables.imports, made["id"])
    assert row is not None
    assert row["key_sealed"] is None


async def test_a_large_file_is_read_by_a_process_of_its_own(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROCESS_FROM_BYTES", 0)
    extra = ["0812 9999 0001", "Jalan Contoh 1", "Catatan contoh"]
    rows = [[*row, *extra] for row in people(1_100)]
    rows[600][2] = "123"
    content = csv_file([[*HEADINGS, "No HP", "Alamat", "Keterangan"], *rows])
    made = await uploaded(api, content)
    assert {"phone": 9, "address": 10, "notes": 11}.items() <= made["mapping"].items()
    done = await worked(api, made)
    assert (done["state"], counted(done)) == ("done", (1_100, 600, 0, 1, 499))
    assert [row[0] for row in await reported(api, made)] == [602]
    assert (await api.counts())["participants"] == 600
    found = await api.post("/v1/participants/search", {"phone": "+62 812-9999-0001", "nik": rows[0][2]})
    assert len(found.json()["items"]) == 1
    rows[600][2] = "9999010101999999"
    again = await worked(api, await uploaded(api, csv_file([[*HEADINGS, "No HP", "Alamat", "Keterangan"], *rows])))
    assert counted(again) == (1_100, 500, 600, 0, 0)


async def test_what_stands_before_an_unreadable_place_is_in(api: Api) -> None:
    rows = [*people(1_200), ["x" * 200_000]]
    stopped = await worked(api, await uploaded(api, csv_file([HEADINGS, *rows])))
    assert (stopped["state"], stopped["trouble"]) == ("failed", "sheet_unreadable")
    assert counted(stopped) == (1_000, 1_000, 0, 0, 0)
    assert (await api.counts())["participants"] == 1_000


@pytest.mark.parametrize("step", ["check", "run"])
async def test_what_stands_twice_is_told_however_far_apart(api: Api, step: str) -> None:
    rows = people(1_600)
    rows[1_100] = [1_101, *rows[10][1:]]
    rows[1_550][2] = rows[20][2]
    # A row of a chunk that isn't written stands for nothing yet.
    rows[1_560] = [1_561, *rows[1_200][1:]]
    made = await uploaded(api, csv_file([HEADINGS, *rows]))
    worked_on = await worked(api, made, step)
    assert counted(worked_on) == (1_600, 1_000, 0, 2, 598)
    same_row, same_nik = await reported(api, made)
    assert (same_row[0], same_row[1], same_row[3]) == (1_102, "", "Baris ini sama dengan baris 12.")
    assert tuple(same_nik[:3]) == (1_552, "C: NIK", rows[20][2])


class Read:
    """A reader that is always ahead: it has read the whole file before the first chunk is written."""

    taken = 0

    def __init__(self, order: reading.Order) -> None:
        self._chunks = list(order.chunks())
        Read.taken = 0

    def take(self) -> Chunk | None:
        Read.taken += 1
        return self._chunks.pop(0) if self._chunks else None

    def close(self) -> None:
        pass


@pytest.mark.parametrize("step", ["check", "run"])
async def test_an_entry_made_meanwhile_waits_for_no_more_than_a_chunk(
    api: Api, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(runner, "TOGETHER_SECONDS", 60)
    monkeypatch.setattr(reading, "begin", Read)
    made = await uploaded(api, csv_file([HEADINGS, *people(2_500)]))
    assert (await api.post(f"{IMPORTS}/{made['id']}/{step}", None)).status_code == 200
    working = asyncio.create_task(api.registry.app.state.imports.step())
    # The third is asked for while the second is being written.
    while Read.taken < 3:
        await asyncio.sleep(0.001)
    entry = await api.post("/v1/participants", bodies.participant(2_501))
    assert entry.status_code == 201
    assert (await api.client.get(f"{IMPORTS}/{made['id']}")).json()["rows_done"] < 2_500
    await working
    assert counted((await api.client.get(f"{IMPORTS}/{made['id']}")).json()) == (2_500, 2_500, 0, 0, 0)


async def test_a_reader_that_dies_stops_the_import_which_goes_on_when_told_to(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROCESS_FROM_BYTES", 0)
    made = await uploaded(api, csv_file([HEADINGS, *people(20)]))
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/true")
        stopped = await worked(api, made)
    assert (stopped["state"], stopped["trouble"]) == ("failed", "import_stopped")
    done = await worked(api, made)
    assert (done["state"], counted(done)) == ("done", (20, 20, 0, 0, 0))
