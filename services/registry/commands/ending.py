"""Ending what is under way for a person, all at once: they were erased, left, moved away, or withdrew their consent.

Programmes and groups are held before people, as everywhere (commands/enrolments): :func:`hold` comes before the person
is locked, :func:`end` after.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Table, select

from services.registry.commands import groups, referrals, visits, waiting
from services.registry.commands.consent import LIVELIHOOD, PROGRAMME, REFERRAL
from services.registry.commands.model import AnyEvent
from services.registry.domain import enrolments, programmes, territory
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import EndedWith, EnrolmentDropped, EnrolmentRefused
from shared.journal import Unit

EVERYTHING = (PROGRAMME, REFERRAL, LIVELIHOOD)


@dataclass(frozen=True)
class Ending:
    """Why everything ends, on which day, and the event that says so."""

    why: EndedWith
    on: date
    cause: AnyEvent


async def hold(unit: Unit, people: Sequence[str]) -> None:
    """Locks the programmes and groups these people are in, before anybody locks the people."""
    await _locked(unit, tables.programmes, _under_way(tables.enrolments, "programme_id", people))
    await _locked(unit, tables.mentored_groups, _under_way(tables.memberships, "group_id", people))


async def end(unit: Unit, people: Sequence[str], ending: Ending, purposes: Collection[str] = EVERYTHING) -> None:
    """Ends the work of these registrations for some purposes. Places in programmes go to those who wait."""
    if PROGRAMME in purposes:
        for programme in await _locked(unit, tables.programmes, _under_way(tables.enrolments, "programme_id", people)):
            await _leave_programme(unit, programme, people, ending)
        for group in await _locked(unit, tables.mentored_groups, _under_way(tables.memberships, "group_id", people)):
            await groups.end(unit, group, people, ending.why, ending.on, ending.cause)
    if REFERRAL in purposes:
        for row in await _open_referrals(unit, people):
            await referrals.end(unit, row, ending.why, ending.on, ending.cause)
    if LIVELIHOOD in purposes:
        await resume_visits(unit, people, ending.cause)


async def resume_visits(unit: Unit, people: Sequence[str], cause: AnyEvent) -> None:
    """Lets the visits of people's businesses follow from how things stand now: cancelled, or to be made again."""
    theirs = tables.businesses.c.participant_id.in_(people)
    query = select(tables.businesses).where(theirs).order_by(tables.businesses.c.id).with_for_update()
    for business in [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]:
        await visits.settle(unit, business, cause)


def _under_way(table: Table, column: str, people: Sequence[str]) -> Select[Any]:
    return select(table.c[column]).where(table.c.participant_id.in_(people), table.c.ended_on.is_(None))


async def _locked(unit: Unit, table: Table, ids: Select[Any]) -> list[Row]:
    query = select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
    return [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]


async def _leave_programme(unit: Unit, programme: Row, people: Sequence[str], ending: Ending) -> None:
    table = tables.enrolments
    theirs = (table.c.programme_id == programme["id"], table.c.participant_id.in_(people), table.c.ended_on.is_(None))
    query = select(table).where(*theirs).order_by(table.c.id).with_for_update()
    counts, event = {name: programme[name] for name in ("places_taken", "waiting")}, ending.cause
    for row in [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]:
        if row["state"] in enrolments.IN_HOPE:
            counts["waiting"] -= row["state"] == "waiting"
            event = await _end(unit, row, "refused", ending)
        else:
            counts["places_taken"] = programmes.give_back(counts["places_taken"])
            event = await _end(unit, row, "dropped", ending)
    line = await waiting.fill(unit, {**programme, **counts}, ending.on, event)
    await rows.change(unit.connection, tables.programmes, programme, **line.counts)


async def _end(unit: Unit, row: Row, to: enrolments.State, ending: Ending) -> AnyEvent:
    on = max(ending.on, row["accepted_on"] or row["on"])
    values = {"state": enrolments.step(row["state"], to), "reason": ending.why, "ended_on": on, "number": None}
    changed = await rows.change(unit.connection, tables.enrolments, row, **values)
    said = {**waiting.said(changed), "on": on, "ended_with": ending.why}
    payload: EnrolmentRefused | EnrolmentDropped
    if to == "refused":
        payload = EnrolmentRefused(**said, reason="withdrawn")
    else:
        payload = EnrolmentDropped(**said, reason="moved" if ending.why == "moved" else "other")
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]), cause=ending.cause)


async def _open_referrals(unit: Unit, people: Sequence[str]) -> list[Row]:
    table = tables.referrals
    theirs = (table.c.participant_id.in_(people), table.c.state != "closed")
    query = select(table).where(*theirs).order_by(table.c.id).with_for_update()
    return [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]
