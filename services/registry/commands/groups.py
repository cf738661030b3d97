"""Mentored groups (kelompok dampingan) and their members over time."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.registry.commands import consent, participants
from services.registry.commands.model import (
    AnyEvent,
    Command,
    IdInput,
    Match,
    OnInput,
    OrganisationInput,
    SectorInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import dates, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Row
from shared.contracts.envelope import Payload
from shared.contracts.registry import (
    DissolveReason,
    EndedWith,
    GroupChanged,
    GroupDissolved,
    GroupFormed,
    GroupLeaveReason,
    GroupMemberJoined,
    GroupMemberLeft,
    GroupTerms,
)
from shared.journal import Unit
from shared.runtime import clock

MEMBERS_MAX = 100
GroupName = Annotated[OrganisationInput, Field(description="What the group calls itself; no person's name.")]
MembersInput = Annotated[tuple[IdInput, ...], Field(max_length=MEMBERS_MAX, description="Ids of participants.")]


class FormGroup(Command):
    """A mentored group is formed, with its first members."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Kelompok Lele Contoh",
                    "sector": "lele",
                    "village": "32.76.07.1003",
                    "mentor": "Asosiasi UMKM Contoh",
                    "members": ["01920000-0000-7000-8000-000000000002"],
                    "on": "2023-04-03",
                    "synthetic": True,
                }
            ]
        }
    )

    name: GroupName
    sector: SectorInput
    village: VillageInput
    programme_id: IdInput | None = None
    mentor: OrganisationInput | None = None
    mentor_id: IdInput | None = None
    members: MembersInput = ()
    on: OnInput
    synthetic: SyntheticInput = False


class ChangeGroup(Command):
    """Mends what is recorded of a group; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mentor": "Asosiasi UMKM Contoh"}]})

    name: GroupName | None = None
    sector: SectorInput | None = None
    mentor: OrganisationInput | None = None
    mentor_id: IdInput | None = None
    on: OnInput | None = None


class JoinGroup(Command):
    """A participant joins a group."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "group_id": "01920000-0000-7000-8000-000000000015",
                    "participant_id": "01920000-0000-7000-8000-000000000002",
                    "on": "2023-05-03",
                }
            ]
        }
    )

    group_id: IdInput
    participant_id: IdInput
    on: OnInput


class LeaveGroup(Command):
    """A participant leaves a group."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-06-05", "reason": "moved"}]})

    on: OnInput
    reason: GroupLeaveReason


class DissolveGroup(Command):
    """The group comes to its end, and every membership with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2024-04-02", "reason": "goal_reached"}]})

    on: OnInput
    reason: DissolveReason


class GroupView(View):
    """A mentored group and how many members it has."""

    PATH: ClassVar[str] = "/v1/groups"

    id: str
    name: str
    programme_id: str | None = None
    sector: str
    village: str
    mentor: str | None = None
    mentor_id: str | None = None
    state: Literal["active", "dissolved"]
    reason: DissolveReason | None = None
    members: int
    on: date
    ended_on: date | None = None
    synthetic: bool


class MembershipView(View):
    """A participant's time in a group."""

    PATH: ClassVar[str] = "/v1/memberships"

    id: str
    group_id: str
    participant_id: str
    village: str
    on: date
    ended_on: date | None = None
    reason: GroupLeaveReason | EndedWith | None = None
    synthetic: bool


async def form(unit: Unit, office: Office, command: FormGroup) -> Written:
    """Forms a group; each member must be a participant the office may work with."""
    await office.village(unit.connection, "village", command.village, command.on)
    personal.check_open_text(name=command.name, sector=command.sector, mentor=command.mentor)
    if command.programme_id is not None:
        await known(unit.connection, tables.programmes, command.programme_id, "unknown_programme", "programme_id")
    values = command.model_dump(exclude={"members"}) | {"sector": office.vocabulary.sector(command.sector)}
    row: Row = rows.new(id=clock.new_id(), state="active", members=0, **values)
    await rows.add(unit.connection, tables.mentored_groups, row)
    said = {name: row[name] for name in ("programme_id", "sector", "village", "mentor", "on", "synthetic")}
    formed = _emit(unit, GroupFormed(group_id=row["id"], members=len(command.members), **said), row)
    events: list[AnyEvent] = []
    # In one order, so that two groups with the same people never wait for each other.
    for number, participant_id in sorted(enumerate(command.members), key=lambda pair: pair[1]):
        row, _, joined = await _join(unit, office, row, participant_id, command.on, f"members.{number}", formed)
        events.append(joined)
    return written(GroupView, row, formed, *events, created=True)


