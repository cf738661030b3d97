"""Showing what is known of a person by name: for a stated reason, and never without an entry in the audit log."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from services.registry.commands import audit
from services.registry.commands.model import PRINTABLE, Command, View, Written
from services.registry.commands.office import Office, known
from services.registry.commands.personal_data import opened
from services.registry.domain.refusal import Refusal
from services.registry.storage import tables
from shared.journal import Unit

REASON_MIN, REASON_MAX = 10, 300
Purpose = Literal["contact", "visit", "service", "verification", "data_subject_request", "legal_duty"]
PersonalField = Literal["name", "nik", "birth_date", "phone", "address", "notes"]


class RevealParticipant(Command):
    """Which fields are needed, for which purpose, and why in a sentence. The reason names nobody; it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"purpose": "visit", "reason": "Kunjungan bulan ketiga ke usaha lele", "fields": ["name"]}]
        }
    )

    purpose: Purpose
    reason: Annotated[str, Field(max_length=REASON_MAX, pattern=PRINTABLE)]
    fields: Annotated[frozenset[PersonalField], Field(min_length=1)] = frozenset({"name"})


class RevealedParticipant(View):
    """What was asked for; a field that was never entered is ``null``."""

    PATH: ClassVar[str] = "/v1/participants"

    id: str
    revealed: dict[PersonalField, str | None]


async def reveal(unit: Unit, office: Office, participant_id: str, command: RevealParticipant) -> Written:
    """Opens the fields asked for. The entry in the log is written with the same commit the answer waits for."""
    if len(command.reason) < REASON_MIN:
        raise Refusal("reason_short", "reason", least=REASON_MIN)
    row = await known(unit.connection, tables.participants, participant_id, "unknown_record", None)
    data = (await opened(office, [row])).get(participant_id)
    if data is None:
        raise Refusal("not_revealed")
    fields = sorted(command.fields)
    await audit.write(
        unit,
        office,
        "participant.revealed",
        participant_id,
        reason=command.reason,
        purpose=command.purpose,
        fields=", ".join(fields),
    )
    shown = {name: value for name, value in data.present().items() if name in fields}
    return Written(RevealedParticipant.model_validate({"id": participant_id, "revealed": shown}), None)
