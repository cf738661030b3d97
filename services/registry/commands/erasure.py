"""Erasing a person: what is readable goes with their key; pseudonym, journal and counts stay as they are.

Two stores can't be written in one act. The intention comes first, in the transaction with the event; the key is
destroyed right after, and by the next start if the process dies between the two. Nothing here asks for a key that has
gone: whoever was erased is erased again in a database or a key store that was put back from a backup, or in both, since
a file beside them and the stream know it too.
"""

from collections.abc import Collection
from datetime import date
from typing import Literal

from pydantic import ConfigDict
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit, ending
from services.registry.commands.exports import jobs as exports
from services.registry.commands.model import AnyEvent, Command, Match, OnInput, Written, check_match, written
from services.registry.commands.office import Office
from services.registry.commands.participant_view import ParticipantView, standing
from services.registry.domain import territory
from services.registry.domain.dates import check_happened
from services.registry.keys import store
from services.registry.storage import rows, tables, terms
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Row
from shared.contracts.registry import ParticipantErased
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.faults import crash_point

IDS_PER_QUERY = 500


class EraseParticipant(Command):
    """The person's readable data are to be destroyed. It can't be undone, by nobody."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-06-01", "reason": "request"}]})

    on: OnInput
    reason: Literal["request", "consent_withdrawn", "no_longer_needed", "unlawful"]


async def erase(
    unit: Unit, office: Office, participant_id: str, command: EraseParticipant, match: Match | None
) -> Written:
    """Erases a person with every registration that was merged into theirs. :func:`destroy_keys` must follow."""
    await ending.hold(unit, list((await unit.connection.execute(same_person(participant_id))).scalars()))
    person = await standing(unit, participant_id)
    check_match(person["version"], match, required=False)
    check_happened("on", command.on, office.today(territory.city_of(person["village"])))
    people = tables.participants
    merged = select(people).where(people.c.merged_into == participant_id).order_by(people.c.id).with_for_update()
    registrations = [person, *map(rows.plain, (await unit.connection.execute(merged)).mappings())]
    for row in reversed(registrations):
        changed, event = await _erase_row(unit, office, row, command.on)
    await audit.write(unit, office, "participant.erased", participant_id, why=command.reason)
    return written(ParticipantView, changed, event)


async def destroy_keys(office: Office) -> int:
    """Destroys the keys of everybody whose erasure is recorded; how many there were."""
    erasures = tables.erasures
    async with office.database.read() as connection:
        query = select(erasures.c.participant_id).where(erasures.c.key_destroyed_at.is_(None))
        ids = list((await connection.execute(query)).scalars())
    if not ids:
        return 0
    crash_point("erasure.recorded")
    await office.vault.destroy(ids)
    crash_point("erasure.key_destroyed")
    async with office.database.transaction() as connection:
        for start in range(0, len(ids), IDS_PER_QUERY):
            done = erasures.c.participant_id.in_(ids[start : start + IDS_PER_QUERY])
            await connection.execute(update(erasures).where(done).values(key_destroyed_at=clock.now()))
    return len(ids)


async def reconcile(office: Office, told: Collection[str] = ()) -> int:
    """Makes every place agree on who was erased, whichever came back from a backup; how many people or keys had to go
    again.

    The places are the database, the key store, the file beside them, and who was ``told`` of from elsewhere.
    """
    await office.vault.store.ready()
    async with office.database.read() as connection:
        erased = set(await erased_ids(connection))
    noted = await office.vault.noted()
    known = erased | noted | set(told)
    async with office.vault.store.database.read() as connection:
        buried = set(await store.buried(connection))
        risen = {row["person_id"] for row in await store.wrapped_keys(connection, known | buried)}
    await office.vault.note((known | buried) - noted)
    await office.vault.destroy((known - buried) | risen)
    returned = await _erase_again(office, (known | buried) - erased)
    return len(risen) + returned + await destroy_keys(office)


async def erased_ids(connection: AsyncConnection) -> list[str]:
    """Everybody whose erasure is recorded."""
    return list((await connection.execute(select(tables.erasures.c.participant_id))).scalars())


async def _erase_again(office: Office, ids: Collection[str]) -> int:
    """People whose key is destroyed though this database, put back from a backup, doesn't know of it."""
    people, done, ordered = tables.participants, 0, sorted(ids)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        some = ordered[start : start + IDS_PER_QUERY]
        query = select(people).where(people.c.id.in_(some), people.c.state != "erased").with_for_update()
        async with office.journal.writing() as unit:
            for row in [rows.plain(one) for one in (await unit.connection.execute(query)).mappings()]:
                await _erase_row(unit, office, row, office.today(territory.city_of(row["village"])))
                done += 1
    return done


async def _erase_row(unit: Unit, office: Office, row: Row, on: date) -> tuple[Row, AnyEvent]:
    connection, participant_id = unit.connection, row["id"]
    gone = dict.fromkeys(("sealed", "nik_index", "term_list", "referred_by"))
    values = {**gone, "state": "erased", "state_on": on}
    changed = await rows.change(connection, tables.participants, row, **values)
    await terms.remove(connection, row)
    await connection.execute(delete(tables.unmatched).where(tables.unmatched.c.participant_id == participant_id))
    await exports.destroy_with(unit, office, [participant_id], "erased")
    doubles = tables.doubles
    theirs = or_(doubles.c.first_id == participant_id, doubles.c.second_id == participant_id)
    await connection.execute(delete(doubles).where(theirs, doubles.c.state == "open"))
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    erasure = {"participant_id": participant_id, "erased_at": clock.now(), "key_destroyed_at": None}
    await connection.execute(make(tables.erasures).on_conflict_do_nothing(), erasure)
    said = {name: row[name] for name in ("village", "synthetic")}
    payload = ParticipantErased(participant_id=participant_id, on=on, **said)
    event = unit.emit(payload, subject=participant_id, region=territory.city_of(row["village"]))
    await ending.end(unit, [participant_id], ending.Ending("erased", on, event))
    return changed, event
