"""Recovery agents and penggiat of a village, active or not; who they are is not recorded here."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.registry.commands.model import (
    AnyEvent,
    Command,
    Match,
    OnInput,
    SectorInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import personal, terms, territory
from services.registry.domain.dates import check_happened
from services.registry.domain.refusal import Refusal
from services.registry.domain.terms import Term, Turn
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AgentRecorded, AgentTrained
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day, Flag

AgentKind = Literal["agen_pemulihan", "penggiat"]
StopReason = Annotated[
    Literal["moved", "resigned", "working", "term_ended", "released", "deceased", "mistake", "other"],
    Field(description="Why the agent stopped."),
]
FirstDayInput = Annotated[Day, Field(description="First day active.")]
LastDayInput = Annotated[Day, Field(description="Last day active.")]
TRAININGS_MAX = 100


class RecordAgent(Command):
    """An agent of a village, active from the day ``on``."""

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
    active: Flag = True
    on: OnInput
    synthetic: SyntheticInput = False


class ReplaceAgent(Command):
    """Whether the agent is active, from a day on, and why not."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"active": False, "on": "2023-11-30", "reason": "moved"}]}
    )

    active: Flag
    on: OnInput
    reason: StopReason | None = None


class CorrectAgent(Command):
    """Mends when and why; what is left out stays, null takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2023-01-16"}]})

    since: FirstDayInput | None = None
    until: LastDayInput | None = None
    reason: StopReason | None = None


class TrainAgent(Command):
    """A training the agent finished."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"what": "konseling dasar", "on": "2023-03-14"}]})

    what: SectorInput
    on: OnInput


class Training(BaseModel):
    """A training: what it was about and the day it was finished."""

    what: str
    on: date


class AgentView(View):
    """An agent as last recorded."""

    PATH: ClassVar[str] = "/v1/agents"

    id: str
    kind: AgentKind
    village: str
    active: bool
    since: date | None = None
    until: date | None = None
    reason: StopReason | None = None
    trainings: tuple[Training, ...] = ()
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordAgent) -> Written:
    """Records an agent for the first time."""
    city = await office.village(unit.connection, "village", command.village, command.on)
    term, today = Term(command.on if command.active else None), office.today(city)
    values = command.model_dump() | _columns(term, today)
    row = rows.new(id=clock.new_id(), reason=None, trainings=[], **values)
    await rows.add(unit.connection, tables.agents, row)
    return written(AgentView, row, *_say(unit, row, term.turns(today)), created=True)


async def replace(unit: Unit, office: Office, agent_id: str, command: ReplaceAgent, match: Match | None) -> Written:
    """Records that an agent became active or stopped."""
    row = await locked(unit.connection, tables.agents, agent_id, "unknown_record", None)
    check_match(row["version"], match)
    today, was = office.today(territory.city_of(row["village"])), _term(row)
    check_happened("on", command.on, today)
    term = (terms.begin if command.active else terms.end)(was, command.on, today)
    reason = None if command.active else command.reason
    values = {"on": command.on, "reason": reason, **_columns(term, today)}
    changed = await rows.change(unit.connection, tables.agents, row, **values)
    said = terms.restated(was.turns(row["said_on"]) if term.after == was.after else [], term.turns(today))
    return written(AgentView, changed, *_say(unit, changed, said))


async def correct(unit: Unit, office: Office, agent_id: str, command: CorrectAgent, match: Match | None) -> Written:
    """Mends when and why; followers hear of every year that counts otherwise now."""
    row = await locked(unit.connection, tables.agents, agent_id, "unknown_record", None)
    check_match(row["version"], match)
    values = command.model_dump(exclude_unset=True)
    if not values:
        raise Refusal("nothing_to_change", "body")
    today, was = office.today(territory.city_of(row["village"])), _term(row)
    for name in ("since", "until"):
        if values.get(name) is not None:
            check_happened(name, values[name], today)
    term = terms.check(Term(values.get("since", was.since), values.get("until", was.until), was.after))
    changed = await rows.change(unit.connection, tables.agents, row, **values | _columns(term, today))
    said = terms.restated(was.turns(row["said_on"]), term.turns(today))
    return written(AgentView, changed, *_say(unit, changed, said, correction=True))


async def train(unit: Unit, office: Office, agent_id: str, command: TrainAgent, match: Match | None) -> Written:
    """Keeps a training the agent finished; the same one of the same day is kept once."""
    row = await locked(unit.connection, tables.agents, agent_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    city = territory.city_of(row["village"])
    check_happened("on", command.on, office.today(city))
    personal.check_open_text(what=command.what)
    training = command.model_dump(mode="json")
    if training in row["trainings"] or len(row["trainings"]) >= TRAININGS_MAX:
        raise Refusal("already_recorded", "what")
    trainings = sorted([*row["trainings"], training], key=lambda one: (one["on"], one["what"]))
    changed = await rows.change(unit.connection, tables.agents, row, trainings=trainings)
    said = {name: row[name] for name in ("kind", "village", "synthetic")}
    payload = AgentTrained(agent_id=agent_id, what=command.what, on=command.on, **said)
    return written(AgentView, changed, unit.emit(payload, subject=agent_id, region=city))


def _say(unit: Unit, row: Row, said: Sequence[Turn], *, correction: bool = False) -> list[AnyEvent]:
    """An event for each turn, the first as the cause of the others; one all the same where nothing turned."""
    events: list[AnyEvent] = []
    turns: Sequence[Turn | None] = said or (None,)
    for turn in turns:
        stands = row["active"] if turn is None else turn.up
        payload = AgentRecorded(
            agent_id=row["id"],
            active=stands,
            previously_active=stands if turn is None else not stands,
            on=row["on"] if turn is None else turn.on,
            correction=correction,
            **{name: row[name] for name in ("kind", "village", "since", "until", "reason", "synthetic")},
        )
        region, cause = territory.city_of(row["village"]), events[0] if events else None
        events.append(unit.emit(payload, subject=row["id"], region=region, cause=cause))
    return events


def _term(row: Row) -> Term:
    return Term(row["since"], row["until"], row["after"])


def _columns(term: Term, today: date) -> dict[str, Any]:
    return {
        "since": term.since,
        "until": term.until,
        "after": term.after,
        "active": term.stands(today),
        "said_on": today,
    }
