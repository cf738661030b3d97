"""Participants: registered under a pseudonym, one or hundreds at a time, and handed to whoever works with them.

What a participant-registered event says can't be changed here: moves, states and corrections are events of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.registry.commands import consent, doubles, personal_data
from services.registry.commands.consent import ConsentInput
from services.registry.commands.model import AnyEvent, Command, OnInput, SyntheticInput, VillageInput, Written, written
from services.registry.commands.office import Office, locked
from services.registry.commands.participant_view import ParticipantView, Referrer
from services.registry.commands.personal_data import (
    AddressInput,
    NameInput,
    NikInput,
    NotesInput,
    PersonalData,
    PhoneInput,
    nik_index,
)
from services.registry.domain import dates, participants, personal, territory
from services.registry.domain.refusal import Refusal, RowsRefused
from services.registry.storage import rows, tables, terms
from services.registry.storage.rows import Row
from shared.contracts.registry import AgeBand, Group, ParticipantRegistered, ParticipantStateChanged, Sex
from shared.journal import Telling, Unit
from shared.runtime import clock
from shared.runtime.database import insert_many
from shared.runtime.encryption import Hasher, new_key
from shared.runtime.exact import Day

CONSENTS_MAX = 20


class RegisterParticipant(Command):
    """A person joins the office's work. Give ``age_band`` or ``birth_date``, not both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Peserta Contoh 01",
                    "nik": "9999010101900001",
                    "village": "32.76.07.1003",
                    "group": "vulnerable_resident",
                    "sex": "female",
                    "age_band": "25_34",
                    "referred_by": "recovery_agent",
                    "on": "2023-03-06",
                    "consents": [{"purpose": "programme", "given_by": "self", "on": "2023-03-06"}],
                    "synthetic": True,
                }
            ]
        }
    )

    name: NameInput
    nik: NikInput | None = None
    phone: PhoneInput | None = None
    address: AddressInput | None = None
    notes: NotesInput | None = None
    village: VillageInput
    group: Group
    sex: Sex
    age_band: AgeBand | None = None
    birth_date: Day | None = None
    referred_by: Annotated[Referrer | None, Field(description="Who sent the person to the office.")] = None
    on: OnInput
    consents: Annotated[tuple[ConsentInput, ...], Field(max_length=CONSENTS_MAX)] = ()
    synthetic: SyntheticInput = False


@dataclass
class Newcomer:
    """A registration as far as it comes without the registry: sealed, under a key that is ``kept`` or has yet to be."""

    row: dict[str, Any]
    key: bytes
    terms: Sequence[int]
    said: Sequence[ConsentInput]
    city: str = ""
    kept: bool = False
    consents: Sequence[Row] = ()


def prepare(hasher: Hasher, command: RegisterParticipant) -> Newcomer:
    """Checks what can be checked of a command by itself, and seals what is readable in it."""
    return _prepare(hasher, command, _personal(command))


def _prepare(hasher: Hasher, command: RegisterParticipant, data: PersonalData) -> Newcomer:
    person_id, key = clock.new_id(), new_key()
    found = personal_data.terms(hasher, data)
    row: dict[str, Any] = {
        "id": person_id,
        "village": command.village,
        "since": command.on,
        "registered_village": command.village,
        "group": command.group,
        "sex": command.sex,
        "age_band": _age_band(command),
        "referred_by": command.referred_by,
        "on": command.on,
        "state": "registered",
        "state_on": command.on,
        "consent_required": not command.synthetic,
        "merged_into": None,
        "sealed": data.sealed(key, person_id),
        "nik_index": nik_index(hasher, data.nik),
        "term_list": terms.packed(found),
        "synthetic": command.synthetic,
        "version": rows.FIRST_VERSION,
        "created_at": None,
    }
    return Newcomer(row, key, found, command.consents)


def nik_of(one: Newcomer) -> str | None:
    """The keyed hash of somebody's NIK, which nobody else may have."""
    index: str | None = one.row["nik_index"]
    return index


