"""Regional regulations, decrees and action plans (RAD) on P4GN."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    CityInput,
    Command,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import personal
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import RegulationKind, RegulationRecorded
from shared.journal import Unit
from shared.runtime import clock


class RecordRegulation(Command):
    """A regulation of a kab/kota, in force or not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "kind": "perwali",
                    "number": "Contoh 1/2023",
                    "in_force": True,
                    "on": "2023-05-02",
                    "synthetic": True,
                }
            ]
        }
    )

    region: CityInput
    kind: RegulationKind
    number: Annotated[str, Field(min_length=1, max_length=80, pattern=PRINTABLE)]
    in_force: bool
    on: OnInput
    synthetic: SyntheticInput = False


class ReplaceRegulation(Command):
    """Whether it is in force, from a day on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"in_force": False, "on": "2023-12-29"}]})

    in_force: bool
    on: OnInput


class RegulationView(View):
    """A regulation as last recorded."""

    PATH: ClassVar[str] = "/v1/regulations"

    id: str
    region: str
    kind: RegulationKind
    number: str
    in_force: bool
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordRegulation) -> Written:
    """Records a regulation; the same kind and number can't be recorded twice in a kab/kota."""
    office.city("region", command.region, command.on)
    personal.check_open_text(number=command.number)
    row = rows.new(id=clock.new_id(), **command.model_dump())
    if not await rows.add_if_absent(unit.connection, tables.regulations, row):
        raise Refusal("already_recorded", "number")
    return written(RegulationView, row, _emit(unit, row, previously_in_force=False), created=True)


async def replace(
    unit: Unit, office: Office, regulation_id: str, command: ReplaceRegulation, match: Match | None
) -> Written:
    """Brings a regulation in or out of force."""
    row = await locked(unit.connection, tables.regulations, regulation_id, "unknown_record", None)
    check_match(row["version"], match)
    office.city("region", row["region"], command.on)
    changed = await rows.change(unit.connection, tables.regulations, row, **command.model_dump())
    return written(RegulationView, changed, _emit(unit, changed, previously_in_force=row["in_force"]))


def _emit(unit: Unit, row: Row, *, previously_in_force: bool) -> AnyEvent:
    payload = RegulationRecorded(
        regulation_id=row["id"],
        kind=row["kind"],
        number=row["number"],
        in_force=row["in_force"],
        previously_in_force=previously_in_force,
        on=row["on"],
        synthetic=row["synthetic"],
    )
    return unit.emit(payload, subject=row["id"], region=row["region"])
