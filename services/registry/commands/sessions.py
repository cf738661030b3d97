"""Sessions of a programme, and who came to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import delete, func, or_, select

from services.registry.commands import consent, enrolments
from services.registry.commands import programmes as programme_commands
from services.registry.commands.model import (
    AnyEvent,
    Command,
    CountInput,
    IdInput,
    Match,
    OnInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import programmes
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import SessionCorrected, SessionFigures, SessionHeld, SessionWithdrawn
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Flag

LISTED_MAX = 500


class Attendance(Command):
    """Whether a participant came."""

    participant_id: IdInput
    present: Flag = True


ListInput = Annotated[
    tuple[Attendance, ...],
    Field(max_length=LISTED_MAX, description="Attendance one by one, of participants with a place in the programme."),
]


class HoldSession(Command):
    """One session of a programme took place. ``families`` counts the families among those who attended.

    ``attended`` counts everybody, also those who aren't participants; left out, it is the number of those listed as
    present. The first session of a planned programme starts it, and a first presence starts an enrolment.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme_id": "01920000-0000-7000-8000-000000000001",
                    "village": "32.76.07.1003",
                    "attended": 18,
                    "families": 12,
                    "participants": [{"participant_id": "01920000-0000-7000-8000-000000000002", "present": True}],
                    "on": "2023-03-13",
                }
            ]
        }
    )

    programme_id: IdInput
    village: VillageInput
    attended: CountInput | None = None
    families: CountInput = 0
    participants: ListInput = ()
    on: OnInput
    synthetic: SyntheticInput = False


class CorrectSession(Command):
    """Mends the record of a session; what is left out stays. ``participants`` replaces the whole list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"attended": 19, "families": 12}]})

    village: VillageInput | None = None
    attended: CountInput | None = None
    families: CountInput | None = None
    participants: ListInput | None = None
    on: OnInput | None = None


class WithdrawSession(Command):
    """Takes back a session that was recorded by mistake or twice."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "duplicate"}]})

    reason: Literal["mistake", "duplicate"]


class SessionView(View):
    """A session as recorded."""

    PATH: ClassVar[str] = "/v1/sessions"

    id: str
    programme_id: str
    village: str
    attended: int
    families: int
    on: date
    state: Literal["held", "withdrawn"]
    synthetic: bool


class AttendanceView(View):
    """Whether a participant came to a session."""

    PATH: ClassVar[str] = "/v1/attendances"

    session_id: str
    participant_id: str
    village: str
    present: bool


async def hold(unit: Unit, office: Office, command: HoldSession) -> Written:
    """Records a session of a programme the office has."""
    programme = await locked(
        unit.connection, tables.programmes, command.programme_id, "unknown_programme", "programme_id"
    )
    city = await office.village(unit.connection, "village", command.village, command.on)
    _check_list(command.participants)
    present = _present(command.participants)
    if command.attended is None and not command.participants:
        raise Refusal("attendance_missing", "attended")
    attended = len(present) if command.attended is None else command.attended
    starts = programmes.session_starts(programme["state"], programme["ended_on"], command.on)
    programmes.check_session(attended, command.families, len(present), command.village, programme["villages"])
    values = command.model_dump(exclude={"participants"})
    values |= {"attended": attended, "synthetic": command.synthetic or programme["synthetic"]}
    row = rows.new(id=clock.new_id(), state="held", **values)
    await rows.add(unit.connection, tables.sessions, row)
    absent = _absent(command.participants)
    payload = SessionHeld(session_id=row["id"], kind=programme["kind"], present=present, absent=absent, **values)
    event = unit.emit(payload, subject=row["id"], region=city)
    await _keep(unit, row, command.participants)
    events = await _come(unit, row, command.participants, event)
    if starts:
        events.append((await programme_commands.to_state(unit, programme, "running", command.on, cause=event))[1])
    return written(SessionView, row, event, *events, created=True)


async def correct(unit: Unit, office: Office, session_id: str, command: CorrectSession, match: Match | None) -> Written:
    """Mends a session; the event carries the figures it replaces, so that every count stays exact."""
    programme, row = await _locked(unit, session_id)
    check_match(row["version"], match)
    given = command.model_dump(exclude_none=True, exclude={"participants"})
    marks = command.participants
    _check_list(marks or ())
    if not given and marks is None:
        raise Refusal("nothing_to_change", "body")
    if marks is None:
        marks = await _marks(unit, session_id)
    elif command.attended is None:
        given["attended"] = len(_present(marks))
    listed_before = {mark.participant_id for mark in await _marks(unit, session_id)}
    figures = {name: row[name] for name in _FIGURES} | given
    city = await office.village(unit.connection, "village", figures["village"], figures["on"])
    programmes.session_starts(programme["state"], programme["ended_on"], figures["on"])
    listed = len(_present(marks))
    programmes.check_session(
        figures["attended"], figures["families"], listed, figures["village"], programme["villages"]
    )
    changed = await rows.change(unit.connection, tables.sessions, row, **given)
    payload = SessionCorrected(
        **_said(changed, programme),
        **figures,
        previous=SessionFigures(**{name: row[name] for name in _FIGURES}),
        present=_present(marks),
        absent=_absent(marks),
    )
    event = unit.emit(payload, subject=session_id, region=city)
    await _forget_list(unit, session_id)
    await _keep(unit, changed, marks)
    events = [] if command.participants is None else await _come(unit, changed, marks, event, listed_before)
    return written(SessionView, changed, event, *events)