async def register(unit: Unit, office: Office, command: RegisterParticipant) -> Written:
    """Registers one person. A NIK that is registered already is refused, without a word about whose it is."""
    data = _personal(command)
    one = _prepare(office.keyring, command, data)
    try:
        await _check(unit, office, [one])
    except RowsRefused as refused:
        raise refused.refusals[0] from None
    async with _keeping_keys(office, [one]):
        await _insert(unit, [one])
        event = _announce(unit, one)
        await doubles.suspect(unit, office, [one.row], known={one.row["id"]: data}, cause=event)
    return written(ParticipantView, one.row, event, created=True)


async def register_many(unit: Unit, office: Office, people: Sequence[Newcomer]) -> None:
    """Registers people in the order given, all or nobody.

    Raises :class:`RowsRefused` with the refusal of everyone who can't be registered, by their place. Who may be
    registered twice is found out afterwards (doubles.match_imported).
    """
    await _check(unit, office, people)
    await keep_keys(office, people)
    await _insert(unit, people)
    await doubles.queue(unit.connection, [one.row for one in people])
    unit.emit_many(ParticipantRegistered, [Telling(one.row["id"], one.city, _payload(one.row)) for one in people])
    consent.announce_many(unit, [(given, one.city) for one in people for given in one.consents])


async def _check(unit: Unit, office: Office, people: Sequence[Newcomer]) -> None:
    refusals = await _misplaced(unit, office, people)
    indexes = {place: one.row["nik_index"] for place, one in enumerate(people) if place not in refusals}
    refusals |= await _registered_already(unit, office, indexes)
    if refusals:
        raise RowsRefused(refusals)


@asynccontextmanager
async def _keeping_keys(office: Office, people: Sequence[Newcomer]) -> AsyncIterator[None]:
    """Keeps keys while people are written, as both wait for a disk; leaving it, they are durable."""
    keeping = asyncio.create_task(keep_keys(office, people))
    try:
        yield
    finally:
        await keeping


async def keep_keys(office: Office, people: Sequence[Newcomer]) -> None:
    """Makes durable the keys that aren't yet. One without a person is harmless, a person without one would be lost."""
    new = [one for one in people if not one.kept]
    if new:
        await office.vault.keep({one.row["id"]: one.key for one in new})
    for one in new:
        one.kept = True


async def usable(
    unit: Unit,
    office: Office,
    participant_id: str,
    purpose: str,
    *,
    on: date | None = None,
    field: str = "participant_id",
) -> Row:
    """The person some work concerns, locked, after a merge the one it went to: use the ``id`` of the answer.

    Refuses people who left, moved away or were erased, and those who don't consent to ``purpose``. With ``on``, the
    day of the work, it also refuses a day to come, and somebody who was only registered becomes active.
    """
    person = await _standing(unit, participant_id, field)
    if on is not None:
        dates.check_happened("on", on, office.today(territory.city_of(person["village"])))
    participants.check_usable(person["state"], field)
    await consent.check(unit, person["id"], purpose, field=field)
    if on is not None and person["state"] == "registered":
        person = await _activate(unit, person, on)
    return person


async def _standing(unit: Unit, participant_id: str, field: str) -> Row:
    """The registration that stands for a person, locked. Only that one: two locks could wait for each other."""
    people = tables.participants
    while True:
        query = select(people.c.merged_into).where(people.c.id == participant_id)
        merged_into = (await unit.connection.execute(query)).scalar_one_or_none()
        if merged_into is None:
            person = await locked(unit.connection, people, participant_id, "unknown_participant", field)
            if person["merged_into"] is None:
                return person
            merged_into = person["merged_into"]
        participant_id = merged_into


