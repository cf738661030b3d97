"""Published totals: kab/kota by band for the nation, villages by status for an area.

Each row stays as printed, with its source. Totals are never recomputed from what the registry records, nothing is
counted from them, and no event tells of them: they are reference data, like the region tree.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, Table

from services.registry.commands.office import Office
from services.registry.seeding.once import Report, SeedProgress, file_version, load_newest
from services.registry.storage import rows, tables
from shared.journal import Unit

DATA = Path(__file__).parents[1] / "data"
NATIONAL_LABEL = "Jumlah nasional yang dipublikasikan"
AREA_STATUS_LABEL = "Jumlah status wilayah yang dipublikasikan"
SOURCE = "publikasi BNN dan pers; sumber pada setiap baris"


async def seed_national_counts(office: Office, report: Report) -> bool:
    """Loads how many kab/kota reached which band, or replaces it where the file is another version; whether it did."""
    return await _seed(office, tables.national_counts, NATIONAL_LABEL, report)


async def seed_area_status_counts(office: Office, report: Report) -> bool:
    """Loads how many villages have which status, or replaces it where the file is another version; whether it did."""
    return await _seed(office, tables.area_status_counts, AREA_STATUS_LABEL, report)


async def _seed(office: Office, table: Table, label: str, report: Report) -> bool:
    path = DATA / f"{table.name}.csv"

    async def load(unit: Unit) -> int:
        with path.open(encoding="utf-8", newline="") as file:
            printed = [_row(table, row) for row in csv.DictReader(file)]
        await unit.connection.execute(table.delete())
        for done, row in enumerate(printed, start=1):
            await rows.add(unit.connection, table, row)
            report(SeedProgress(label, done, len(printed), SOURCE))
        return len(printed)

    return await load_newest(office, table.name, file_version(path), load)


def _row(table: Table, printed: Mapping[str, str]) -> dict[str, Any]:
    """A row of the table. An empty cell means that the source doesn't print it; it's never zero."""
    kept: dict[str, Any] = {}
    for column in table.columns:
        text = printed["published_id" if column.name == "id" else column.name]
        kept[column.name] = (int(text) if isinstance(column.type, Integer) else text) if text else None
    return {**kept, "inferred": printed["inferred"].split()}
