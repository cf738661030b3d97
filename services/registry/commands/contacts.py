"""People to turn to in an organisation. Their names, telephones and addresses are sealed under the node's key."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from services.registry.commands import audit
from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    Command,
    IdInput,
    Match,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.commands.organisations import Language, TimeZone
from services.registry.domain import personal
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import ContactRecorded
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Flag

Channel = Literal["telephone", "whatsapp", "email", "letter", "visit"]
SEALED = ("name", "phone", "email")

NameInput = Annotated[str, Field(min_length=1, max_length=120, pattern=PRINTABLE)]
PhoneInput = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 .-]{5,24}$")]
EmailInput = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s.]+$")]
RoleInput = Annotated[
    str, Field(min_length=2, max_length=80, pattern=PRINTABLE, description="The post, never the person's name.")
]
ChannelsInput = Annotated[list[Channel], Field(max_length=5, description="How to reach the person, the best first.")]


class RecordContact(Command):
    """A person in an organisation. Language and time zone are the organisation's when left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organisation_id": "01920000-0000-7000-8000-000000000020",
                    "role": "Kepala Bidang Usaha Mikro",
                    "name": "Peserta Contoh 01",
                    "phone": "021 0000 0000",
                    "email": "bidang@example.test",
                    "channels": ["email", "telephone"],
                    "synthetic": True,
                }
            ]
        }
    )

    organisation_id: IdInput
    role: RoleInput
    name: NameInput
    phone: PhoneInput | None = None
    email: EmailInput | None = None
    channels: ChannelsInput = Field(default=[])
    language: Language | None = None
    time_zone: TimeZone | None = None
    active: Flag = True
    synthetic: SyntheticInput = False


class ChangeContact(Command):
    """What changes; what is left out stays, ``null`` removes a telephone or an address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    role: RoleInput | None = None
    name: NameInput | None = None
    phone: PhoneInput | None = None
    email: EmailInput | None = None
    channels: ChannelsInput | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    active: Flag | None = None


class ContactView(View):
    """A contact without the person: what can be shown in any list."""

    PATH: ClassVar[str] = "/v1/contacts"

    id: str
    organisation_id: str
    region: str
    role: str
    has_phone: bool
    has_email: bool
    channels: list[Channel]
    language: Language
    time_zone: str
    active: bool
    synthetic: bool

    @classmethod
    def of(cls, row: Row) -> "ContactView":
        """Says of what is sealed only whether it is there."""
        there = {f"has_{name}": row[f"{name}_sealed"] is not None for name in ("phone", "email")}
        return cls.model_validate(dict(row) | there)


class Reveal(Command):
    """Why the person has to be reached; it is kept in the audit log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Undangan rapat kerja 14 Februari"}]})

    reason: Annotated[str, Field(min_length=5, max_length=200, pattern=PRINTABLE)]


class ContactDetails(View):
    """The person, for whoever said why."""

    PATH: ClassVar[str] = "/v1/contacts"

    id: str
    name: str
    phone: str | None
    email: str | None


async def record(unit: Unit, office: Office, command: RecordContact) -> Written:
    """Records a contact of an organisation."""
    organisation = await known(
        unit.connection, tables.organisations, command.organisation_id, "unknown_organisation", "organisation_id"
    )
    personal.check_open_text(role=command.role)
    contact_id = clock.new_id()
    values = command.model_dump(exclude={"name", "phone", "email"}) | {
        "language": command.language or organisation["language"],
        "time_zone": command.time_zone or organisation["time_zone"],
        "region": organisation["region"],
    }
    sealed = _sealed(office, contact_id, command.model_dump(include=set(SEALED)))
    row = rows.new(id=contact_id, **values, **sealed)
    await rows.add(unit.connection, tables.contacts, row)
    return written(ContactView, row, _emit(unit, row), created=True)


async def change(unit: Unit, office: Office, contact_id: str, command: ChangeContact, match: Match | None) -> Written:
    """Changes what is named in the command."""
    row = await locked(unit.connection, tables.contacts, contact_id, "unknown_record", None)
    check_match(row["version"], match)
    wanted = command.model_dump(exclude_unset=True)
    removable = {"phone", "email"}
    if not wanted or any(value is None for name, value in wanted.items() if name not in removable):
        raise Refusal("nothing_to_change", next(iter(wanted), "body"))
    personal.check_open_text(role=wanted.get("role"))
    said = {name: wanted.pop(name) for name in SEALED if name in wanted}
    changed = await rows.change(unit.connection, tables.contacts, row, **wanted, **_sealed(office, row["id"], said))
    return written(ContactView, changed, _emit(unit, changed))


async def reveal(unit: Unit, office: Office, contact_id: str, command: Reveal) -> Written:
    """Name, telephone and address of a contact; every look is in the audit log."""
    row = await known(unit.connection, tables.contacts, contact_id, "unknown_record", None)
    await audit.write(unit, office, "contact.revealed", contact_id, reason=command.reason)
    blobs = {name: row[f"{name}_sealed"] for name in SEALED}
    decrypt = office.keyring.decrypt
    said = {name: blob and decrypt(blob, _context(contact_id, name)) for name, blob in blobs.items()}
    return Written(ContactDetails.model_validate({"id": contact_id} | said), None)


def _sealed(office: Office, contact_id: str, said: dict[str, Any]) -> dict[str, bytes | None]:
    return {
        f"{name}_sealed": None if text is None else office.keyring.encrypt(text, _context(contact_id, name))
        for name, text in said.items()
    }


def _context(contact_id: str, name: str) -> str:
    """What a sealed value is bound to: its own row and column."""
    return f"contacts:{contact_id}:{name}"


def _emit(unit: Unit, row: Row) -> AnyEvent:
    payload = ContactRecorded(
        contact_id=row["id"],
        organisation_id=row["organisation_id"],
        active=row["active"],
        synthetic=row["synthetic"],
    )
    return unit.emit(payload, subject=row["id"], region=row["region"])
