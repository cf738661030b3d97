"""The status of a village in a year: bahaya, waspada, siaga or aman."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict
from sqlalchemy import select

from services.registry.commands.model import (
    AnyEvent,
    Command,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates
from services.registry.domain.area_status import Statement, statements
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AreaStatus, AreaStatusRecorded
from shared.journal import Unit


class SetAreaStatus(Command):
    """The status and how it was found: the questionnaire IKRN (since 2024) or the older 8+5 criteria."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "siaga", "method": "IKRN", "on": "2024-11-18", "synthetic": True}]}
    )

    status: AreaStatus
    method: Literal["IKRN", "8+5"]
    on: OnInput
    synthetic: SyntheticInput = False


class AreaStatusView(View):
    """A village's status for a year."""

    PATH: ClassVar[str] = "/v1/area-statuses"

    village: str
    year: int
    status: AreaStatus
    method: Literal["IKRN", "8+5"]
    on: date
    synthetic: bool


async def put(
    unit: Unit, office: Office, village: str, year: int, command: SetAreaStatus, match: Match | None
) -> Written:
    """Sets the status; replacing one takes its version in ``If-Match``.

    Where the next recorded year follows another status now, that year's status is said again in the same transaction.
    """
    connection = unit.connection
    city = await office.village(connection, "village", village, command.on)
    dates.check_year("year", year, office.today(city))
    # All statuses of a village under one lock: the events say what they replace and what they follow.
    await locked(connection, tables.regions, village, "unknown_village", "village")
    history = await _history(unit, village)
    current = history.get(year)
    if current is None:
        row: Row = rows.new(village=village, year=year, **command.model_dump())
        await rows.add(connection, tables.area_statuses, row)
    else:
        check_match(current["version"], match)
        row = await rows.change(connection, tables.area_statuses, current, **command.model_dump())
    said = statements({known: old["status"] for known, old in history.items()}, year, command.status)
    events = _emit(unit, city, {**history, year: row}, said)
    location = f"{AreaStatusView.PATH}/{village}/{year}" if current is None else None
    return Written(AreaStatusView.of(row), row["version"], events, location)


def _emit(unit: Unit, city: str, rows_by_year: Mapping[int, Row], said: Sequence[Statement]) -> tuple[AnyEvent, ...]:
    """One event for each statement, the first as the cause of the others."""
    events: list[AnyEvent] = []
    for statement in said:
        row = rows_by_year[statement.year]
        payload = AreaStatusRecorded.model_validate({**{name: row[name] for name in _SAID}, **asdict(statement)})
        subject = f"{row['village']}/{statement.year}"
        events.append(unit.emit(payload, subject=subject, region=city, cause=events[0] if events else None))
    return tuple(events)


_SAID = ("village", "method", "on", "synthetic")


async def _history(unit: Unit, village: str) -> dict[int, Row]:
    table = tables.area_statuses
    found = await unit.connection.execute(select(table).where(table.c.village == village))
    return {row["year"]: rows.plain(row) for row in found.mappings()}
