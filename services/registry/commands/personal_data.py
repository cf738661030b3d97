"""What is known of a person by name: sealed under a key of their own, found again by keyed hashes, corrected."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, SecretStr
from pydantic_core import to_json

from services.registry.commands.model import Command, Match, Written, check_match, written
from services.registry.commands.office import Office
from services.registry.commands.participant_view import ParticipantView, standing
from services.registry.domain import dates, names, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage import terms as stored_terms
from services.registry.storage.rows import Row
from shared.contracts.registry import AgeBand, Group, ParticipantCorrected, Sex
from shared.journal import Unit
from shared.runtime.encryption import Hasher, seal, unseal
from shared.runtime.exact import Day

NIK_PURPOSE = "participant.nik"
NAME, TOKEN, BIRTH, PHONE = "person.name", "person.token", "person.birth", "person.phone"

# SecretStr: the value shows in no repr, traceback or log line by accident.
NameInput = Annotated[SecretStr, Field(min_length=1, max_length=120, description="Encrypted; never shown again here.")]
NikInput = Annotated[SecretStr, Field(max_length=64, description="16 digits. Encrypted; compared by a keyed hash.")]
PhoneInput = Annotated[SecretStr, Field(min_length=5, max_length=32, description="Encrypted.")]
AddressInput = Annotated[SecretStr, Field(max_length=300, description="Encrypted.")]
NotesInput = Annotated[SecretStr, Field(max_length=2_000, description="Encrypted. For what no other field holds.")]


@dataclass(frozen=True, repr=False)
class PersonalData:
    """A person's readable data, in memory only. Has no repr, so that no log shows it."""

    name: str
    nik: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    address: str | None = None
    notes: str | None = None

    def sealed(self, key: bytes, participant_id: str) -> bytes:
        """One blob that opens under this key as this person's only."""
        content = {name: value for name, value in self.present().items() if value is not None}
        return seal(key, to_json(content), participant_id.encode())

    def present(self) -> dict[str, str | None]:
        """Every field with its value."""
        return dict(vars(self))


class CorrectParticipant(Command):
    """Mends what was entered wrongly: fields left out stay as they are. ``null`` takes away phone, address or notes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Peserta Contoh 1"}]})

    name: NameInput | None = None
    nik: NikInput | None = None
    birth_date: Day | None = None
    phone: PhoneInput | None = None
    address: AddressInput | None = None
    notes: NotesInput | None = None
    group: Group | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None


_SEALED = tuple(field.name for field in fields(PersonalData))
_OPEN = ("group", "sex", "age_band")
_CAN_GO = ("phone", "address", "notes")


async def opened(office: Office, people: Iterable[Row]) -> dict[str, PersonalData]:
    """The readable data of people, by id. Whoever was erased is left out."""
    sealed = {row["id"]: row["sealed"] for row in people if row["sealed"] is not None}
    keys = await office.vault.open(sealed) if sealed else {}
    return {
        participant_id: PersonalData(**json.loads(unseal(key, sealed[participant_id], participant_id.encode())))
        for participant_id, key in keys.items()
    }


def terms(hasher: Hasher, data: PersonalData) -> list[int]:
    """The keyed hashes by which a person is found: the whole name, its words, the birth date, the phone."""
    words = names.tokens(data.name)
    found = {hasher.term(names.in_order(words), NAME)}
    found |= {hasher.term(word, TOKEN) for word in words[: names.TOKENS_MAX]}
    if data.birth_date is not None:
        found.add(hasher.term(data.birth_date, BIRTH))
    if data.phone is not None:
        found.add(hasher.term(personal.plain_phone(data.phone), PHONE))
    return list(found)


def nik_index(hasher: Hasher, nik: str | None) -> str | None:
    """What a NIK is compared by."""
    return None if nik is None else hasher.blind_index(nik, NIK_PURPOSE)


async def correct(
    unit: Unit, office: Office, participant_id: str, command: CorrectParticipant, match: Match | None
) -> Written:
    """Changes what is given. The event names the fields that changed, never what is encrypted in them."""
    row = await standing(unit, participant_id)
    check_match(row["version"], match)
    given = _given(command)
    open_values = {name: value for name, value in given.items() if name in _OPEN}
    if "birth_date" in given:
        open_values["age_band"] = dates.age_band(given["birth_date"], row["on"])
    sealed_values = {name: _readable(value) for name, value in given.items() if name in _SEALED}
    if sealed_values:
        open_values |= await _reseal(unit, office, row, sealed_values)
    changed = await rows.change(unit.connection, tables.participants, row, **open_values)
    payload = ParticipantCorrected(
        participant_id=participant_id,
        fields=tuple(sorted(given)),
        **{name: changed[name] for name in ("village", *_OPEN, "synthetic")},
    )
    event = unit.emit(payload, subject=participant_id, region=territory.city_of(row["village"]))
    return written(ParticipantView, changed, event)


def _given(command: CorrectParticipant) -> Mapping[str, Any]:
    given = {name: getattr(command, name) for name in command.model_fields_set}
    given = {name: value for name, value in given.items() if value is not None or name in _CAN_GO}
    if not given:
        raise Refusal("nothing_to_change", "body")
    if "age_band" in given and "birth_date" in given:
        raise Refusal("age_twice", "age_band")
    return given


async def _reseal(unit: Unit, office: Office, row: Row, values: Mapping[str, str | None]) -> dict[str, Any]:
    """The columns that follow from changed personal data."""
    if "nik" in values:
        personal.check_nik(values["nik"] or "")
        await _check_nik_free(unit, row["id"], nik_index(office.keyring, values["nik"]))
    before = (await opened(office, [row])).get(row["id"])
    if before is None and "name" not in values:
        raise Refusal("personal_data_gone", "name")
    data = PersonalData(**values) if before is None else replace(before, **values)  # type: ignore[arg-type]
    keys = await office.vault.open([row["id"]]) or await office.vault.make([row["id"]])
    found = terms(office.keyring, data)
    await stored_terms.remove(unit.connection, row)
    await stored_terms.add(unit.connection, ((term, row["id"]) for term in found))
    return {
        "sealed": data.sealed(keys[row["id"]], row["id"]),
        "nik_index": nik_index(office.keyring, data.nik),
        "term_list": stored_terms.packed(found),
    }


async def _check_nik_free(unit: Unit, participant_id: str, index: str | None) -> None:
    table = tables.participants
    statement = table.select().with_only_columns(table.c.id).where(table.c.nik_index == index)
    holder = (await unit.connection.execute(statement)).scalar_one_or_none()
    if holder not in (None, participant_id):
        raise Refusal("nik_taken", "nik", id=str(holder))


def _readable(value: Any) -> str | None:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.isoformat() if isinstance(value, date) else value
