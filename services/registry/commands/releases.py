"""Releasing a village's status to the public: a person's decision, on record, never the software's."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from services.registry.commands import audit
from services.registry.commands.area_statuses import NOT_RELEASED, AreaStatusView, say_release
from services.registry.commands.model import PRINTABLE, Command, Match, View, Written, check_match
from services.registry.commands.office import Office, locked
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.access import NODE
from shared.contracts.registry import AreaStatus
from shared.journal import Unit


class Release(Command):
    """Why the label may be known to everybody, or no longer; kept in the audit log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Diumumkan lurah dalam rembuk warga"}]})

    reason: Annotated[str, Field(min_length=5, max_length=200, pattern=PRINTABLE)]


class ReleasedStatusView(View):
    """A village's status for a year that a person released to the public."""

    PATH: ClassVar[str] = "/v1/released-area-statuses"

    village: str
    year: int
    status: AreaStatus
    method: Literal["IKRN", "8+5"]
    released_on: date
    synthetic: bool


async def release(
    unit: Unit, office: Office, village: str, year: int, command: Release, match: Match | None
) -> Written:
    """Releases the status as it stands; a later correction of the status takes the release back."""
    city, row = await _row(unit, office, village, year, match)
    values = {"released": True, "released_by": office.actor.id, "released_on": office.today(city)}
    return await _set(unit, office, city, row, values, command.reason)


async def withhold(
    unit: Unit, office: Office, village: str, year: int, command: Release, match: Match | None
) -> Written:
    """Takes a release back."""
    city, row = await _row(unit, office, village, year, match)
    return await _set(unit, office, city, row, NOT_RELEASED, command.reason)


async def _row(unit: Unit, office: Office, village: str, year: int, match: Match | None) -> tuple[str, Row]:
    if office.actor.id == NODE.id:
        raise Refusal("person_needed")
    city = await office.village(unit.connection, "village", village)
    await locked(unit.connection, tables.regions, village, "unknown_village", "village")
    row = await rows.find(unit.connection, tables.area_statuses, village, year, lock=True)
    if row is None:
        raise Refusal("unknown_record")
    check_match(row["version"], match, required=False)
    return city, row


async def _set(unit: Unit, office: Office, city: str, row: Row, values: Row, reason: str) -> Written:
    if row["released"] == values["released"]:
        return Written(AreaStatusView.of(row), row["version"])
    changed = await rows.change(unit.connection, tables.area_statuses, row, **values)
    action = "area_status.released" if values["released"] else "area_status.withheld"
    await audit.write(unit, office, action, f"{row['village']}/{row['year']}", reason=reason, status=row["status"])
    return Written(AreaStatusView.of(changed), changed["version"], (say_release(unit, city, changed),))
