"""What becomes of a consent: given, withdrawn with what remains, all of that ended, settled, late."""

from typing import Any

from pydantic import ConfigDict
from sqlalchemy import select

from services.registry.commands import ending
from services.registry.commands.consent import (
    LIVELIHOOD,
    ConsentInput,
    ConsentView,
    announce,
    is_late,
    is_open,
    new,
    remaining,
    standing_row,
)
from services.registry.commands.exports import jobs as exports
from services.registry.commands.model import AnyEvent, Command, Match, OnInput, Written, check_match, written
from services.registry.commands.office import Office, locked
from services.registry.commands.participant_view import standing
from services.registry.domain import consent, territory
from services.registry.domain.dates import check_happened, check_not_before
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Row
from shared.contracts.registry import ConsentDeadlinePassed, ConsentSettled, ConsentWithdrawn
from shared.journal import Unit
from shared.runtime import clock

LATE_AT_ONCE_MAX = 100
_table = tables.consents


class WithdrawConsent(Command):
    """The person no longer agrees. Processing stops with this entry."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-06-01"}]})

    on: OnInput


class SettleConsent(Command):
    """What remained of the processing has ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-06-03"}]})

    on: OnInput


class EndRemaining(Command):
    """Everything that is still under way for the purpose ends: enrolments, memberships, referrals, visits to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-06-02"}]})

    on: OnInput


async def give(unit: Unit, office: Office, participant_id: str, command: ConsentInput) -> Written:
    """Records that a participant agreed to a purpose. What remained of an earlier consent may go on."""
    person = await standing(unit, participant_id)
    row = new(office, person, command)
    if not await rows.add_if_absent(unit.connection, _table, row):
        raise Refusal("consent_given", "purpose")
    event = announce(unit, row, territory.city_of(person["village"]))
    theirs = _table.c.participant_id.in_(same_person(participant_id)) & (_table.c.purpose == row["purpose"])
    before = select(_table).where(theirs, is_open()).order_by(_table.c.id).with_for_update()
    for earlier in [rows.plain(one) for one in (await unit.connection.execute(before)).mappings()]:
        await _settle(unit, office, earlier, event)
    if row["purpose"] == LIVELIHOOD:
        await ending.resume_visits(unit, [participant_id], event)
    return written(ConsentView, row, event, created=True)


async def withdraw(
    unit: Unit, office: Office, consent_id: str, command: WithdrawConsent, match: Match | None
) -> Written:
    """Stops processing at once. What is under way for the purpose must have ended by the deadline."""
    row = await locked(unit.connection, _table, consent_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if row["withdrawn_at"] is not None:
        raise Refusal("consent_over", "id")
    city = territory.city_of(row["village"])
    check_happened("on", command.on, office.today(city))
    check_not_before("on", command.on, row["on"])
    same = await _hold(unit, row["participant_id"])
    now = clock.now()
    remains = await remaining(unit.connection, row)
    values = {"withdrawn_on": command.on, "withdrawn_at": now, "deadline_at": consent.deadline(now)}
    settled_at = None if any(remains.values()) else now
    changed = await rows.change(unit.connection, _table, row, **values, settled_at=settled_at)
    await exports.destroy_with(unit, office, same, "consent_withdrawn", row["purpose"])
    payload = ConsentWithdrawn(
        consent_id=consent_id,
        deadline_at=changed["deadline_at"],
        remaining=sum(len(ids) for ids in remains.values()),
        on=command.on,
        **_said(row),
    )
    return written(ConsentView, changed, unit.emit(payload, subject=consent_id, region=city))


async def end_remaining(
    unit: Unit, office: Office, consent_id: str, command: EndRemaining, match: Match | None
) -> Written:
    """Ends everything that is still under way for a consent that was withdrawn, and settles it."""
    found = await rows.find(unit.connection, _table, consent_id)
    same = [] if found is None else await _same(unit, found["participant_id"])
    await ending.hold(unit, same)
    row = await _open(unit, office, consent_id, command.on, match)
    await _hold(unit, row["participant_id"])
    person = await standing_row(unit.connection, row["participant_id"])
    event = await _settle(unit, office, row, None)
    why = ending.Ending("consent_withdrawn", command.on, event)
    await ending.end(unit, [*same, person["id"]], why, (row["purpose"],))
    now = await rows.find(unit.connection, _table, consent_id)
    return written(ConsentView, now or row, event)


async def settle(unit: Unit, office: Office, consent_id: str, command: SettleConsent, match: Match | None) -> Written:
    """Records that nothing remains; refused as long as something does."""
    row = await _open(unit, office, consent_id, command.on, match)
    count = sum(len(ids) for ids in (await remaining(unit.connection, row)).values())
    if count:
        raise Refusal("processing_remains", "id", count=count)
    changed = await rows.change(unit.connection, _table, row, settled_at=clock.now())
    payload = ConsentSettled(consent_id=consent_id, on=command.on, **_said(row))
    event = unit.emit(payload, subject=consent_id, region=territory.city_of(row["village"]))
    return written(ConsentView, changed, event)


async def say_late(office: Office) -> int:
    """Says once of each withdrawn consent that its deadline passed with work remaining; how many were looked at.

    Where all of it has ended meanwhile, that is what is said.
    """
    late = select(_table).where(is_late(clock.now()), _table.c.late_said_at.is_(None)).order_by(_table.c.deadline_at)
    async with office.journal.writing() as unit:
        query = late.limit(LATE_AT_ONCE_MAX).with_for_update()
        found = [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]
        for row in found:
            # Not a new state of the record: its version, which readers compare, stays.
            said = _table.update().where(_table.c.id == row["id"]).values(late_said_at=clock.now())
            await unit.connection.execute(said)
            count = sum(len(ids) for ids in (await remaining(unit.connection, row)).values())
            if not count:
                await _settle(unit, office, row, None)
                continue
            payload = ConsentDeadlinePassed(
                consent_id=row["id"], deadline_at=row["deadline_at"], remaining=count, **_said(row)
            )
            unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]))
    return len(found)


def _said(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("participant_id", "village", "purpose", "synthetic")}


async def _open(unit: Unit, office: Office, consent_id: str, day: Any, match: Match | None) -> Row:
    """A consent that was withdrawn and isn't settled, for an entry of a day that isn't before the withdrawal."""
    row = await locked(unit.connection, _table, consent_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if row["withdrawn_at"] is None or row["settled_at"] is not None:
        raise Refusal("consent_settled", "id")
    check_happened("on", day, office.today(territory.city_of(row["village"])))
    check_not_before("on", day, row["withdrawn_on"])
    return row


async def _settle(unit: Unit, office: Office, row: Row, cause: AnyEvent | None) -> AnyEvent:
    city = territory.city_of(row["village"])
    await rows.change(unit.connection, _table, row, settled_at=clock.now())
    payload = ConsentSettled(consent_id=row["id"], on=max(office.today(city), row["withdrawn_on"]), **_said(row))
    return unit.emit(payload, subject=row["id"], region=city, cause=cause)


async def _same(unit: Unit, participant_id: str) -> list[str]:
    return list((await unit.connection.execute(same_person(participant_id))).scalars())


async def _hold(unit: Unit, participant_id: str) -> list[str]:
    """Keeps the person from whoever begins work with them just now; every registration of theirs."""
    person = await standing_row(unit.connection, participant_id)
    await rows.find(unit.connection, tables.participants, person["id"], lock=True)
    return await _same(unit, participant_id)
