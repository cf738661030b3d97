"""Meetings of stakeholders: planned, held with those who came, and what earlier ones left open taken up again."""

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, func, select

from services.registry.commands import organisations
from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    CityInput,
    Command,
    CountInput,
    IdInput,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, forums, personal, territory
from services.registry.domain.forums import ForumState, Promise
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import ForumCancelled, ForumHeld, ForumHoldingUndone, ForumPlanned
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day

PLANNED_AHEAD_DAYS_MAX = 3 * 366
AGENDA_MAX_ITEMS, ATTENDANCE_MAX = 40, 200

TitleInput = Annotated[str, Field(min_length=3, max_length=120, pattern=PRINTABLE)]
TextInput = Annotated[str, Field(max_length=8_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
AgendaItem = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
AgendaInput = Annotated[list[AgendaItem], Field(max_length=AGENDA_MAX_ITEMS)]


class PlanForum(Command):
    """A meeting is put on the calendar; the day may be still to come."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "title": "Rapat kerja pemberdayaan alternatif",
                    "on": "2023-02-14",
                    "agenda": ["Potensi wilayah", "Komitmen instansi"],
                }
            ]
        }
    )

    region: CityInput
    title: TitleInput
    on: Day
    agenda: AgendaInput = Field(default=[])
    synthetic: SyntheticInput = False


class ReplanForum(Command):
    """What replaces the plan of a meeting that wasn't held yet, all of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Rapat kerja", "on": "2023-02-21", "agenda": ["Komitmen instansi"]}]}
    )

    title: TitleInput
    on: Day
    agenda: AgendaInput


class Attendance(BaseModel):
    """An organisation that came, and with how many people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation_id: IdInput
    people: CountInput = 1


class HoldForum(Command):
    """The meeting took place. Said again it replaces what was said before."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2023-02-14",
                    "attendance": [{"organisation_id": "01920000-0000-7000-8000-000000000020", "people": 2}],
                    "notes": "Disepakati tiga komitmen.",
                }
            ]
        }
    )

    on: OnInput
    attendance: list[Attendance] = Field(default=[], max_length=ATTENDANCE_MAX)
    notes: TextInput | None = None


class ForumView(View):
    """A meeting. ``/v1/commitments?forum_id=`` lists what was committed to in it, ``?carried_to=`` what it took up."""

    PATH: ClassVar[str] = "/v1/forums"

    id: str
    region: str
    title: str
    on: date
    state: ForumState
    agenda: list[str]
    attendance: list[Attendance]
    notes: str | None = None
    synthetic: bool


async def plan(unit: Unit, office: Office, command: PlanForum) -> Written:
    """Puts a meeting on the calendar."""
    office.city("region", command.region)
    _check_plan(office, command.region, command)
    row = rows.new(id=clock.new_id(), state="planned", attendance=[], notes=None, **command.model_dump())
    await rows.add(unit.connection, tables.forums, row)
    return written(ForumView, row, _planned(unit, row), created=True)


async def replan(unit: Unit, office: Office, forum_id: str, command: ReplanForum, match: Match | None) -> Written:
    """Changes day, title and agenda of a meeting that wasn't held yet."""
    row = await _locked(unit, office, forum_id, match, required=True)
    forums.check_forum(row["state"], "planned")
    _check_plan(office, row["region"], command)
    changed = await rows.change(unit.connection, tables.forums, row, **command.model_dump())
    return written(ForumView, changed, _planned(unit, changed))


async def hold(unit: Unit, office: Office, forum_id: str, command: HoldForum, match: Match | None) -> Written:
    """Records the meeting and links the commitments it takes up; a second time corrects the first."""
    row = await _locked(unit, office, forum_id, match)
    forums.check_forum(row["state"], "planned", "held")
    city = office.city("region", row["region"], command.on)
    personal.check_open_text(notes=command.notes)
    attending = [entry.organisation_id for entry in command.attendance]
    if len(set(attending)) != len(attending):
        raise Refusal("organisation_repeated", "attendance")
    await organisations.check_all_known(unit, attending, city, "attendance")
    undone = [_undone(unit, row)] if row["state"] == "held" else []
    carried = await _link(unit, row, command.on)
    changed = await rows.change(unit.connection, tables.forums, row, state="held", **command.model_dump())
    payload = ForumHeld(
        forum_id=row["id"],
        organisations=tuple(attending),
        carried=carried,
        on=command.on,
        synthetic=row["synthetic"],
    )
    held = unit.emit(payload, subject=row["id"], region=city)
    return written(ForumView, changed, *undone, held)


