"""Desa and Kelurahan Bersinar: which villages are designated for a year, by which decree."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    Command,
    DecreeInput,
    DocumentInput,
    Match,
    SyntheticInput,
    View,
    Written,
    check_match,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, documents
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import BersinarDesignated
from shared.journal import Unit
from shared.runtime.exact import Day


class SetDesignation(Command):
    """The decree that designates a village for a year; with ``revoked_on`` it stands no longer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decree_number": "Contoh 3/2023", "decree_on": "2023-02-20", "synthetic": True}]
        }
    )

    decree_number: DecreeInput
    decree_on: Annotated[Day, Field(description="The date of the decree.")]
    document: DocumentInput | None = None
    revoked_on: Annotated[Day | None, Field(description="The day it was revoked, or found to be a mistake.")] = None
    synthetic: SyntheticInput = False


class DesignationView(View):
    """A village's designation for a year; ``revoked_on`` is null while it stands."""

    PATH: ClassVar[str] = "/v1/designations"

    village: str
    year: int
    decree_number: str
    decree_on: date
    document: str | None
    revoked_on: date | None
    synthetic: bool


async def put(
    unit: Unit, office: Office, village: str, year: int, command: SetDesignation, match: Match | None
) -> Written:
    """Records the designation, corrects it, or revokes it; replacing one takes its version in ``If-Match``."""
    connection = unit.connection
    city = await office.village(connection, "village", village)
    _check(command, year, office.today(city))
    await locked(connection, tables.regions, village, "unknown_village", "village")
    current = await rows.find(connection, tables.designations, village, year, lock=True)
    if current is None:
        row: Row = rows.new(village=village, year=year, **command.model_dump())
        await rows.add(connection, tables.designations, row)
    else:
        check_match(current["version"], match)
        row = await rows.change(connection, tables.designations, current, **command.model_dump())
    payload = BersinarDesignated(
        standing=row["revoked_on"] is None,
        previously_standing=current is not None and current["revoked_on"] is None,
        **{name: row[name] for name in _SAID},
    )
    event = unit.emit(payload, subject=f"{village}/{year}", region=city)
    location = f"{DesignationView.PATH}/{village}/{year}" if current is None else None
    return Written(DesignationView.of(row), row["version"], (event,), location)


def _check(command: SetDesignation, year: int, today: date) -> None:
    dates.check_year("year", year, today)
    dates.check_happened("decree_on", command.decree_on, today)
    documents.check_number("decree_number", command.decree_number)
    documents.check_link("document", command.document)
    if command.revoked_on is not None:
        dates.check_happened("revoked_on", command.revoked_on, today)
        dates.check_not_before("revoked_on", command.revoked_on, command.decree_on, "ends_before_start")


_SAID = ("village", "year", "decree_number", "decree_on", "revoked_on", "synthetic")
