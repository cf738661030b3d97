"""What becomes of a participant: states, and moves between the villages of the office."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict

from services.registry.commands import ending
from services.registry.commands.ending import Ending
from services.registry.commands.model import (
    Command,
    Match,
    OnInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office
from services.registry.commands.participant_view import ParticipantView, standing
from services.registry.domain import participants, territory
from services.registry.domain.dates import check_happened
from services.registry.storage import rows, tables
from services.registry.storage.persons import same_person
from shared.contracts.registry import LeaveReason, ParticipantMoved, ParticipantStateChanged
from shared.journal import Unit
from shared.runtime import clock


class ChangeState(Command):
    """The participant became active, graduated, left, or moved out of the office's area (``moved``)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "left", "on": "2023-06-01", "reason": "working"}]}
    )

    state: Literal["active", "graduated", "left", "moved"]
    on: OnInput
    reason: LeaveReason | None = None


class Move(Command):
    """The participant moved to another village of the office, maybe in another kab/kota."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"village": "32.76.07.1005", "on": "2023-06-01"}]})

    village: VillageInput
    on: OnInput


class StayView(View):
    """Where a participant lived before, and until when."""

    PATH: ClassVar[str] = "/v1/stays"

    id: str
    participant_id: str
    village: str
    since: date
    until: date
    synthetic: bool


async def change_state(
    unit: Unit, office: Office, participant_id: str, command: ChangeState, match: Match | None
) -> Written:
    """Moves a participant on to a state that can follow. Who leaves or moves away keeps no place and no referral."""
    if command.state in ("left", "moved"):
        await ending.hold(unit, await _registrations(unit, participant_id))
    row = await standing(unit, participant_id)
    check_match(row["version"], match, required=False)
    city = territory.city_of(row["village"])
    check_happened("on", command.on, office.today(city))
    state = participants.change_state(row["state"], command.state, row["state_on"], command.on)
    changed = await rows.change(unit.connection, tables.participants, row, state=state, state_on=command.on)
    payload = ParticipantStateChanged(
        participant_id=participant_id,
        village=row["village"],
        previous=row["state"],
        synthetic=row["synthetic"],
        **command.model_dump(),
    )
    event = unit.emit(payload, subject=participant_id, region=city)
    theirs = await _registrations(unit, participant_id)
    if command.state == "left" or command.state == "moved":
        await ending.end(unit, theirs, Ending(command.state, command.on, event))
    elif row["state"] == "moved":
        await ending.resume_visits(unit, theirs, event)
    return written(ParticipantView, changed, event)


async def _registrations(unit: Unit, participant_id: str) -> list[str]:
    return list((await unit.connection.execute(same_person(participant_id))).scalars())


async def move(unit: Unit, office: Office, participant_id: str, command: Move, match: Match | None) -> Written:
    """Records a new place to live; the old one stays in the history."""
    connection = unit.connection
    row = await standing(unit, participant_id)
    check_match(row["version"], match, required=False)
    city = await office.village(connection, "village", command.village, command.on)
    participants.check_move(row["state"], row["village"], command.village, row["since"], command.on)
    stay = rows.new(
        id=clock.new_id(),
        participant_id=participant_id,
        village=row["village"],
        since=row["since"],
        until=command.on,
        synthetic=row["synthetic"],
    )
    await rows.add(connection, tables.stays, stay)
    changed = await rows.change(connection, tables.participants, row, village=command.village, since=command.on)
    payload = ParticipantMoved(
        participant_id=participant_id, previous=row["village"], synthetic=row["synthetic"], **command.model_dump()
    )
    return written(ParticipantView, changed, unit.emit(payload, subject=participant_id, region=city))
