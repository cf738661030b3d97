"""Programmes and their sessions."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    Command,
    CountInput,
    IdInput,
    OnInput,
    OrganisationInput,
    SectorInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import personal, programmes, territory
from services.registry.storage import rows, tables
from shared.contracts.registry import ProgrammeCreated, ProgrammeKind, SessionHeld
from shared.journal import Unit
from shared.runtime import clock

VILLAGES_MAX = 100


class CreateProgramme(Command):
    """A programme for villages of one kab/kota. A ``quota`` of 0 sets no limit to the places."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "kewirausahaan",
                    "sector": "lele",
                    "villages": ["32.76.07.1003"],
                    "provider": "DKUM Kota Depok",
                    "quota": 20,
                    "on": "2023-02-01",
                    "synthetic": True,
                }
            ]
        }
    )

    kind: ProgrammeKind
    sector: SectorInput
    villages: Annotated[tuple[VillageInput, ...], Field(min_length=1, max_length=VILLAGES_MAX)]
    provider: OrganisationInput
    quota: CountInput
    on: OnInput
    synthetic: SyntheticInput = False


class ProgrammeView(View):
    """A programme and how many of its places are taken."""

    PATH: ClassVar[str] = "/v1/programmes"

    id: str
    region: str
    kind: ProgrammeKind
    sector: str
    villages: tuple[str, ...]
    provider: str
    quota: int
    places_taken: int
    on: date
    synthetic: bool


class HoldSession(Command):
    """One session of a programme took place. ``families`` counts the families among those who attended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme_id": "01920000-0000-7000-8000-000000000001",
                    "village": "32.76.07.1003",
                    "attended": 18,
                    "families": 12,
                    "on": "2023-03-13",
                }
            ]
        }
    )

    programme_id: IdInput
    village: VillageInput
    attended: CountInput
    families: CountInput = 0
    on: OnInput
    synthetic: SyntheticInput = False


class SessionView(View):
    """A session as recorded."""

    PATH: ClassVar[str] = "/v1/sessions"

    id: str
    programme_id: str
    village: str
    attended: int
    families: int
    on: date
    synthetic: bool


async def create(unit: Unit, office: Office, command: CreateProgramme) -> Written:
    """Sets up a programme."""
    for place, village in enumerate(command.villages):
        await office.village(unit.connection, f"villages.{place}", village, command.on)
    city = territory.common_city("villages", command.villages)
    personal.check_open_text(sector=command.sector, provider=command.provider)
    row = rows.new(id=clock.new_id(), region=city, places_taken=0, **_stored(command))
    await rows.add(unit.connection, tables.programmes, row)
    payload = ProgrammeCreated(programme_id=row["id"], **command.model_dump())
    event = unit.emit(payload, subject=row["id"], region=city)
    return written(ProgrammeView, row, event, created=True)


async def hold_session(unit: Unit, office: Office, command: HoldSession) -> Written:
    """Records a session of a programme the office has."""
    programme = await locked(
        unit.connection, tables.programmes, command.programme_id, "unknown_programme", "programme_id"
    )
    city = await office.village(unit.connection, "village", command.village, command.on)
    programmes.check_session(command.attended, command.families, command.village, programme["villages"])
    values = command.model_dump() | {"synthetic": command.synthetic or programme["synthetic"]}
    row = rows.new(id=clock.new_id(), **values)
    await rows.add(unit.connection, tables.sessions, row)
    event = unit.emit(
        SessionHeld(session_id=row["id"], kind=programme["kind"], **values), subject=row["id"], region=city
    )
    return written(SessionView, row, event, created=True)


def _stored(command: CreateProgramme) -> dict[str, Any]:
    return command.model_dump() | {"villages": list(command.villages)}
