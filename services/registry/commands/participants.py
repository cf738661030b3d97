"""Participants: registered under a pseudonym, with name, NIK and birth date encrypted at rest.

What a participant-registered event says can't be changed here: a move is an event of its own (participant_life.py).
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, SecretStr

from services.registry.commands import consent
from services.registry.commands.model import (
    Command,
    Match,
    OnInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, participants, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import (
    AgeBand,
    Group,
    ParticipantRegistered,
    ParticipantState,
    ParticipantStateChanged,
    Sex,
)
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.encryption import Keyring

NIK_PURPOSE = "participant.nik"
# SecretStr: the value shows in no repr, traceback or log line by accident.
NameInput = Annotated[SecretStr, Field(min_length=1, max_length=120, description="Encrypted; never shown again here.")]
NikInput = Annotated[SecretStr, Field(max_length=64, description="16 digits. Encrypted; compared by a keyed hash.")]


Referrer = Literal[
    "self",
    "family",
    "recovery_agent",
    "penggiat",
    "village_office",
    "health_service",
    "social_service",
    "police",
    "court",
    "prison",
    "bnn",
    "other",
]
ReferrerInput = Annotated[Referrer | None, Field(description="Who sent the person to the office.")]


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
                    "on": "2023-03-06",
                    "synthetic": True,
                }
            ]
        }
    )

    name: NameInput
    nik: NikInput | None = None
    village: VillageInput
    group: Group
    sex: Sex
    age_band: AgeBand | None = None
    birth_date: date | None = None
    referred_by: ReferrerInput = None
    on: OnInput
    synthetic: SyntheticInput = False


class CorrectParticipant(Command):
    """Mends what is encrypted: fields left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Peserta Contoh 1"}]})

    name: NameInput | None = None
    nik: NikInput | None = None


class ParticipantView(View):
    """A participant as everyone but the holder of the keys sees one."""

    PATH: ClassVar[str] = "/v1/participants"

    id: str
    village: str
    group: Group
    sex: Sex
    age_band: AgeBand
    referred_by: Referrer | None = None
    on: date
    state: ParticipantState
    state_on: date
    since: date
    merged_into: str | None = None
    synthetic: bool


async def register(unit: Unit, office: Office, command: RegisterParticipant) -> Written:
    """Refuses a NIK that is already registered, without a word about whose it is."""
    city = await office.village(unit.connection, "village", command.village, command.on)
    row = rows.new(
        id=clock.new_id(),
        **command.model_dump(include={"village", "group", "sex", "on", "synthetic", "referred_by"}),
        age_band=_age_band(command),
        since=command.on,
        registered_village=command.village,
        state="registered",
        state_on=command.on,
        consent_required=not command.synthetic,
        merged_into=None,
    )
    row |= _sealed(office.keyring, row["id"], command.name, command.nik)
    row["birth_date_sealed"] = _sealed_birth(office.keyring, row["id"], command.birth_date)
    if not await rows.add_if_absent(unit.connection, tables.participants, row):
        raise Refusal("nik_taken", "nik")
    view = ParticipantView.of(row)
    payload = ParticipantRegistered(participant_id=row["id"], **view.model_dump(include=_SAID))
    event = unit.emit(payload, subject=row["id"], region=city)
    return written(ParticipantView, row, event, created=True)


_SAID = {"village", "group", "sex", "age_band", "on", "synthetic"}


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
    while True:
        person = await locked(unit.connection, tables.participants, participant_id, "unknown_participant", field)
        if person["merged_into"] is None:
            return person
        participant_id = person["merged_into"]


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


async def correct(
    unit: Unit, office: Office, participant_id: str, command: CorrectParticipant, match: Match | None
) -> Written:
    """Changes name or NIK; no event says so, because no event ever carried them."""
    row = await locked(unit.connection, tables.participants, participant_id, "unknown_record", None)
    check_match(row["version"], match)
    if not command.model_fields_set:
        raise Refusal("nothing_to_change", "body")
    sealed = _sealed(office.keyring, participant_id, command.name, command.nik)
    await _check_nik_free(unit, participant_id, sealed.get("nik_index"))
    changed = await rows.change(unit.connection, tables.participants, row, **sealed)
    return written(ParticipantView, changed)


async def _check_nik_free(unit: Unit, participant_id: str, nik_index: str | None) -> None:
    if nik_index is None:
        return
    table = tables.participants
    statement = table.select().with_only_columns(table.c.id).where(table.c.nik_index == nik_index)
    holder = (await unit.connection.execute(statement)).scalar_one_or_none()
    if holder not in (None, participant_id):
        raise Refusal("nik_taken", "nik")


def _age_band(command: RegisterParticipant) -> str:
    if command.age_band is not None and command.birth_date is not None:
        raise Refusal("age_twice", "age_band")
    if command.birth_date is not None:
        return dates.age_band(command.birth_date, command.on)
    if command.age_band is None:
        raise Refusal("age_missing", "age_band")
    return command.age_band


def _sealed(keyring: Keyring, participant_id: str, name: SecretStr | None, nik: SecretStr | None) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if name is not None:
        columns["name_sealed"] = keyring.encrypt(name.get_secret_value(), f"{participant_id}/name")
    if nik is not None:
        plain = nik.get_secret_value()
        personal.check_nik(plain)
        columns["nik_sealed"] = keyring.encrypt(plain, f"{participant_id}/nik")
        columns["nik_index"] = keyring.blind_index(plain, NIK_PURPOSE)
    return columns


def _sealed_birth(keyring: Keyring, participant_id: str, birth: date | None) -> bytes | None:
    return None if birth is None else keyring.encrypt(birth.isoformat(), f"{participant_id}/birth_date")
