"""Recovery agents and penggiat of a village, active or not; who they are is not recorded here."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict

from services.registry.commands.model import (
    AnyEvent,
    Command,
    Match,
    OnInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import territory
from services.registry.domain.dates import check_happened
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AgentRecorded
from shared.journal import Unit
from shared.runtime import clock

AgentKind = Literal["agen_pemulihan", "penggiat"]


class RecordAgent(Command):
    """An agent of a village."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "agen_pemulihan",
                    "village": "32.76.07.1003",
                    "active": True,
                    "on": "2023-02-01",
                    "synthetic": True,
                }
            ]
        }
    )

    kind: AgentKind
    village: VillageInput
    active: bool = True
    on: OnInput
    synthetic: SyntheticInput = False


class ReplaceAgent(Command):
    """Whether the agent is active, from a day on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False, "on": "2023-11-30"}]})

    active: bool
    on: OnInput


class AgentView(View):
    """An agent as last recorded."""

    PATH: ClassVar[str] = "/v1/agents"

    id: str
    kind: AgentKind
    village: str
    active: bool
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordAgent) -> Written:
    """Records an agent for the first time."""
    await office.village(unit.connection, "village", command.village, command.on)
    row = rows.new(id=clock.new_id(), **command.model_dump())
    await rows.add(unit.connection, tables.agents, row)
    return written(AgentView, row, _emit(unit, row, previously_active=False), created=True)


async def replace(unit: Unit, office: Office, agent_id: str, command: ReplaceAgent, match: Match | None) -> Written:
    """Records that an agent became active or stopped."""
    row = await locked(unit.connection, tables.agents, agent_id, "unknown_record", None)
    check_match(row["version"], match)
    check_happened("on", command.on, office.today(territory.city_of(row["village"])))
    changed = await rows.change(unit.connection, tables.agents, row, **command.model_dump())
    return written(AgentView, changed, _emit(unit, changed, previously_active=row["active"]))


def _emit(unit: Unit, row: Row, *, previously_active: bool) -> AnyEvent:
    payload = AgentRecorded(
        agent_id=row["id"],
        kind=row["kind"],
        village=row["village"],
        active=row["active"],
        previously_active=previously_active,
        on=row["on"],
        synthetic=row["synthetic"],
    )
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]))