async def change(unit: Unit, office: Office, group_id: str, command: ChangeGroup, match: Match | None) -> Written:
    """Mends a group; the event carries what was said before, but never the group's name."""
    row = await locked(unit.connection, tables.mentored_groups, group_id, "unknown_record", None)
    check_match(row["version"], match)
    given = command.model_dump(exclude_unset=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    given = {name: value for name, value in given.items() if value is not None or name.startswith("mentor")}
    if "sector" in given:
        given["sector"] = office.vocabulary.sector(given["sector"])
    personal.check_open_text(**{name: given.get(name) for name in ("name", "sector", "mentor")})
    if "on" in given:
        dates.check_happened("on", given["on"], office.today(territory.city_of(row["village"])))
    changed = await rows.change(unit.connection, tables.mentored_groups, row, **given)
    now, before = (GroupTerms(sector=r["sector"], mentor=r["mentor"], on=r["on"]) for r in (changed, row))
    payload = GroupChanged(
        group_id=group_id, village=row["village"], terms=now, previous=before, synthetic=row["synthetic"]
    )
    return written(GroupView, changed, _emit(unit, payload, row))


async def join(unit: Unit, office: Office, command: JoinGroup) -> Written:
    """Adds a member to a group that still works."""
    group = await usable(unit, command.group_id)
    dates.check_not_before("on", command.on, group["on"])
    _, row, event = await _join(unit, office, group, command.participant_id, command.on, "participant_id", None)
    return written(MembershipView, row, event, created=True)


async def leave(unit: Unit, office: Office, membership_id: str, command: LeaveGroup, match: Match | None) -> Written:
    """Ends a membership."""
    found = await known(unit.connection, tables.memberships, membership_id, "unknown_record", None)
    group = await locked(unit.connection, tables.mentored_groups, found["group_id"], "unknown_group", "id")
    row = await locked(unit.connection, tables.memberships, membership_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if row["ended_on"] is not None:
        raise Refusal("membership_over", "id")
    _check_end(office, row, command.on)
    group = await rows.change(unit.connection, tables.mentored_groups, group, members=group["members"] - 1)
    changed, event = await _leave(unit, group, row, command.on, command.reason)
    return written(MembershipView, changed, event)


async def dissolve(unit: Unit, office: Office, group_id: str, command: DissolveGroup, match: Match | None) -> Written:
    """Ends a group and every membership in it."""
    row = await locked(unit.connection, tables.mentored_groups, group_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if row["state"] != "active":
        raise Refusal("group_dissolved", "id")
    _check_end(office, row, command.on)
    values = {"state": "dissolved", "ended_on": command.on, "reason": command.reason, "members": 0}
    changed = await rows.change(unit.connection, tables.mentored_groups, row, **values)
    about = {"group_id": group_id, "village": row["village"], "synthetic": row["synthetic"]}
    event = _emit(unit, GroupDissolved(**about, reason=command.reason, on=command.on), row)
    table = tables.memberships
    still = (table.c.group_id == group_id, table.c.ended_on.is_(None))
    members = await unit.connection.execute(select(table).where(*still).order_by(table.c.id).with_for_update())
    events = []
    for member in [rows.plain(one) for one in members.mappings()]:
        on = max(command.on, member["on"])
        events.append((await _leave(unit, changed, member, on, "group_dissolved", event))[1])
    return written(GroupView, changed, event, *events)


async def end(unit: Unit, group: Row, people: Sequence[str], why: EndedWith, on: date, cause: AnyEvent) -> None:
    """Ends the memberships of people in a locked group."""
    table = tables.memberships
    theirs = (table.c.group_id == group["id"], table.c.participant_id.in_(people), table.c.ended_on.is_(None))
    query = select(table).where(*theirs).order_by(table.c.id).with_for_update()
    for row in [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]:
        group = await rows.change(unit.connection, tables.mentored_groups, group, members=group["members"] - 1)
        changed = await rows.change(unit.connection, tables.memberships, row, ended_on=max(on, row["on"]), reason=why)
        payload = GroupMemberLeft(
            **_said(row),
            members=group["members"],
            reason="moved" if why == "moved" else "other",
            on=changed["ended_on"],
            ended_with=why,
        )
        _emit(unit, payload, changed, cause)


async def usable(unit: Unit, group_id: str) -> Row:
    """A group that still works, locked."""
    group = await locked(unit.connection, tables.mentored_groups, group_id, "unknown_group", "group_id")
    if group["state"] != "active":
        raise Refusal("group_dissolved", "group_id")
    return group


async def _join(
    unit: Unit, office: Office, group: Row, participant_id: str, on: date, field: str, cause: AnyEvent | None
) -> tuple[Row, Row, AnyEvent]:
    """The group with one member more, the membership, and what says so."""
    person = await participants.usable(unit, office, participant_id, consent.PROGRAMME, on=on, field=field)
    row = rows.new(
        id=clock.new_id(),
        group_id=group["id"],
        participant_id=person["id"],
        village=group["village"],
        on=on,
        synthetic=group["synthetic"] or person["synthetic"],
    )
    table = tables.memberships
    theirs = (table.c.group_id == group["id"], table.c.participant_id.in_(same_person(person["id"])))
    member = select(table.c.id).where(*theirs, table.c.ended_on.is_(None)).limit(1)
    if (await unit.connection.execute(member)).first():
        raise Refusal("already_member", field)
    if not await rows.add_if_absent(unit.connection, tables.memberships, row):
        raise Refusal("already_member", field)
    larger = await rows.change(unit.connection, tables.mentored_groups, group, members=group["members"] + 1)
    payload = GroupMemberJoined(**_said(row), members=larger["members"], on=on)
    return larger, row, _emit(unit, payload, row, cause)


async def _leave(
    unit: Unit, group: Row, row: Row, on: date, reason: GroupLeaveReason, cause: AnyEvent | None = None
) -> tuple[Row, AnyEvent]:
    changed = await rows.change(unit.connection, tables.memberships, row, ended_on=on, reason=reason)
    payload = GroupMemberLeft(**_said(row), members=group["members"], reason=reason, on=on)
    return changed, _emit(unit, payload, changed, cause)


def _check_end(office: Office, row: Row, on: date) -> None:
    dates.check_happened("on", on, office.today(territory.city_of(row["village"])))
    dates.check_not_before("on", on, row["on"])


def _said(row: Row) -> dict[str, Any]:
    said = {name: row[name] for name in ("group_id", "participant_id", "village", "synthetic")}
    return {"membership_id": row["id"], **said}


def _emit(unit: Unit, payload: Payload, row: Row, cause: AnyEvent | None = None) -> AnyEvent:
    """Said of the group, also when it is about a member."""
    subject = row["group_id"] if "group_id" in row else row["id"]
    return unit.emit(payload, subject=subject, region=territory.city_of(row["village"]), cause=cause)
