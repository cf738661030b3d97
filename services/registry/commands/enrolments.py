"""Enrolments: a participant's way into a programme and through it.

Every step holds the programme's row first, then the enrolment's: two that lock in different orders could wait for each
other for ever, and the programme's row is what keeps the count of its places and the order of its line.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.registry.commands import consent, participants, waiting
from services.registry.commands.model import (
    AnyEvent,
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
from services.registry.commands.waiting import said
from services.registry.domain import dates, enrolments, programmes, territory
from services.registry.domain.enrolments import EnrolmentState
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Row
from shared.contracts.envelope import Payload
from shared.contracts.registry import (
    DropReason,
    EnrolmentAccepted,
    EnrolmentApplied,
    EnrolmentAttending,
    EnrolmentCompleted,
    EnrolmentCorrected,
    EnrolmentDates,
    EnrolmentDropped,
    EnrolmentRefused,
    EnrolmentReinstated,
    EnrolmentWaiting,
    RefuseReason,
)
from shared.journal import Unit
from shared.runtime import clock


class Enrol(Command):
    """A participant gets a place in a programme, or the next number in its line when all places are taken.

    With ``state`` ``applied`` the office decides later.
    """

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
    state: Literal["applied", "accepted"] = "accepted"
    on: OnInput
    synthetic: SyntheticInput = False


class Step(Command):
    """The day of a step."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-10"}]})

    on: OnInput


class Refuse(Command):
    """Why somebody who applied, or waits, gets no place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-09", "reason": "not_eligible"}]})

    on: OnInput
    reason: RefuseReason


class Drop(Command):
    """The participant left before the end; the place goes to the first who waits."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-03-09", "reason": "working"}]})

    on: OnInput
    reason: DropReason


class CorrectEnrolment(Command):
    """Mends the dates of an enrolment; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted_on": "2023-03-09"}]})

    on: Annotated[OnInput | None, Field(description="The day of the application.")] = None
    accepted_on: OnInput | None = None
    ended_on: OnInput | None = None


class EnrolmentView(View):
    """An enrolment and where it stands. Of those who wait, whoever drew the lowest ``number`` is next."""

    PATH: ClassVar[str] = "/v1/enrolments"

    id: str
    participant_id: str
    programme_id: str
    kind: str
    village: str
    state: EnrolmentState
    reason: str | None = None
    number: int | None = None
    on: date
    accepted_on: date | None = None
    ended_on: date | None = None
    synthetic: bool


async def enrol(unit: Unit, office: Office, command: Enrol) -> Written:
    """Refuses a programme that isn't open, and a second place for the same person."""
    connection = unit.connection
    programme = await locked(connection, tables.programmes, command.programme_id, "unknown_programme", "programme_id")
    programmes.check_open(programme["state"])
    person = await participants.usable(unit, office, command.participant_id, consent.PROGRAMME, on=command.on)
    await _check_alone(unit, {"participant_id": person["id"], "programme_id": programme["id"]}, "participant_id")
    state: EnrolmentState = "applied"
    if command.state == "accepted":
        state = enrolments.accept(state, room=_room(programme))
    synthetic = command.synthetic or person["synthetic"] or programme["synthetic"]
    row = rows.new(
        id=clock.new_id(),
        **command.model_dump() | {"participant_id": person["id"], "synthetic": synthetic, "state": state},
        kind=programme["kind"],
        village=person["village"],
        **_place(programme, state, command.on),
    )
    if not await rows.add_if_absent(connection, tables.enrolments, row):
        raise Refusal("already_enrolled", "participant_id")
    await _count_in(unit, programme, state)
    return written(EnrolmentView, row, _emit(unit, _entering(row, command.on), row), created=True)


async def accept(unit: Unit, office: Office, enrolment_id: str, command: Step, match: Match | None) -> Written:
    """Gives somebody who applied a place, or the next number in the line."""
    programme, row = await _locked(unit, office, enrolment_id, command.on, match)
    await consent.still(unit, row["participant_id"], consent.PROGRAMME)
    state = enrolments.accept(row["state"], room=_room(programme))
    programmes.check_open(programme["state"])
    values = {"state": state, **_place(programme, state, command.on)}
    changed = await rows.change(unit.connection, tables.enrolments, row, **values)
    await _count_in(unit, programme, state)
    return written(EnrolmentView, changed, _emit(unit, _entering(changed, command.on), changed))


