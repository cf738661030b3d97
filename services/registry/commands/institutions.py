"""Institutions in the four settings (pemerintah, swasta, pendidikan, masyarakat) and what they do against drugs."""

from datetime import date
from typing import ClassVar

from pydantic import ConfigDict

from services.registry.commands.model import (
    AnyEvent,
    CityInput,
    Command,
    CountInput,
    Match,
    OnInput,
    OrganisationInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import personal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import InstitutionRecorded, InstitutionState, Setting
from shared.journal import Unit
from shared.runtime import clock


class RecordInstitution(Command):
    """An institution and its present state: numbers of penggiat (people) and of urine tests."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "name": "Sekolah Contoh 1",
                    "setting": "pendidikan",
                    "has_policy": True,
                    "penggiat": 2,
                    "urine_tests": 40,
                    "on": "2023-02-10",
                    "synthetic": True,
                }
            ]
        }
    )

    region: CityInput
    name: OrganisationInput
    setting: Setting
    has_policy: bool
    penggiat: CountInput = 0
    urine_tests: CountInput = 0
    on: OnInput
    synthetic: SyntheticInput = False


class ReplaceInstitution(Command):
    """The state that replaces the recorded one, all of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"has_policy": True, "penggiat": 3, "urine_tests": 80, "on": "2023-06-12"}]}
    )

    has_policy: bool
    penggiat: CountInput
    urine_tests: CountInput
    on: OnInput


class InstitutionView(View):
    """An institution as last recorded."""

    PATH: ClassVar[str] = "/v1/institutions"

    id: str
    region: str
    name: str
    setting: Setting
    has_policy: bool
    penggiat: int
    urine_tests: int
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordInstitution) -> Written:
    """Records an institution for the first time."""
    office.city("region", command.region, command.on)
    personal.check_open_text(name=command.name)
    row = rows.new(id=clock.new_id(), **command.model_dump())
    await rows.add(unit.connection, tables.institutions, row)
    return written(InstitutionView, row, _emit(unit, row, None), created=True)


async def replace(
    unit: Unit, office: Office, institution_id: str, command: ReplaceInstitution, match: Match | None
) -> Written:
    """Replaces the state; the event carries the old one too."""
    row = await locked(unit.connection, tables.institutions, institution_id, "unknown_record", None)
    check_match(row["version"], match)
    office.city("region", row["region"], command.on)
    changed = await rows.change(unit.connection, tables.institutions, row, **command.model_dump())
    return written(InstitutionView, changed, _emit(unit, changed, row))


def _emit(unit: Unit, row: Row, previous: Row | None) -> AnyEvent:
    payload = InstitutionRecorded(
        institution_id=row["id"],
        setting=row["setting"],
        state=_state(row),
        previous=None if previous is None else _state(previous),
        on=row["on"],
        synthetic=row["synthetic"],
    )
    return unit.emit(payload, subject=row["id"], region=row["region"])


def _state(row: Row) -> InstitutionState:
    return InstitutionState(has_policy=row["has_policy"], penggiat=row["penggiat"], urine_tests=row["urine_tests"])