async def _activate(unit: Unit, person: Row, on: date) -> Row:
    on = max(on, person["state_on"])
    changed = await rows.change(unit.connection, tables.participants, person, state="active", state_on=on)
    payload = ParticipantStateChanged(
        participant_id=person["id"],
        village=person["village"],
        state="active",
        previous="registered",
        on=on,
        synthetic=person["synthetic"],
    )
    unit.emit(payload, subject=person["id"], region=territory.city_of(person["village"]))
    return changed


async def _misplaced(unit: Unit, office: Office, people: Sequence[Newcomer]) -> dict[int, Refusal]:
    """Refusals by place of people from villages or days the office can't write about; the others get their city."""
    refusals: dict[int, Refusal] = {}
    cities: dict[tuple[str, date], str] = {}
    at = clock.now()
    for place, one in enumerate(people):
        where = one.row["village"], one.row["on"]
        try:
            if where not in cities:
                cities[where] = await office.village(unit.connection, "village", *where)
            one.city, one.row["created_at"] = cities[where], at
            if one.said:
                one.consents = [
                    consent.new(office, one.row, given, f"consents.{n}.") for n, given in enumerate(one.said)
                ]
        except Refusal as refusal:
            refusals[place] = refusal
    return refusals


def _personal(command: RegisterParticipant) -> PersonalData:
    nik = _value(command.nik)
    if nik is not None:
        personal.check_nik(nik)
    return PersonalData(
        name=command.name.get_secret_value(),
        nik=nik,
        birth_date=command.birth_date.isoformat() if command.birth_date else None,
        phone=_value(command.phone),
        address=_value(command.address),
        notes=_value(command.notes),
    )


def _value(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _age_band(command: RegisterParticipant) -> str:
    if command.age_band is not None and command.birth_date is not None:
        raise Refusal("age_twice", "age_band")
    if command.birth_date is not None:
        return dates.age_band(command.birth_date, command.on)
    if command.age_band is None:
        raise Refusal("age_missing", "age_band")
    return command.age_band


async def _registered_already(unit: Unit, office: Office, indexes: Mapping[int, str | None]) -> dict[int, Refusal]:
    """NIKs that are in the registry, or twice among those given by place."""
    wanted = sorted({index for index in indexes.values() if index is not None})
    if not wanted:
        return {}
    people = tables.participants
    query = select(people.c.nik_index, people.c.id, people.c.village)
    found = await unit.connection.execute(query.where(rows.among(unit.connection, people.c.nik_index, wanted)))
    holders = {row.nik_index: _taken(office, row.id, row.village) for row in found}
    refusals: dict[int, Refusal] = {}
    given: set[str] = set()
    for place, index in indexes.items():
        if index is None:
            continue
        if index in holders:
            refusals[place] = holders[index]
        elif index in given:
            refusals[place] = Refusal("nik_twice", "nik")
        given.add(index)
    return refusals


def _taken(office: Office, holder: str, village: str) -> Refusal:
    """Names the registration there is, unless the caller may not know of it."""
    if office.actor.covers(village):
        return Refusal("nik_taken", "nik", id=holder)
    return Refusal("nik_taken_elsewhere", "nik")


async def _insert(unit: Unit, people: Sequence[Newcomer]) -> None:
    connection = unit.connection
    try:
        await insert_many(connection, tables.participants, [one.row for one in people])
    except IntegrityError:
        # Somebody else's transaction registered the same NIK at this very moment; only the index saw it.
        raise Refusal("nik_taken_elsewhere", "nik") from None
    await terms.add(connection, [(term, one.row["id"]) for one in people for term in one.terms])
    await insert_many(connection, tables.consents, [row for one in people for row in one.consents])


def _announce(unit: Unit, one: Newcomer) -> AnyEvent:
    row = one.row
    event = unit.emit(ParticipantRegistered(**_payload(row)), subject=row["id"], region=one.city)
    for given in one.consents:
        consent.announce(unit, given, one.city)
    return event


def _payload(row: Row) -> dict[str, Any]:
    return {"participant_id": row["id"], **{name: row[name] for name in _SAID}}


_SAID = ("village", "group", "sex", "age_band", "on", "synthetic")
