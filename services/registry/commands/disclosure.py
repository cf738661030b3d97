"""Showing a person's readable data: to an officer who says why, and to the person, whole, on request.

Every look is in the audit log, with its reason, in the transaction that shows the data.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit, consent
from services.registry.commands.audit import ReasonInput
from services.registry.commands.model import Command, View, Written
from services.registry.commands.office import Office, locked
from services.registry.commands.participant_view import standing
from services.registry.commands.personal_data import opened
from services.registry.data.consent_texts import purposes
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.journal import Unit
from shared.runtime import clock

_OWN = {"participant_id": "participants", "business_id": "businesses", "referral_id": "referrals"}
_LEFT_OUT = frozenset({"terms", "unmatched", "answers", "audit_log"})


RIGHTS = "rights"
"""What needs no consent: the person's own rights. Asking for consent, or a copy, a correction, an erasure they want."""


class RevealParticipant(Command):
    """The readable data are needed now, for a purpose the person consents to and for this reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"purpose": "programme", "reason": "Calling about tomorrow's training"}]}
    )

    purpose: Annotated[str, Field(max_length=40, description=f"One of /v1/consent-purposes, or {RIGHTS}.")]
    reason: ReasonInput


class ExportParticipant(Command):
    """The person asked for a copy of their data: JSON for machines, or a page to print."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The person asked for a copy in writing", "format": "json"}]}
    )

    reason: ReasonInput
    format: Literal["json", "html"] = "json"


class ParticipantDetails(View):
    """Who a pseudonym is."""

    PATH: ClassVar[str] = "/v1/participants"

    id: str
    name: str
    nik: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    address: str | None = None
    notes: str | None = None


async def reveal(unit: Unit, office: Office, participant_id: str, command: RevealParticipant) -> Written:
    """Shows who a participant is; refused for somebody who was erased, or doesn't consent to the purpose."""
    if command.purpose != RIGHTS and command.purpose not in purposes():
        raise Refusal("unknown_purpose", "purpose", known=", ".join((*purposes(), RIGHTS)))
    row = await locked(unit.connection, tables.participants, participant_id, "unknown_record", None)
    data = (await opened(office, [row])).get(participant_id)
    if data is None:
        raise Refusal("participant_erased" if row["state"] == "erased" else "personal_data_gone", "id")
    if command.purpose != RIGHTS:
        await consent.still(unit, participant_id, command.purpose, field="purpose")
    facts = {"purpose": command.purpose}
    await audit.write(unit, office, "participant.revealed", participant_id, reason=command.reason, **facts)
    return Written(ParticipantDetails.model_validate({"id": participant_id} | data.present()), None)


async def export(unit: Unit, office: Office, participant_id: str, command: ExportParticipant) -> dict[str, Any]:
    """Everything the registry holds about a person, as one document. Registrations merged into theirs come with it."""
    person = await standing(unit, participant_id)
    connection, people = unit.connection, tables.participants
    merged = select(people).where(people.c.merged_into == participant_id).order_by(people.c.id)
    registrations = [person, *map(rows.plain, (await connection.execute(merged)).mappings())]
    await audit.write(
        unit, office, "participant.exported", participant_id, reason=command.reason, format=command.format
    )
    data = await opened(office, registrations)
    ids = [row["id"] for row in registrations]
    return {
        "made_at": clock.now().isoformat(),
        "registrations": [
            {"personal": data[row["id"]].present() if row["id"] in data else None, "record": _shown(row)}
            for row in registrations
        ],
        "consent_texts": {key: purpose.model_dump(mode="json") for key, purpose in purposes().items()},
        "records": await _records(connection, ids),
        "looked_at": await _looks(connection, ids),
    }


def as_json(document: Mapping[str, Any]) -> str:
    """The document for machines."""
    return json.dumps(document, ensure_ascii=False, indent=1)


async def _records(connection: AsyncConnection, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that names the person, or something of theirs; a new table is found by its columns."""
    own = {"participants": ids}
    found: dict[str, list[dict[str, Any]]] = {}
    for column, owners in _OWN.items():
        for table in tables.metadata.sorted_tables:
            if column in table.c and table.name not in found and table.name not in _LEFT_OUT:
                theirs = await _of(connection, table, table.c[column].in_(own.get(owners, [])))
                own[table.name] = [str(row["id"]) for row in theirs if "id" in row]
                found[table.name] = [_shown(row) for row in theirs]
    doubles = tables.doubles
    found["doubles"] = [
        _shown(row)
        for row in await _of(connection, doubles, doubles.c.first_id.in_(ids) | doubles.c.second_id.in_(ids))
    ]
    return {name: theirs for name, theirs in found.items() if theirs}


async def _of(connection: AsyncConnection, table: Table, condition: ColumnElement[bool]) -> list[Row]:
    query = select(table).where(condition).order_by(*table.primary_key)
    return [rows.plain(row) for row in (await connection.execute(query)).mappings()]


async def _looks(connection: AsyncConnection, ids: list[str]) -> list[dict[str, Any]]:
    """Who looked at the person's data, and why."""
    log = tables.audit_log
    query = select(log.c.at, log.c.actor, log.c.action, log.c.reason).where(log.c.subject.in_(ids)).order_by(log.c.seq)
    return [_shown(rows.plain(row)) for row in (await connection.execute(query)).mappings()]


def _shown(row: Row) -> dict[str, Any]:
    """A row in plain values, without what is sealed or a keyed hash."""
    return {name: _plain(value) for name, value in row.items() if name not in ("sealed", "nik_index", "term_list")}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
