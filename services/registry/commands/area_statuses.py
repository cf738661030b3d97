"""The status of a village in a year: bahaya, waspada, siaga or aman."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict
from sqlalchemy import select

from services.registry.commands import audit
from services.registry.commands.model import (
    AnyEvent,
    Command,
    Match,
    OnInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    YearInput,
    check_match,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates
from services.registry.domain.area_status import Statement, statements
from services.registry.domain.territory import city_of
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AreaStatus, AreaStatusRecorded, AreaStatusReleased
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


class RecordAreaStatus(SetAreaStatus):
    """A status with its village and year: a row of an import."""

    village: VillageInput
    year: YearInput


class AreaStatusView(View):
    """A village's status for a year; ``released_by`` is the account of whoever released it to the public."""

    PATH: ClassVar[str] = "/v1/area-statuses"

    village: str
    year: int
    status: AreaStatus
    method: Literal["IKRN", "8+5"]
    on: date
    released: bool
    released_by: str | None
    released_on: date | None
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
        row: Row = rows.new(village=village, year=year, **command.model_dump(), **NOT_RELEASED)
        await rows.add(connection, tables.area_statuses, row)
    else:
        check_match(current["version"], match)
        row = await _correct(unit, current, command.model_dump())
    said = statements({known: old["status"] for known, old in history.items()}, year, command.status)
    events = await _told(unit, office, city, {**history, year: row}, said, current)
    location = f"{AreaStatusView.PATH}/{village}/{year}" if current is None else None
    return Written(AreaStatusView.of(row), row["version"], events, location)


async def record_many(unit: Unit, office: Office, commands: Sequence[RecordAreaStatus]) -> list[Written]:
    """Records statuses in a few statements, in order. One that says what is recorded already changes nothing; another
    one corrects what is recorded."""
    connection = unit.connection
    for command in commands:
        city = await office.village(connection, "village", command.village, command.on)
        dates.check_year("year", command.year, office.today(city))
    histories = await _histories(unit, sorted({command.village for command in commands}))
    made: dict[tuple[str, int], Row] = {}
    done = [await _record(unit, office, histories[command.village], command, made) for command in commands]
    await _save(unit, made)
    return done


async def _record(
    unit: Unit, office: Office, history: dict[int, Row], command: RecordAreaStatus, made: dict[tuple[str, int], Row]
) -> Written:
    village, year = command.village, command.year
    current, values = history.get(year), command.model_dump(exclude={"village", "year"})
    if current is not None and all(current[name] == value for name, value in values.items()):
        return Written(AreaStatusView.of(current), current["version"])
    said = statements({known: old["status"] for known, old in history.items()}, year, command.status)
    if current is None:
        history[year] = made[village, year] = rows.new(village=village, year=year, **values, **NOT_RELEASED)
    else:
        await _save(unit, made)  # the row may be one of this very import
        history[year] = await _correct(unit, current, values)
    row = history[year]
    events = await _told(unit, office, city_of(village), history, said, current)
    location = f"{AreaStatusView.PATH}/{village}/{year}" if current is None else None
    return Written(AreaStatusView.of(row), row["version"], events, location)


async def _save(unit: Unit, made: dict[tuple[str, int], Row]) -> None:
    if made:
        await rows.add(unit.connection, tables.area_statuses, *made.values())
        made.clear()


async def _histories(unit: Unit, villages: Sequence[str]) -> dict[str, dict[int, Row]]:
    """The recorded years of villages, under the villages' locks, taken in the order of the codes."""
    regions, statuses = tables.regions, tables.area_statuses
    lock = select(regions.c.code).where(regions.c.code.in_(villages)).order_by(regions.c.code).with_for_update()
    await unit.connection.execute(lock)
    histories: dict[str, dict[int, Row]] = {village: {} for village in villages}
    found = await unit.connection.execute(select(statuses).where(statuses.c.village.in_(villages)))
    for row in found.mappings():
        histories[row["village"]][row["year"]] = rows.plain(row)
    return histories


async def _correct(unit: Unit, current: Row, values: dict[str, Any]) -> Row:
    """The corrected row. Another status is another label: whoever released the old one hasn't released it."""
    lapsed = NOT_RELEASED if values["status"] != current["status"] else {}
    return await rows.change(unit.connection, tables.area_statuses, current, **values, **lapsed)


async def _told(
    unit: Unit, office: Office, city: str, history: Mapping[int, Row], said: Sequence[Statement], before: Row | None
) -> tuple[AnyEvent, ...]:
    """What was said, and that a release lapsed where one did."""
    events = _emit(unit, city, history, said)
    row = history[said[0].year]
    if before is None or before["released"] == row["released"]:
        return events
    await audit.write(unit, office, "area_status.release_lapsed", f"{row['village']}/{row['year']}")
    return *events, say_release(unit, city, row, cause=events[0])


def say_release(unit: Unit, city: str, row: Row, cause: AnyEvent | None = None) -> AnyEvent:
    """Says whether a status is released; who did it is in the audit log."""
    payload = AreaStatusReleased(**{name: row[name] for name in ("village", "year", "released", "synthetic")})
    return unit.emit(payload, subject=f"{row['village']}/{row['year']}", region=city, cause=cause)


def _emit(unit: Unit, city: str, rows_by_year: Mapping[int, Row], said: Sequence[Statement]) -> tuple[AnyEvent, ...]:
    """One event for each statement, the first as the cause of the others."""
    events: list[AnyEvent] = []
    for statement in said:
        row = rows_by_year[statement.year]
        payload = AreaStatusRecorded.model_validate({**{name: row[name] for name in _SAID}, **asdict(statement)})
        subject = f"{row['village']}/{statement.year}"
        events.append(unit.emit(payload, subject=subject, region=city, cause=events[0] if events else None))
    return tuple(events)


NOT_RELEASED: Mapping[str, Any] = {"released": False, "released_by": None, "released_on": None}
_SAID = ("village", "method", "on", "synthetic")


async def _history(unit: Unit, village: str) -> dict[int, Row]:
    table = tables.area_statuses
    found = await unit.connection.execute(select(table).where(table.c.village == village))
    return {row["year"]: rows.plain(row) for row in found.mappings()}
