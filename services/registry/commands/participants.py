"""Participants: registered under a pseudonym, one or hundreds at a time, and handed to whoever works with them.

What a participant-registered event says can't be changed here: moves, states and corrections are events of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.registry.commands import consent, doubles
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
    terms,
)
from services.registry.domain import dates, participants, personal, territory
from services.registry.domain.refusal import Refusal, RowsRefused
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AgeBand, Group, ParticipantRegistered, ParticipantStateChanged, Sex
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.database import insert_many

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
    birth_date: date | None = None
    referred_by: Annotated[Referrer | None, Field(description="Who sent the person to the office.")] = None
    on: OnInput
    consents: Annotated[tuple[ConsentInput, ...], Field(max_length=CONSENTS_MAX)] = ()
    synthetic: SyntheticInput = False


@dataclass(frozen=True)
class _Newcomer:
    """A registration that passed its checks."""

    row: dict[str, Any]
    city: str
    data: PersonalData
    consents: Sequence[Row]


async def register(unit: Unit, office: Office, command: RegisterParticipant) -> Written:
    """Registers one person. A NIK that is registered already is refused, without a word about whose it is."""
    try:
        (one,) = await _register(unit, office, [command])
    except RowsRefused as refused:
        raise refused.refusals[0] from None
    await doubles.suspect(unit, office, [one.row])
    return written(ParticipantView, one.row, _announce(unit, one), created=True)


async def register_many(unit: Unit, office: Office, commands: Sequence[RegisterParticipant]) -> list[str]:
    """Registers people in the order given, all or nobody; their ids.

    Raises :class:`RowsRefused` with the refusal of every command that can't be carried out, by its place. Who may be
    registered twice is found out afterwards (doubles.match_imported).
    """
    people = await _register(unit, office, commands)
    await doubles.queue(unit.connection, [one.row for one in people])
    for one in people:
        _announce(unit, one)
    return [one.row["id"] for one in people]


async def _register(unit: Unit, office: Office, commands: Sequence[RegisterParticipant]) -> list[_Newcomer]:
    newcomers, refusals = await _checked(unit, office, commands)
    refusals |= await _registered_already(unit, office, newcomers)
    if refusals:
        raise RowsRefused(refusals)
    people = [newcomers[place] for place in range(len(commands))]
    # The key first: a key without a person is harmless, a person without a key would be lost.
    keys = await office.vault.make([one.row["id"] for one in people])
    for one in people:
        one.row["sealed"] = one.data.sealed(keys[one.row["id"]], one.row["id"])
    await _insert(unit, office, people)
    return people


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


async def _checked(
    unit: Unit, office: Office, commands: Sequence[RegisterParticipant]
) -> tuple[dict[int, _Newcomer], dict[int, Refusal]]:
    newcomers: dict[int, _Newcomer] = {}
    refusals: dict[int, Refusal] = {}
    cities: dict[tuple[str, date], str] = {}
    at = clock.now()
    for place, command in enumerate(commands):
        try:
            city = cities.get((command.village, command.on))
            if city is None:
                city = await office.village(unit.connection, "village", command.village, command.on)
                cities[command.village, command.on] = city
            newcomers[place] = _newcomer(office, command, city, at)
        except Refusal as refusal:
            refusals[place] = refusal
    return newcomers, refusals


def _newcomer(office: Office, command: RegisterParticipant, city: str, at: datetime) -> _Newcomer:
    data = _personal(command)
    row: dict[str, Any] = {
        "id": clock.new_id(),
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
        "nik_index": nik_index(office.keyring, data.nik),
        "synthetic": command.synthetic,
        "version": rows.FIRST_VERSION,
        "created_at": at,
    }
    consents = [consent.new(office, row, given, f"consents.{n}.") for n, given in enumerate(command.consents)]
    return _Newcomer(row, city, data, consents)


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


async def _registered_already(unit: Unit, office: Office, newcomers: Mapping[int, _Newcomer]) -> dict[int, Refusal]:
    """NIKs that are in the registry, or twice among the newcomers."""
    indexes = {place: one.row["nik_index"] for place, one in newcomers.items() if one.row["nik_index"] is not None}
    if not indexes:
        return {}
    people = tables.participants
    query = select(people.c.nik_index, people.c.id, people.c.village)
    found = await unit.connection.execute(query.where(people.c.nik_index.in_(sorted(set(indexes.values())))))
    holders: dict[str, Refusal] = {row.nik_index: _taken(office, row.id, row.village) for row in found}
    refusals: dict[int, Refusal] = {}
    for place, index in indexes.items():
        if index in holders:
            refusals[place] = holders[index]
        holders.setdefault(index, Refusal("nik_twice", "nik"))
    return refusals


def _taken(office: Office, holder: str, village: str) -> Refusal:
    """Names the registration there is, unless the caller may not know of it."""
    if office.actor.covers(village):
        return Refusal("nik_taken", "nik", id=holder)
    return Refusal("nik_taken_elsewhere", "nik")


async def _insert(unit: Unit, office: Office, people: Sequence[_Newcomer]) -> None:
    connection = unit.connection
    try:
        await insert_many(connection, tables.participants, [one.row for one in people])
    except IntegrityError:
        # Somebody else's transaction registered the same NIK at this very moment; only the index saw it.
        raise Refusal("nik_taken_elsewhere", "nik") from None
    found = [term for one in people for term in terms(office.keyring, one.row["id"], one.data)]
    await insert_many(connection, tables.terms, found)
    await insert_many(connection, tables.consents, [row for one in people for row in one.consents])


def _announce(unit: Unit, one: _Newcomer) -> AnyEvent:
    row = one.row
    # Everything in it was checked as it came in; checking it again would be a tenth of an import's time.
    payload = ParticipantRegistered.model_construct(participant_id=row["id"], **{name: row[name] for name in _SAID})
    event = unit.emit(payload, subject=row["id"], region=one.city)
    for given in one.consents:
        consent.announce(unit, given, one.city)
    return event


_SAID = ("village", "group", "sex", "age_band", "on", "synthetic")