async def withdraw(
    unit: Unit, office: Office, session_id: str, command: WithdrawSession, match: Match | None
) -> Written:
    """Takes a session back; the event carries its figures."""
    programme, row = await _locked(unit, session_id)
    check_match(row["version"], match, required=False)
    city = await office.village(unit.connection, "village", row["village"])
    changed = await rows.change(unit.connection, tables.sessions, row, state="withdrawn", reason=command.reason)
    await _forget_list(unit, session_id)
    figures = {name: row[name] for name in _FIGURES}
    payload = SessionWithdrawn(**_said(row, programme), **figures, reason=command.reason)
    return written(SessionView, changed, unit.emit(payload, subject=session_id, region=city))


_FIGURES = ("village", "attended", "families", "on")


def _said(row: Row, programme: Row) -> dict[str, Any]:
    return {
        "session_id": row["id"],
        "programme_id": row["programme_id"],
        "kind": programme["kind"],
        "synthetic": row["synthetic"],
    }


def _check_list(marks: Sequence[Attendance]) -> None:
    seen = set[str]()
    for number, mark in enumerate(marks):
        if mark.participant_id in seen:
            raise Refusal("listed_twice", f"participants.{number}.participant_id")
        seen.add(mark.participant_id)


def _present(marks: Sequence[Attendance]) -> tuple[str, ...]:
    return tuple(mark.participant_id for mark in marks if mark.present)


def _absent(marks: Sequence[Attendance]) -> tuple[str, ...]:
    return tuple(mark.participant_id for mark in marks if not mark.present)


async def _locked(unit: Unit, session_id: str) -> tuple[Row, Row]:
    """The programme, whose row is always held first, and a session that wasn't withdrawn."""
    found = await known(unit.connection, tables.sessions, session_id, "unknown_record", None)
    programme = await locked(unit.connection, tables.programmes, found["programme_id"], "unknown_programme", "id")
    row = await locked(unit.connection, tables.sessions, session_id, "unknown_record", None)
    if row["state"] != "held":
        raise Refusal("session_withdrawn", "id")
    return programme, row


async def _keep(unit: Unit, session: Row, marks: Sequence[Attendance]) -> None:
    if marks:
        kept = {"session_id": session["id"], "village": session["village"]}
        await rows.add(unit.connection, tables.attendances, *(kept | mark.model_dump() for mark in marks))


async def _come(
    unit: Unit, session: Row, marks: Sequence[Attendance], cause: AnyEvent, listed_before: Collection[str] = ()
) -> list[AnyEvent]:
    """The enrolments that a list starts: somebody with a place who comes for the first time attends from then on.

    Whoever comes onto the list must consent still; that they were on it already isn't processed anew.
    """
    roots = await _roots(unit, [mark.participant_id for mark in marks])
    places = await _places(unit, session["programme_id"], roots)
    events, seen = [], set[str]()
    for number, mark in enumerate(marks):
        field, person = f"participants.{number}.participant_id", roots.get(mark.participant_id, "")
        if person not in places:
            raise Refusal("not_enrolled", field)
        if person in seen:
            raise Refusal("listed_twice", field)
        seen.add(person)
        if mark.participant_id not in listed_before:
            await consent.still(unit, mark.participant_id, consent.PROGRAMME, field=field)
        place = places[person]
        if mark.present and place["state"] == "accepted":
            on = max(session["on"], place["accepted_on"])
            events.append((await enrolments.attending(unit, place, on, cause))[1])
    return events


async def _roots(unit: Unit, participants: Sequence[str]) -> dict[str, str]:
    """For each registration the one that stands for the person, and for those all that were merged into them."""
    people = tables.participants.c
    standing = func.coalesce(people.merged_into, people.id)
    of_them = select(standing).where(people.id.in_(participants))
    theirs = or_(people.id.in_(of_them), people.merged_into.in_(of_them))
    query = select(people.id, standing.label("root")).where(theirs)
    return {row.id: row.root for row in await unit.connection.execute(query)}


async def _places(unit: Unit, programme_id: str, roots: Mapping[str, str]) -> dict[str, Row]:
    """The enrolment of each person that got a place; of two, the one that was made last."""
    table = tables.enrolments
    where = (
        table.c.programme_id == programme_id,
        table.c.participant_id.in_(list(roots)),
        table.c.accepted_on.is_not(None),
    )
    found = await unit.connection.execute(select(table).where(*where).order_by(table.c.id).with_for_update())
    return {roots[row["participant_id"]]: rows.plain(row) for row in found.mappings()}


async def _marks(unit: Unit, session_id: str) -> tuple[Attendance, ...]:
    table = tables.attendances
    found = await unit.connection.execute(
        select(table.c.participant_id, table.c.present)
        .where(table.c.session_id == session_id)
        .order_by(table.c.participant_id)
    )
    return tuple(Attendance(participant_id=row.participant_id, present=row.present) for row in found)


async def _forget_list(unit: Unit, session_id: str) -> None:
    table = tables.attendances
    await unit.connection.execute(delete(table).where(table.c.session_id == session_id))
