"""The line of those who wait for a place in a programme, and what its end means for everybody in it.

Whoever calls these holds the programme's row: it is what makes the line one line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from services.registry.commands import consent
from services.registry.commands.model import AnyEvent
from services.registry.domain import enrolments, participants, programmes, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import EnrolmentAccepted, EnrolmentDropped, EnrolmentRefused
from shared.journal import Unit

SAID = ("participant_id", "programme_id", "kind", "village", "synthetic")


@dataclass(frozen=True)
class Line:
    """A programme's counts after people moved, for its row, and the events that say who did."""

    places_taken: int
    waiting: int
    events: tuple[AnyEvent, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The columns of the programme's row."""
        return {"places_taken": self.places_taken, "waiting": self.waiting}


def said(row: Row) -> dict[str, Any]:
    """What every event of an enrolment says."""
    return {"enrolment_id": row["id"], **{name: row[name] for name in SAID}}


async def fill(unit: Unit, programme: Row, on: date, cause: AnyEvent) -> Line:
    """Gives the free places to those who wait, the smallest number first. ``programme`` is as it is to be stored."""
    taken, events = programme["places_taken"], list[AnyEvent]()
    if programme["waiting"] and programme["state"] in programmes.OPEN:
        for row in await _of(unit, programme, ("waiting",)):
            if not programmes.has_room(programme["quota"], taken):
                break
            accepted_on = max(on, row["on"])
            if not await _may_come(unit, row["participant_id"]):
                events.append(await _pass_over(unit, row, accepted_on, cause))
                continue
            values = {"state": enrolments.step(row["state"], "accepted"), "accepted_on": accepted_on}
            changed = await rows.change(unit.connection, tables.enrolments, row, **values, number=None)
            payload = EnrolmentAccepted(**said(changed), on=accepted_on, waited=True)
            events.append(_emit(unit, payload, changed, cause))
            taken += 1
    return Line(taken, programme["waiting"] - len(events), tuple(events))


async def _may_come(unit: Unit, participant_id: str) -> bool:
    """Whether somebody who waited can still be given a place: hasn't left or been erased, and consents as before.

    Read without a lock: the enrolments are held already, and a merge of two people takes the person first. And without
    the actor's scope: the turn is the line's, whoever gave a place back.
    """
    person = await consent.standing_row(unit.connection, participant_id)
    try:
        participants.check_usable(person["state"], "participant_id")
        await consent.still(unit, participant_id, consent.PROGRAMME)
    except Refusal:
        return False
    return True


async def _pass_over(unit: Unit, row: Row, on: date, cause: AnyEvent) -> AnyEvent:
    values = {"state": enrolments.step(row["state"], "refused"), "reason": "not_eligible", "number": None}
    refused = await rows.change(unit.connection, tables.enrolments, row, ended_on=on, **values)
    return _emit(unit, EnrolmentRefused(**said(refused), reason="not_eligible", on=on), refused, cause)


async def close(unit: Unit, programme: Row, on: date, cause: AnyEvent) -> Line:
    """Nobody waits for a programme that is over, and nobody keeps a place in one that was cancelled."""
    events: list[AnyEvent] = []
    if programme["state"] not in ("completed", "cancelled"):
        return Line(programme["places_taken"], programme["waiting"])
    for row in await _of(unit, programme, sorted(enrolments.IN_HOPE)):
        values = {"state": enrolments.step(row["state"], "refused"), "reason": "programme_over", "number": None}
        refused = await rows.change(unit.connection, tables.enrolments, row, ended_on=max(on, row["on"]), **values)
        payload = EnrolmentRefused(**said(refused), reason="programme_over", on=refused["ended_on"])
        events.append(_emit(unit, payload, refused, cause))
    lost = await _of(unit, programme, ("accepted", "attending")) if programme["state"] == "cancelled" else []
    for row in lost:
        values = {"state": enrolments.step(row["state"], "dropped"), "reason": "programme_cancelled"}
        ended_on = max(on, row["accepted_on"])
        dropped = await rows.change(unit.connection, tables.enrolments, row, ended_on=ended_on, **values)
        left = EnrolmentDropped(**said(dropped), reason="programme_cancelled", on=ended_on)
        events.append(_emit(unit, left, dropped, cause))
    return Line(programme["places_taken"] - len(lost), 0, tuple(events))


async def _of(unit: Unit, programme: Row, states: Sequence[str]) -> list[Row]:
    table = tables.enrolments
    of_it = (table.c.programme_id == programme["id"], table.c.state.in_(states))
    statement = select(table).where(*of_it).order_by(table.c.number, table.c.id).with_for_update()
    return [rows.plain(row) for row in (await unit.connection.execute(statement)).mappings()]


def _emit(
    unit: Unit, payload: EnrolmentAccepted | EnrolmentRefused | EnrolmentDropped, row: Row, cause: AnyEvent
) -> AnyEvent:
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]), cause=cause)
