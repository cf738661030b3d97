"""Published totals: every row as printed, read page by page, told to nobody."""

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.registry import data
from services.registry.seed import SeedProgress, seed_area_status_counts, seed_national_counts
from services.registry.storage import tables
from tests.integration.registry.conftest import Api

NATIONAL, AREAS = "/v1/national-counts", "/v1/area-status-counts"


async def _seed(api: Api) -> list[SeedProgress]:
    reports: list[SeedProgress] = []
    assert await seed_national_counts(api.registry.office, reports.append)
    assert await seed_area_status_counts(api.registry.office, reports.append)
    return reports


async def _all(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        answer = await api.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return items
        params["cursor"] = answer.json()["next_cursor"]


def _printed(name: str) -> list[dict[str, str]]:
    with (Path(data.__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _as_printed(item: dict[str, Any]) -> dict[str, str]:
    """An item written as its row of the file."""
    item = {("published_id" if name == "id" else name): value for name, value in item.items()}
    item["inferred"] = " ".join(item["inferred"])
    return {name: "" if value is None else str(value) for name, value in item.items()}


async def test_every_row_comes_back_as_it_was_printed(api: Api) -> None:
    reports = await _seed(api)
    assert all(report.source for report in reports)
    for path, name in ((NATIONAL, "national_counts"), (AREAS, "area_status_counts")):
        items = await _all(api, path, limit=3)
        printed = {row["published_id"]: row for row in _printed(name)}
        assert len(items) == len(printed)
        assert {item["id"]: _as_printed(item) for item in items} == printed
    assert await api.events() == []


async def test_totals_of_one_area(api: Api) -> None:
    await _seed(api)
    depok = await _all(api, AREAS, region="32.76")
    assert [(one["year"], one["bahaya"], one["siaga"], one["total_units"]) for one in depok] == [
        (2023, 7, None, 63),
        (2024, 0, 32, 63),
    ]
    assert await _all(api, AREAS, region="99.99") == []
    too_long = await api.client.get(AREAS, params={"region": "32.76.07"})
    assert (too_long.status_code, too_long.json()["errors"][0]["field"]) == (422, "region")


async def test_they_are_loaded_once_and_replaced_by_another_version_of_the_file(api: Api) -> None:
    await _seed(api)
    office, counts = api.registry.office, await api.counts()
    assert not await seed_national_counts(office, lambda _progress: None)
    async with office.database.transaction() as connection:
        await connection.execute(tables.seeds.update().values(version="earlier"))
        await connection.execute(tables.national_counts.update().values(source="earlier", tanggap=1))
    assert await seed_national_counts(office, lambda _progress: None)
    assert await api.counts() == counts
    assert "earlier" not in {item["source"] for item in await _all(api, NATIONAL)}
    async with office.database.read() as connection:
        note = select(tables.seeds.c.rows).where(tables.seeds.c.name == "national_counts")
        assert (await connection.execute(note)).scalar_one() == 4
