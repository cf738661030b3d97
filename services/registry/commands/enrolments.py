"""Enrolments: a participant's place in a programme, from acceptance to its end."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from services.registry.commands import consent, participants
from services.registry.commands.model import (
    Command,
    IdInput,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import programmes, territory
from services.registry.domain.dates import check_happened
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import EnrolmentAccepted, EnrolmentCompleted, EnrolmentDropped
from shared.journal import Unit
from shared.runtime import clock

DropReason = Literal["moved", "working", "health", "no_show", "other"]


class Enrol(Command):
    """A participant gets a place in a programme."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "participant_id": "01920000-0000-7000-8000-000000000002",
                    "programme_id": "01920000-0000-7000-8000-000000000001",
                    "on": "2023-03-08",
                }
            ]
        }
    )

    participant_id: IdInput
    programme_id: IdInput
    on: OnInput
    synthetic: SyntheticInput = False


class Complete(Command):
    """The participant finished the programme."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-10"}]})

    on: OnInput


class Drop(Command):
    """The participant left before the end; the place is free again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-09", "reason": "working"}]})

    on: OnInput
    reason: DropReason


class EnrolmentView(View):
    """An enrolment and where it stands."""

    PATH: ClassVar[str] = "/v1/enrolments"

    id: str
    participant_id: str
    programme_id: str
    kind: str
    village: str
    state: programmes.EnrolmentState
    reason: DropReason | None = None
    on: date
    ended_on: date | None = None
    synthetic: bool


async def enrol(unit: Unit, office: Office, command: Enrol) -> Written:
    """Refuses a full programme and a second place for the same person."""
    connection = unit.connection
    programme = await locked(connection, tables.programmes, command.programme_id, "unknown_programme", "programme_id")
    person = await participants.usable(unit, office, command.participant_id, consent.PROGRAMME, on=command.on)
    city = territory.city_of(person["village"])
    synthetic = command.synthetic or person["synthetic"] or programme["synthetic"]
    row = rows.new(
        id=clock.new_id(),
        **command.model_dump() | {"participant_id": person["id"], "synthetic": synthetic},
        kind=programme["kind"],
        village=person["village"],
        state="accepted",
    )
    if not await rows.add_if_absent(connection, tables.enrolments, row):
        raise Refusal("already_enrolled", "participant_id")
    taken = programmes.take_place(programme["quota"], programme["places_taken"])
    await rows.change(connection, tables.programmes, programme, places_taken=taken)
    payload = EnrolmentAccepted(**_said(row), on=command.on)
    return written(EnrolmentView, row, unit.emit(payload, subject=row["id"], region=city), created=True)


async def complete(unit: Unit, office: Office, enrolment_id: str, command: Complete, match: Match | None) -> Written:
    """Ends an enrolment well."""
    row = await locked(unit.connection, tables.enrolments, enrolment_id, "unknown_record", None)
    changed = await _end(unit, office, row, "completed", command.on, match)
    payload = EnrolmentCompleted(**_said(changed), on=command.on)
    event = unit.emit(payload, subject=enrolment_id, region=territory.city_of(row["village"]))
    return written(EnrolmentView, changed, event)


async def drop(unit: Unit, office: Office, enrolment_id: str, command: Drop, match: Match | None) -> Written:
    """Ends an enrolment early and gives the place back."""
    connection = unit.connection
    place = await known(connection, tables.enrolments, enrolment_id, "unknown_record", None)
    # The programme first, as in enrol(): two that lock in different orders could wait for each other for ever.
    programme = await locked(connection, tables.programmes, place["programme_id"], "unknown_programme", "id")
    row = await locked(connection, tables.enrolments, enrolment_id, "unknown_record", None)
    changed = await _end(unit, office, row, "dropped", command.on, match, reason=command.reason)
    taken = programmes.give_back(programme["places_taken"])
    await rows.change(connection, tables.programmes, programme, places_taken=taken)
    payload = EnrolmentDropped(**_said(changed), reason=command.reason, on=command.on)
    event = unit.emit(payload, subject=enrolment_id, region=territory.city_of(row["village"]))
    return written(EnrolmentView, changed, event)


async def _end(
    unit: Unit,
    office: Office,
    row: Row,
    end: Literal["completed", "dropped"],
    on: date,
    match: Match | None,
    reason: DropReason | None = None,
) -> Row:
    check_match(row["version"], match, required=False)
    check_happened("on", on, office.today(territory.city_of(row["village"])))
    state = programmes.end_enrolment(row["state"], row["on"], end, on)
    return await rows.change(unit.connection, tables.enrolments, row, state=state, ended_on=on, reason=reason)


def _said(row: Row) -> dict[str, Any]:
    """What all three events of an enrolment say."""
    said = ("participant_id", "programme_id", "kind", "village", "synthetic")
    return {"enrolment_id": row["id"], **{name: row[name] for name in said}}
