"""Every list as a file: whole, pseudonymous, harmless to spreadsheets, within the reader's bounds."""

import csv
import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.registry.http import export
from services.registry.http.export import TYPES
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api
from tests.integration.registry.test_lists import LISTS

XLSX = next(media for media, kind in TYPES.items() if kind == "xlsx")
PEOPLE = "/v1/participants"


async def fetched(api: Api, path: str, accept: str, language: str = "id", **query: str) -> Any:
    answer = await api.client.get(path, params=query, headers={"Accept": accept, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(accept)
    return answer


async def people(api: Api, number: int) -> list[str]:
    return [(await api.made(PEOPLE, bodies.participant(place)))["id"] for place in range(number)]


async def test_a_list_goes_out_whole_however_many_pages_it_takes(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_A_PAGE", 2)
    ids = await people(api, 5)
    text = (await fetched(api, PEOPLE, "text/csv")).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["ID"] for row in rows] == ids
    assert {row["Kode desa/kelurahan"] for row in rows} == {bodies.RATU_JAYA}
    book = CalamineWorkbook.from_filelike(io.BytesIO((await fetched(api, PEOPLE, XLSX, "en")).content))
    heading, *found = book.get_sheet_by_index(0).to_python()
    assert heading[0] == "id"
    assert [row[0] for row in found] == ids
    lines = (await fetched(api, PEOPLE, "application/x-ndjson", sort="-id")).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids[::-1]


async def test_filters_hold_for_files_too(api: Api) -> None:
    await people(api, 2)
    other = await api.made(PEOPLE, bodies.participant(7, group="family"))
    text = (await fetched(api, PEOPLE, "text/csv", group="family")).text
    assert [row["ID"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))] == [other["id"]]
    refused = await api.client.get(PEOPLE, params={"colour": "red"}, headers={"Accept": "text/csv"})
    assert refused.status_code == 422


async def test_no_name_goes_out_and_the_export_is_in_the_log(api: Api) -> None:
    await people(api, 3)
    for media in TYPES:
        assert b"Peserta" not in (await fetched(api, PEOPLE, media)).content
    entries = (await api.client.get("/v1/audit", params={"action": "list.exported"})).json()["items"]
    assert sorted(entry["facts"]["format"] for entry in entries) == ["csv", "ndjson", "xlsx"]
    assert {entry["subject"] for entry in entries} == {"participants"}


async def test_a_cell_is_never_a_formula(api: Api) -> None:
    name = "=HYPERLINK(1) Sekolah"
    await api.made("/v1/institutions", bodies.institution(name=name))
    text = (await fetched(api, "/v1/institutions", "text/csv")).text
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["Nama"] == f"'{name}"


async def test_every_list_has_its_files(api: Api) -> None:
    for path in sorted(path for path, _ in LISTS if "{" not in path):
        for media in TYPES:
            await fetched(api, path, media)
