"""Every event that reached a village, and what was known of it at a moment: folded again from the first."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.ledger import Line, entry_of, moment
from services.scoring.domain.state import CityYear, add_evidence
from services.scoring.domain.village import Recorded, VillageYear
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import villages
from services.scoring.storage.tables import of_now
from services.scoring.storage.tables import village_entry as t
from services.scoring.storage.villages import Key

Row = dict[str, Any]


def row_of(village: str, year: int, number: int, line: Line) -> Row:
    """An entry as its table has it, but for the generation."""
    return {"village": village, "year": year, "number": number, "at": moment(line.at), "body": line.text}


def recorded_line(recorded: Recorded, at: datetime) -> Line:
    """The entry of a recorded status."""
    return Line(round(at.timestamp() * 1_000_000), json.dumps(recorded._asdict()))


async def add(connection: AsyncConnection, generation: int, rows: Iterable[Row]) -> None:
    """Keep entries."""
    found = [{"generation": generation} | row for row in rows]
    if found:
        await connection.execute(sa.insert(t), found)


async def known(
    connection: AsyncConnection, catalogue: Catalogue, code: str, *, upto: int | None = None, at: datetime | None = None
) -> dict[Key, VillageYear]:
    """All years of the villages of a kab/kota, or of one village: as they are, or as they were known at a moment."""
    now = await villages.within(connection, code, upto=upto)
    if at is None:
        return now
    query = sa.select(t).where(of_now(t), t.c.village.startswith(code, autoescape=True), t.c.at <= at)
    rows = await connection.execute(query.order_by(t.c.village, t.c.year, t.c.number))
    past: dict[Key, VillageYear] = {}
    for row in rows:
        key = (row.village, row.year)
        if key in now:
            village = past.setdefault(key, VillageYear(CityYear(*key, now[key].state.instrument)))
            _fold(village, row.number, json.loads(row.body), catalogue)
    return past


def _fold(village: VillageYear, number: int, body: Any, catalogue: Catalogue) -> None:
    village.entries = number
    if isinstance(body, dict):
        village.recorded = Recorded(**body)
        return
    layout = catalogue.get(village.state.instrument).plain.layout
    add_evidence(village.state, entry_of(number, body).evidence, layout)
