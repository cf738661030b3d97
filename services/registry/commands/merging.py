"""Deciding about two registrations: one person (merged, undoable) or two. Both keep their own history.

Nothing is moved from one to the other: the merged registration only names the one that stands for it. Work with either
id goes to that one from then on (participants.usable), and undoing the merge leaves everything as it was. Of the
counts, only the number of people registered goes down by one: places, visits and businesses were real.
"""

from typing import Literal

from pydantic import ConfigDict
from sqlalchemy import select

from services.registry.commands import audit
from services.registry.commands.doubles import DoubleView, pair
from services.registry.commands.model import AnyEvent, Command, IdInput, Match, Written, check_match, written
from services.registry.commands.office import Office, known, locked
from services.registry.commands.participant_view import ParticipantView
from services.registry.domain import doubles, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import DoubleToldApart, ParticipantsMerged, ParticipantsUnmerged
from shared.journal import Unit
from shared.runtime import clock

SURE = 100
MergeReason = Literal["seen", "documents", "asked", "other"]


class MergeParticipants(Command):
    """``duplicate_id`` is the same person as this participant, who stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"duplicate_id": "01920000-0000-7000-8000-000000000016", "reason": "documents"}]
        }
    )

    duplicate_id: IdInput
    reason: MergeReason


class UnmergeParticipant(Command):
    """The merge of this registration was a mistake."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "documents"}]})

    reason: MergeReason


class DecideDistinct(Command):
    """The two are different people; they aren't offered again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "seen"}]})

    reason: MergeReason


async def merge(
    unit: Unit, office: Office, participant_id: str, command: MergeParticipants, match: Match | None
) -> Written:
    """Makes one registration stand for another; answers the one that stays."""
    kept, merged = await _both(unit, participant_id, command.duplicate_id)
    check_match(kept["version"], match, required=False)
    doubles.check_mergeable(
        kept["id"],
        merged["id"],
        kept_stands=_stands(kept),
        merged_stands=_stands(merged),
        merged_has_others=await _has_others(unit, merged["id"]),
    )
    await rows.change(unit.connection, tables.participants, merged, merged_into=kept["id"])
    changed = await rows.change(unit.connection, tables.participants, kept)
    await _decide(unit, office, kept, merged, "merged", command.reason)
    await audit.write(unit, office, "participants.merged", kept["id"], merged=merged["id"], why=command.reason)
    return written(ParticipantView, changed, _say(unit, office, ParticipantsMerged, kept["id"], merged))


async def unmerge(
    unit: Unit, office: Office, participant_id: str, command: UnmergeParticipant, match: Match | None
) -> Written:
    """Lets a merged registration stand for itself again; answers that one."""
    # Only read, to know the other: both are locked in the order of their ids, as a merge locks them.
    seen = await known(unit.connection, tables.participants, participant_id, "unknown_record", None)
    check_match(seen["version"], match, required=False)
    if seen["merged_into"] is None:
        raise Refusal("merge_none", "id")
    kept, merged = await _both(unit, seen["merged_into"], participant_id)
    check_match(merged["version"], match, required=False)
    if merged["merged_into"] != kept["id"] or merged["state"] == "erased":
        raise Refusal("merge_none", "id")
    changed = await rows.change(unit.connection, tables.participants, merged, merged_into=None)
    await rows.change(unit.connection, tables.participants, kept)
    await _decide(unit, office, kept, merged, "distinct", command.reason)
    await audit.write(unit, office, "participants.unmerged", kept["id"], merged=merged["id"], why=command.reason)
    return written(ParticipantView, changed, _say(unit, office, ParticipantsUnmerged, kept["id"], merged))


async def distinguish(
    unit: Unit, office: Office, double_id: str, command: DecideDistinct, match: Match | None
) -> Written:
    """Keeps on record that two registrations are two people."""
    row = await locked(unit.connection, tables.doubles, double_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    doubles.check_open(row["state"], read=match is not None)
    changed = await rows.change(
        unit.connection, tables.doubles, row, state="distinct", **_decision(office, command.reason)
    )
    await audit.write(unit, office, "participants.distinct", double_id, why=command.reason)
    city = territory.city_of(row["village"])
    said = {name: row[name] for name in ("first_id", "second_id", "village", "synthetic")}
    payload = DoubleToldApart(double_id=double_id, reason=command.reason, on=office.today(city), **said)
    return written(DoubleView, changed, unit.emit(payload, subject=double_id, region=city))


async def _both(unit: Unit, kept_id: str, merged_id: str) -> tuple[Row, Row]:
    """Both rows locked, in the order of their ids whichever stays, so that two merges can't wait for each other."""
    found = {}
    for participant_id in sorted({kept_id, merged_id}):
        field = "duplicate_id" if participant_id == merged_id else "id"
        code = "unknown_participant" if participant_id == merged_id else "unknown_record"
        found[participant_id] = await locked(unit.connection, tables.participants, participant_id, code, field)  # type: ignore[arg-type]
    return found[kept_id], found[merged_id]


def _stands(row: Row) -> bool:
    return row["merged_into"] is None and row["state"] != "erased"


async def _has_others(unit: Unit, participant_id: str) -> bool:
    people = tables.participants.c
    query = select(people.id).where(people.merged_into == participant_id).limit(1)
    return (await unit.connection.execute(query)).first() is not None


async def _decide(unit: Unit, office: Office, kept: Row, merged: Row, state: str, reason: str) -> None:
    """Keeps the decision with the pair, which an officer may have found without being offered it."""
    await rows.add_if_absent(unit.connection, tables.doubles, pair(kept, merged, SURE))
    first, second = sorted((kept["id"], merged["id"]))
    table = tables.doubles
    query = select(table).where(table.c.first_id == first, table.c.second_id == second).with_for_update()
    row = rows.plain((await unit.connection.execute(query)).mappings().one())
    values = {"state": state, "kept_id": kept["id"] if state == "merged" else None}
    await rows.change(unit.connection, table, row, **values, **_decision(office, reason))


def _decision(office: Office, reason: str) -> dict[str, object]:
    return {"reason": reason, "decided_by": office.actor.id, "decided_at": clock.now()}


def _say(
    unit: Unit, office: Office, payload: type[ParticipantsMerged | ParticipantsUnmerged], kept_id: str, merged: Row
) -> AnyEvent:
    city = territory.city_of(merged["registered_village"])
    said = payload(
        participant_id=kept_id,
        merged_id=merged["id"],
        village=merged["registered_village"],
        registered_on=merged["on"],
        on=office.today(city),
        synthetic=merged["synthetic"],
    )
    return unit.emit(said, subject=merged["id"], region=city)
