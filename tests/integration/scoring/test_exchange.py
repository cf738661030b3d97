"""What other systems read, read with their own tools."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import httpx
import pytest
import sdmx
from python_calamine import CalamineWorkbook

from services.scoring.app import Scoring
from services.scoring.exchange import sheets
from services.scoring.http import tables
from services.scoring.http.headings import words
from services.scoring.instrument import load_catalogue
from tests.integration.scoring.registry_stream import (
    GROUPS,
    RATU_JAYA,
    RegistryStream,
    answers,
    business,
    chosen,
    published,
)
from tests.integration.scoring.test_official import moved
from tests.integration.scoring.test_villages import recorded

YEAR = {"year": 2023}
CITY = {"area": "32.76"}


@pytest.fixture
async def filled(scoring: Scoring) -> RegistryStream:
    stream = RegistryStream()
    for n in range(3):
        stream.add(business(n))
        stream.add(business(n, village="53.71.04.1011"), region="53.71")
    stream.add(published("a", "3.620", year=2023))
    stream.add(published("c", "3.602", year=2023))
    await scoring.follower.process(stream.entries)
    stream.add(chosen("c", "3.602", year=2023))
    await scoring.follower.process(stream.entries[-1:])
    return stream


async def test_sdmx_is_read_by_an_sdmx_reader(api: httpx.AsyncClient, filled: RegistryStream, tmp_path: Path) -> None:
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


async def test_adx_has_a_group_for_each_area_and_reading(api: httpx.AsyncClient, filled: RegistryStream) -> None:
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


OF_ONE_CITY = ("movements", "history", "sensitivity", "villages")
PARTS: dict[str, dict[str, str]] = {
    name: CITY if name in OF_ONE_CITY else {} for name in (*get_args(tables.Name), "villages")
}
"""Every table there is, and which part of it to ask for."""


@pytest.fixture
async def locked(scoring: Scoring, filled: RegistryStream) -> None:
    """Something for every table: a target, a survey of a city, its lock, and the villages of another survey."""
    stream, before = filled, len(filled.entries)
    for group in GROUPS:
        stream.add(answers(group, sorted(load_catalogue().get("kotan-2022").plain.items), 3), region="53.71")
    stream.add(moved("approved", "locked"), region="53.71")
    stream.add(recorded(RATU_JAYA, 2022, "siaga"))
    stream.add(recorded(RATU_JAYA, 2023, "aman"))
    stream.add(recorded("32.76.07.1005", 2023, "siaga"))
    await scoring.follower.process(stream.entries[before:])


async def file(api: httpx.AsyncClient, table: str, **asked: Any) -> list[dict[str, str]]:
    answer = await api.get(f"/v1/exchange/tables/{table}", params=YEAR | PARTS[table] | asked)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_every_table_says_the_same_as_csv_and_xlsx_and_in_words(api: httpx.AsyncClient, locked: None) -> None:
    for table, part in PARTS.items():
        address, params = f"/v1/exchange/tables/{table}", YEAR | part
        as_csv = await api.get(address, params=params)
        rows = list(csv.reader(io.StringIO(as_csv.text)))
        as_xlsx = await api.get(address, params=params | {"format": "xlsx"})
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx.content)).get_sheet_by_index(0).to_python()
        assert len(sheet) == len(rows) > 1, table
        assert sheet[0] == rows[0]
        assert {len(row) for row in rows} == {len(set(rows[0]))}
        for language in ("en", "id"):
            asked = params | {"headings": "words"}
            worded = await api.get(address, params=asked, headers={"Accept-Language": language})
            first, *others = csv.reader(io.StringIO(worded.text))
            assert tuple(first) == words(rows[0], english=language == "en")
            assert (others, len(set(first))) == (rows[1:], len(first))


async def test_the_villages_file_has_the_rows_of_their_list(api: httpx.AsyncClient, locked: None) -> None:
    listed = (await api.get("/v1/indices/32.76/villages", params=YEAR)).json()["items"]
    rows = await file(api, "villages")
    assert [(r["village"], r["status"], r["source"]) for r in rows] == [
        (i["village"], i["status"], i["source"]) for i in listed
    ]
    assert (rows[0]["village"], rows[0]["earlier_status"], rows[0]["steps"]) == (RATU_JAYA, "siaga", "1")
    assert await file(api, "villages", as_of="2001-01-01T00:00:00Z") == []
    wide = await api.get("/v1/exchange/tables/villages", params=YEAR | {"area": "32"})
    assert (wide.status_code, wide.json()["errors"][0]["field"]) == (422, "area")


async def test_the_targets_file_has_the_paces_of_every_city(api: httpx.AsyncClient, locked: None) -> None:
    formula = {"value": "3.5", "reason": "=HYPERLINK(1)"}
    assert (await api.put("/v1/indices/32.73/targets/2023", json=formula)).status_code == 200
    rows = await file(api, "targets")
    for region in ("32.73", "32.76", "53.71"):
        target = (await api.get(f"/v1/indices/{region}/targets/2023")).json()
        own = [row for row in rows if row["region"] == region]
        paces = [(p["reading"], p["value"] or "", p["gap"] or "", p["risen_a_week"] or "") for p in target["paces"]]
        assert [(r["reading"], r["index"], r["gap"], r["risen_a_week"]) for r in own if r["reading"]] == paces
        assert {(r["value"], r["source"]) for r in own} == {(target["value"] or "", target["source"] or "")}
    assert [row["reason"] for row in rows if row["region"] == "32.73"] == ["'=HYPERLINK(1)"]
    assert {row["region"] for row in await file(api, "targets", area="32")} == {"32.73", "32.76"}
    past = await api.get("/v1/exchange/tables/targets", params=YEAR | {"as_of": "2024-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "as_of")


async def test_the_rollups_file_has_a_line_for_the_area_and_each_province(api: httpx.AsyncClient, locked: None) -> None:
    rows = await file(api, "rollups")
    for reading in ("survey", "running"):
        found = (await api.get("/v1/rollups/ID", params=YEAR | {"reading": reading})).json()["editions"]
        said = [("ID", e["mean"]) for e in found]
        said += [(line["province"], line["mean"]) for e in found for line in e["provinces"]]
        own = [row for row in rows if row["reading"] == reading]
        assert sorted((r["area"], r["mean"]) for r in own) == sorted((area, mean or "") for area, mean in said)
        (edition,) = found
        nation = next(row for row in own if row["area"] == "ID")
        assert {b: int(nation[f"bands.{b}"]) for b in edition["bands"]} == edition["bands"]
        assert {b: int(nation[f"at_least.{b}"]) for b in edition["at_least"]} == edition["at_least"]
    city = await api.get("/v1/exchange/tables/rollups", params=YEAR | CITY)
    assert (city.status_code, city.json()["errors"][0]["field"]) == (422, "area")


async def test_the_sensitivity_file_has_every_set_of_weights(api: httpx.AsyncClient, locked: None) -> None:
    rows = await file(api, "sensitivity")
    found = (await api.get("/v1/indices/32.76/sensitivity", params=YEAR | {"reading": "running"})).json()
    assert {row["reading"] for row in rows} == {"running"}
    named = {row["weights"]: row for row in rows}
    assert set(named) == {*found["named"], "lowest", "highest"}
    for name, weighed in found["named"].items():
        assert (named[name]["value"], int(named[name]["rank_best"])) == (weighed["score"]["value"], weighed["rank"])
        assert {k: named[name][f"weight.{k}"] for k in weighed["weights"]} == weighed["weights"]
    assert (named["highest"]["value"], int(named["highest"]["rank_worst"])) == (
        found["highest"]["value"], found["rank_worst"]
    )  # fmt: skip
    both = {row["reading"] for row in await file(api, "sensitivity", area="53.71")}
    assert both == {"survey", "running"}


async def test_a_table_of_one_city_says_what_its_pages_say(api: httpx.AsyncClient, filled: RegistryStream) -> None:
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