async def undo_holding(unit: Unit, office: Office, forum_id: str, match: Match | None) -> Written:
    """Takes back that the meeting took place; not while something was committed to in it."""
    row = await _locked(unit, office, forum_id, match)
    forums.check_forum(row["state"], "held")
    t = tables.commitments
    made = select(func.count()).where(t.c.forum_id == forum_id, t.c.state != "withdrawn")
    if (await unit.connection.execute(made)).scalar_one():
        raise Refusal("forum_has_commitments", "id")
    undone = _undone(unit, row)
    await _unlink(unit, forum_id)
    changed = await rows.change(unit.connection, tables.forums, row, state="planned", attendance=[])
    return written(ForumView, changed, undone)


async def cancel(unit: Unit, office: Office, forum_id: str, match: Match | None) -> Written:
    """A planned meeting won't take place."""
    row = await _locked(unit, office, forum_id, match)
    forums.check_forum(row["state"], "planned")
    changed = await rows.change(unit.connection, tables.forums, row, state="cancelled")
    payload = ForumCancelled(forum_id=forum_id, on=row["on"], synthetic=row["synthetic"])
    return written(ForumView, changed, unit.emit(payload, subject=forum_id, region=row["region"]))


async def _locked(unit: Unit, office: Office, forum_id: str, match: Match | None, *, required: bool = False) -> Row:
    row = await locked(unit.connection, tables.forums, forum_id, "unknown_record", None)
    territory.check_city("region", row["region"], office.served)
    check_match(row["version"], match, required=required)
    return row


def _check_plan(office: Office, city: str, command: PlanForum | ReplanForum) -> None:
    today = office.today(city)
    dates.check_happened("on", min(command.on, today), today)
    if command.on > today + timedelta(days=PLANNED_AHEAD_DAYS_MAX):
        raise Refusal("planned_too_far", "on", days=PLANNED_AHEAD_DAYS_MAX)
    personal.check_open_text(title=command.title, agenda="\n".join(command.agenda))


async def _link(unit: Unit, forum: Row, on: date) -> tuple[str, ...]:
    """Links what earlier forums of the kab/kota left open, in place of what was linked before."""
    await _unlink(unit, forum["id"])
    t = tables.commitments
    columns = (t.c.id, t.c.forum_id, t.c.on, t.c.state, t.c.settled_on)
    query = select(*columns).where(t.c.region == forum["region"], t.c.on <= on).order_by(t.c.due_on, t.c.id)
    promises = [Promise(*row) for row in await unit.connection.execute(query)]
    carried = forums.carried(promises, forum["id"], on)
    links: list[dict[str, Any]] = [{"forum_id": forum["id"], "commitment_id": one} for one in carried]
    if links:
        await rows.add(unit.connection, tables.carried_commitments, *links)
    return carried


async def _unlink(unit: Unit, forum_id: str) -> None:
    t = tables.carried_commitments
    await unit.connection.execute(delete(t).where(t.c.forum_id == forum_id))


def _planned(unit: Unit, row: Row) -> AnyEvent:
    payload = ForumPlanned(forum_id=row["id"], on=row["on"], synthetic=row["synthetic"])
    return unit.emit(payload, subject=row["id"], region=row["region"])


def _undone(unit: Unit, row: Row) -> AnyEvent:
    payload = ForumHoldingUndone(forum_id=row["id"], on=row["on"], synthetic=row["synthetic"])
    return unit.emit(payload, subject=row["id"], region=row["region"])