async def refuse(unit: Unit, office: Office, enrolment_id: str, command: Refuse, match: Match | None) -> Written:
    """Ends an application, or the waiting."""
    programme, row = await _locked(unit, office, enrolment_id, command.on, match)
    state = enrolments.step(row["state"], "refused")
    values = {"state": state, "reason": command.reason, "ended_on": command.on, "number": None}
    changed = await rows.change(unit.connection, tables.enrolments, row, **values)
    if row["state"] == "waiting":
        await rows.change(unit.connection, tables.programmes, programme, waiting=programme["waiting"] - 1)
    payload = EnrolmentRefused(**said(changed), reason=command.reason, on=command.on)
    return written(EnrolmentView, changed, _emit(unit, payload, changed))


async def attend(unit: Unit, office: Office, enrolment_id: str, command: Step, match: Match | None) -> Written:
    """The participant came for the first time."""
    _, row = await _locked(unit, office, enrolment_id, command.on, match)
    await consent.still(unit, row["participant_id"], consent.PROGRAMME)
    changed, event = await attending(unit, row, command.on)
    return written(EnrolmentView, changed, event)


async def attending(unit: Unit, row: Row, on: date, cause: AnyEvent | None = None) -> tuple[Row, AnyEvent]:
    """A locked enrolment of somebody who has come, and the event that says so."""
    state = enrolments.step(row["state"], "attending")
    changed = await rows.change(unit.connection, tables.enrolments, row, state=state)
    return changed, _emit(unit, EnrolmentAttending(**said(changed), on=on), changed, cause)


async def complete(unit: Unit, office: Office, enrolment_id: str, command: Step, match: Match | None) -> Written:
    """Ends an enrolment well."""
    _, row = await _locked(unit, office, enrolment_id, command.on, match)
    await consent.still(unit, row["participant_id"], consent.PROGRAMME)
    state = enrolments.step(row["state"], "completed")
    changed = await rows.change(unit.connection, tables.enrolments, row, state=state, ended_on=command.on)
    return written(EnrolmentView, changed, _emit(unit, EnrolmentCompleted(**said(changed), on=command.on), changed))


async def drop(unit: Unit, office: Office, enrolment_id: str, command: Drop, match: Match | None) -> Written:
    """Ends an enrolment early and gives the place to the first who waits."""
    programme, row = await _locked(unit, office, enrolment_id, command.on, match)
    values = {"state": enrolments.step(row["state"], "dropped"), "reason": command.reason, "ended_on": command.on}
    changed = await rows.change(unit.connection, tables.enrolments, row, **values)
    payload = EnrolmentDropped(**said(changed), reason=command.reason, on=command.on)
    event = _emit(unit, payload, changed)
    fewer = {**programme, "places_taken": programmes.give_back(programme["places_taken"])}
    line = await waiting.fill(unit, fewer, command.on, event)
    await rows.change(unit.connection, tables.programmes, programme, **line.counts)
    return written(EnrolmentView, changed, event, *line.events)


async def reinstate(unit: Unit, office: Office, enrolment_id: str, command: Step, match: Match | None) -> Written:
    """Takes back an end that was recorded by mistake; somebody who had left needs a free place for that."""
    programme, row = await _locked(unit, office, enrolment_id, command.on, match)
    await consent.still(unit, row["participant_id"], consent.PROGRAMME)
    state = enrolments.reinstate(row["state"])
    if row["state"] != "completed":
        programmes.check_open(programme["state"])
        await _check_alone(unit, row)
    if row["state"] == "dropped":
        if not _room(programme):
            raise Refusal("quota_full", "id", quota=programme["quota"])
        await _count_in(unit, programme, state)
    values = {"state": state, "reason": None, "ended_on": None}
    changed = await rows.change(unit.connection, tables.enrolments, row, **values)
    payload = EnrolmentReinstated(**said(row), state=state, previous=row["state"], ended_on=row["ended_on"])
    return written(EnrolmentView, changed, _emit(unit, payload, changed))


