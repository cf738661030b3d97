"""Registrations that may be one person: found by keyed hashes, compared decrypted, offered, decided by an officer.

Nothing readable is kept for it. Candidates share a birth date and the village, or the whole name as it sounds and one
of the two; only these are decrypted, and rapidfuzz compares their names.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from rapidfuzz import fuzz
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    CursorResult,
    Select,
    bindparam,
    delete,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.model import AnyEvent, View
from services.registry.commands.office import Office
from services.registry.commands.personal_data import BIRTH, NAME, PersonalData, opened
from services.registry.domain import doubles, names, territory
from services.registry.domain.doubles import Alike, DoubleState
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import DoubleOffered
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.database import insert_many

CANDIDATES_MAX = 50
MATCH_BATCH = 200

_people, _terms = tables.participants, tables.terms


class DoubleView(View):
    """Two registrations that may be one person, and what was decided: merged, or not the same person (distinct)."""

    PATH: ClassVar[str] = "/v1/doubles"

    id: str
    first_id: str
    second_id: str
    village: str
    likeness: int
    state: DoubleState
    kept_id: str | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    synthetic: bool


async def suspect(
    unit: Unit,
    office: Office,
    people: Sequence[Row],
    *,
    known: Mapping[str, PersonalData] | None = None,
    cause: AnyEvent | None = None,
) -> int:
    """Compares registrations with the others and offers those that may be double; how many are new.

    ``known`` is what they hold, by id, where it needn't be decrypted as it was just entered.
    """
    data = await opened(office, people) if known is None else known
    found = 0
    for person in people:
        if person["id"] in data:
            others = await _candidates(unit.connection, office, person, data[person["id"]])
            pairs = _pairs(person, data[person["id"]], others, await opened(office, others))
            found += await _offer(unit, pairs, cause)
    return found


async def match_imported(office: Office, limit: int = MATCH_BATCH) -> int:
    """Compares some of those an import brought in; how many it took, 0 when nobody waits."""
    waiting = tables.unmatched
    query = select(waiting.c.participant_id).order_by(waiting.c.participant_id).limit(limit)
    async with office.database.read() as connection:
        # Asked every few seconds, and nearly always for nothing: no writer has to wait for that.
        if (await connection.execute(query)).first() is None:
            return 0
    async with office.journal.writing() as unit:
        ids = list((await unit.connection.execute(query)).scalars())
        if ids:
            people = select(_people).where(_people.c.id.in_(ids), _people.c.sealed.is_not(None))
            await suspect(unit, office, _rows(await unit.connection.execute(people)))
            await unit.connection.execute(delete(waiting).where(waiting.c.participant_id.in_(ids)))
    return len(ids)


async def queue(connection: AsyncConnection, people: Sequence[Row]) -> None:
    """Leaves the comparison of many for later."""
    await insert_many(connection, tables.unmatched, [{"participant_id": person["id"]} for person in people])


def alike(one: Row, other: Row, first: PersonalData, second: PersonalData) -> Alike:
    """How two registrations compare; the same whichever is named first."""
    sounds = names.normal(first.name), names.normal(second.name)
    numbers = [[word for word in sound.split() if word.isdigit()] for sound in sounds]
    return Alike(
        name=round(fuzz.ratio(*sounds)),
        numbers=numbers[0] == numbers[1],
        village=one["village"] == other["village"],
        birth=doubles.compare_births(first.birth_date, second.birth_date),
        nik=doubles.compare_niks(first.nik, second.nik),
    )


async def _candidates(connection: AsyncConnection, office: Office, person: Row, data: PersonalData) -> list[Row]:
    values = {
        "id": person["id"],
        "village": person["village"],
        "name": office.keyring.term(names.normal(data.name), NAME),
    }
    if data.birth_date is not None:
        values["birth"] = office.keyring.term(data.birth_date, BIRTH)
    found = _rows(await connection.execute(_alike_by_terms(born="birth" in values), values))
    by_id = {row["id"]: row for row in found}
    return [by_id[one] for one in sorted(by_id)[:CANDIDATES_MAX]]


@cache
def _alike_by_terms(*, born: bool) -> CompoundSelect[Any]:
    """Those who share enough to be compared, every way at once: a statement for each is a round trip for each.

    A person may come by several ways. Joined to make each one once, a database might walk through all people instead.
    """
    name: BindParameter[int] = bindparam("name")
    birth: BindParameter[int] = bindparam("birth")
    also = _terms.alias()
    here = _people.c.village == bindparam("village")
    ways = [_having(name).where(here)]
    if born:
        same_name = select(also.c.term).where(also.c.term == name, also.c.participant_id == _people.c.id)
        ways += [_having(birth).where(here), _having(birth).where(same_name.exists())]
    return union_all(*(select(way.limit(CANDIDATES_MAX).subquery()) for way in ways))


def _pairs(
    person: Row, data: PersonalData, others: Iterable[Row], opened_others: Mapping[str, PersonalData]
) -> list[dict[str, Any]]:
    """Who of the others may be this person."""
    pairs = []
    for other in others:
        if other["id"] in opened_others:
            value = doubles.likeness(alike(person, other, data, opened_others[other["id"]]))
            if value is not None:
                pairs.append(pair(person, other, value))
    return pairs


async def _offer(unit: Unit, pairs: Sequence[dict[str, Any]], cause: AnyEvent | None) -> int:
    """Asks an officer about pairs that nobody was asked about yet; how many."""
    fresh = await rows.add_absent(unit.connection, tables.doubles, pairs)
    for row in pairs:
        if row["id"] in fresh:
            said = {name: row[name] for name in ("first_id", "second_id", "village", "likeness", "synthetic")}
            payload = DoubleOffered(double_id=row["id"], **said)
            unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]), cause=cause)
    return len(fresh)


def pair(one: Row, other: Row, likeness: int) -> dict[str, Any]:
    """A row of two registrations, the older first."""
    first, second = sorted((one, other), key=lambda row: str(row["id"]))
    return rows.new(
        id=clock.new_id(),
        first_id=first["id"],
        second_id=second["id"],
        village=second["village"],
        likeness=likeness,
        state="open",
        kept_id=None,
        reason=None,
        decided_by=None,
        decided_at=None,
        synthetic=bool(first["synthetic"] or second["synthetic"]),
    )


def _having(term: ColumnElement[int]) -> Select[Any]:
    """Registrations beside the one with this ``id`` that stand and have a term."""
    stands = _people.c.merged_into.is_(None) & _people.c.sealed.is_not(None)
    joined = _terms.join(_people, _people.c.id == _terms.c.participant_id)
    others = select(_people.c.id, _people.c.village, _people.c.sealed, _people.c.synthetic).select_from(joined)
    return others.where(_terms.c.term == term, stands, _people.c.id != bindparam("id"))


def _rows(result: CursorResult[Any]) -> list[Row]:
    return [rows.plain(row) for row in result.mappings()]
