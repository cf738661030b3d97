"""What other systems read, read with their own tools."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
import sdmx
from python_calamine import CalamineWorkbook

from services.scoring.app import Scoring
from services.scoring.exchange import sheets
from tests.integration.scoring.registry_stream import RegistryStream, business, chosen, published

YEAR = {"year": 2023}
CITY = {"area": "32.76"}


@pytest.fixture
async def filled(scoring: Scoring) -> None:
    stream = RegistryStream()
    for n in range(3):
        stream.add(business(n))
        stream.add(business(n, village="53.71.04.1011"), region="53.71")
    stream.add(published("a", "3.620", year=2023))
    stream.add(published("c", "3.602", year=2023))
    await scoring.follower.process(stream.entries)
    stream.add(chosen("c", "3.602", year=2023))
    await scoring.follower.process(stream.entries[-1:])


async def test_sdmx_is_read_by_an_sdmx_reader(api: httpx.AsyncClient, filled: None, tmp_path: Path) -> None:
    files: dict[str, Path] = {}
    for name, address, params in (
        ("structure.xml", "structure", {}),
        ("data.csv", "data", YEAR),
        ("data.json", "data", YEAR | {"format": "json"}),
    ):
        answer = await api.get(f"/v1/exchange/sdmx/{address}", params=params)
        assert answer.status_code == 200, answer.text
        files[name] = tmp_path / name
        files[name].write_bytes(answer.content)
    structure: Any = sdmx.read_sdmx(files["structure.xml"])
    flow = structure.dataflow["DF_KOTAN"]
    assert [d.id for d in flow.structure.dimensions][:2] == ["REF_AREA", "EDITION"]
    assert "kotan-2022" in structure.codelist["CL_EDITION"]
    of_csv: Any = sdmx.read_sdmx(files["data.csv"], structure=flow.structure)
    of_json: Any = sdmx.read_sdmx(files["data.json"])
    index = (await api.get("/v1/indices/32.76", params=YEAR)).json()["running"]["value"]
    for message in (of_csv, of_json):
        values = {
            tuple(str(value.value) for value in o.key.values.values()): Decimal(str(o.value))
            for o in message.data[0].obs
        }
        assert values["32.76", "kotan-2022", "running", "index", "2023"] == Decimal(index)
        assert values["32.76", "kotan-2022", "published", "index", "2023"] == Decimal("3.602")
        assert ("53.71", "kotan-2022", "running", "masyarakat", "2023") in values
        assert len(values) == 2 * 6 + 1


async def test_adx_has_a_group_for_each_area_and_reading(api: httpx.AsyncClient, filled: None) -> None:
    answer = await api.get("/v1/exchange/adx", params=YEAR | {"area": "32"})
    root = ET.fromstring(answer.text)
    space = {"a": "urn:ihe:qrph:adx:2015"}
    groups = {(g.get("orgUnit"), g.get("dataSet")): g for g in root.findall("a:group", space)}
    assert set(groups) == {("32.76", "KOTAN_RUNNING"), ("32.76", "KOTAN_PUBLISHED")}
    running = groups["32.76", "KOTAN_RUNNING"]
    assert running.get("period") == "2023-01-01/P1Y"
    assert len(running.findall("a:dataValue", space)) == 6
    assert running.find("a:dataValue/a:annotation", space) is not None


async def test_every_indicator_has_its_satu_data_metadata(api: httpx.AsyncClient) -> None:
    items = (await api.get("/v1/exchange/satu-data")).json()["items"]
    assert {i["edition"] for i in items} == {"kotan-2019", "kotan-2022", "ikrn-2024"}
    assert {i["area_level"] for i in items if i["edition"] == "ikrn-2024"} == {"village"}
    assert all(i["definition"]["id"] and i["unit"]["id"] and i["source"] and i["frequency"]["id"] for i in items)


async def test_tables_as_csv_and_xlsx_say_the_same(api: httpx.AsyncClient, filled: None) -> None:
    for table, of_one in (
        ("indices", {}),
        ("published", {}),
        ("indicators", {}),
        ("movements", CITY),
        ("history", CITY),
    ):
        params = YEAR | of_one
        as_csv = await api.get(f"/v1/exchange/tables/{table}", params=params)
        rows = list(csv.reader(io.StringIO(as_csv.text)))
        as_xlsx = await api.get(f"/v1/exchange/tables/{table}", params=params | {"format": "xlsx"})
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx.content)).get_sheet_by_index(0).to_python()
        assert len(sheet) == len(rows) > 1
        assert sheet[0] == rows[0]


async def test_a_table_of_one_city_says_what_its_pages_say(api: httpx.AsyncClient, filled: None) -> None:
    async def rows(table: str, **more: str) -> list[dict[str, str]]:
        answer = await api.get(f"/v1/exchange/tables/{table}", params=YEAR | CITY | more)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))

    moved = (await api.get("/v1/indices/32.76/movements", params=YEAR)).json()["items"]
    assert [row["event_id"] for row in await rows("movements")] == [one["event_id"] for one in moved]
    points = (await api.get("/v1/indices/32.76/history", params=YEAR)).json()["items"]
    shown = [(row["instrument"], row["running"]) for row in await rows("history")]
    assert shown == [(point["instrument"], point["running_value"] or "") for point in points]
    assert await rows("history", as_of="2001-01-01T00:00:00Z") == []
    nowhere = await api.get("/v1/exchange/tables/history", params=YEAR)
    assert (nowhere.status_code, nowhere.json()["errors"][0]["field"]) == (404, "region")


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(A1)", "\t=1"])
def test_a_text_is_never_a_formula(text: str) -> None:
    assert sheets.csv_document(["a"], [[text]]).split("\n")[1].strip('"').startswith("'")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.xlsx_document("t", ["a"], [[text, Decimal("-1.5")]])))
    assert book.get_sheet_by_index(0).to_python()[1] == [f"'{text}", -1.5]