async def correct(
    unit: Unit, office: Office, enrolment_id: str, command: CorrectEnrolment, match: Match | None
) -> Written:
    """Mends the dates; the event carries those that were there before."""
    _, row = await _locked(unit, office, enrolment_id, None, match, required=True)
    given = command.model_dump(exclude_none=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    _check_dates(office, row, given)
    changed = await rows.change(unit.connection, tables.enrolments, row, **given)
    now, before = (EnrolmentDates(**{name: r[name] for name in _DATES}) for r in (changed, row))
    payload = EnrolmentCorrected(**said(changed), state=row["state"], dates=now, previous=before)
    return written(EnrolmentView, changed, _emit(unit, payload, changed))


_DATES = ("on", "accepted_on", "ended_on")
_MISSING: dict[str, Literal["not_accepted_yet", "not_ended_yet"]] = {
    "accepted_on": "not_accepted_yet",
    "ended_on": "not_ended_yet",
}


def _check_dates(office: Office, row: Row, given: dict[str, Any]) -> None:
    """Each date there is comes after the one before it, and none is still to come."""
    today, earlier = office.today(territory.city_of(row["village"])), None
    for name in _DATES:
        if name in given and row[name] is None:
            raise Refusal(_MISSING[name], name)
        day = given.get(name, row[name])
        if day is None:
            continue
        dates.check_happened(name, day, today)
        if earlier is not None:
            dates.check_not_before(name, day, earlier)
        earlier = day


async def _locked(
    unit: Unit, office: Office, enrolment_id: str, on: date | None, match: Match | None, *, required: bool = False
) -> tuple[Row, Row]:
    """The programme and the enrolment, for a step on a day that has come and isn't before the one before it."""
    connection = unit.connection
    place = await known(connection, tables.enrolments, enrolment_id, "unknown_record", None)
    programme = await locked(connection, tables.programmes, place["programme_id"], "unknown_programme", "id")
    row = await locked(connection, tables.enrolments, enrolment_id, "unknown_record", None)
    check_match(row["version"], match, required=required)
    if on is not None:
        dates.check_happened("on", on, office.today(territory.city_of(row["village"])))
        dates.check_not_before("on", on, row["accepted_on"] or row["on"])
    return programme, row


async def _check_alone(unit: Unit, row: Row, field: str = "id") -> None:
    """Refuses when the participant is in the programme another way, maybe under a registration that was merged."""
    table = tables.enrolments
    person = table.c.participant_id.in_(same_person(row["participant_id"]))
    same = (person, table.c.programme_id == row["programme_id"])
    live = table.c.state.not_in(("dropped", "refused"))
    if (await unit.connection.execute(select(table.c.id).where(*same, live).limit(1))).first():
        raise Refusal("already_enrolled", field)


def _room(programme: Row) -> bool:
    return programmes.has_room(programme["quota"], programme["places_taken"])


def _place(programme: Row, state: EnrolmentState, on: date) -> dict[str, Any]:
    number = programme["last_number"] + 1 if state == "waiting" else None
    return {"accepted_on": on if state == "accepted" else None, "number": number}


async def _count_in(unit: Unit, programme: Row, state: EnrolmentState) -> None:
    """One more place taken, or one more number given out."""
    if state == "accepted":
        await rows.change(unit.connection, tables.programmes, programme, places_taken=programme["places_taken"] + 1)
    elif state == "waiting":
        more = {"waiting": programme["waiting"] + 1, "last_number": programme["last_number"] + 1}
        await rows.change(unit.connection, tables.programmes, programme, **more)


def _entering(row: Row, on: date) -> Payload:
    if row["state"] == "waiting":
        return EnrolmentWaiting(**said(row), number=row["number"], on=on)
    entered = EnrolmentAccepted if row["state"] == "accepted" else EnrolmentApplied
    return entered(**said(row), on=on)


def _emit(unit: Unit, payload: Payload, row: Row, cause: AnyEvent | None = None) -> AnyEvent:
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]), cause=cause)
