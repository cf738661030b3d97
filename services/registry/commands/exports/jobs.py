"""Exports with names: asked for with a reason and an end, fetched by who asked, destroyed when their time is over.

The file is encrypted under a key of its own, and gone when the key is. Whoever is in it is on record with it, so that
an erasure or a consent withdrawn destroys the file too.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit
from services.registry.commands.audit import ReasonInput
from services.registry.commands.model import PRINTABLE, Command, Match, View, Written, check_match, written
from services.registry.commands.office import Office, known, locked
from services.registry.data.consent_texts import purposes
from services.registry.domain import personal
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, sealed_files, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import ExportDestroyed, ExportRequested
from shared.journal import Unit
from shared.runtime import clock

ExportState = Literal["making", "ready", "failed", "destroyed"]
PersonalField = Literal["name", "nik", "birth_date", "phone", "address"]
Why = Literal["expired", "asked", "erased", "consent_withdrawn"]
FOLDER = "exports"
ROWS_MAX = 20_000
"""A file with names serves one task; who wants more asks for a part of the list."""

FILTERS_MAX, FILTER_LENGTH_MAX = 20, 200
_table, _people = tables.exports, tables.export_people


class RequestExport(Command):
    """A list with what names people, for one purpose they consented to and for a stated reason, until a moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "list": "participants",
                    "filters": {"village": "32.76.07.1003"},
                    "fields": ["name", "phone"],
                    "format": "xlsx",
                    "purpose": "programme",
                    "reason": "Calling everybody about the sewing training",
                    "expires_at": "2024-03-06T17:00:00+07:00",
                }
            ]
        }
    )

    list: Annotated[str, Field(max_length=20, description="The list, such as participants, enrolments, businesses.")]
    filters: Annotated[
        Mapping[
            Annotated[str, Field(max_length=40)],
            Annotated[str, Field(max_length=FILTER_LENGTH_MAX, pattern=PRINTABLE)],
        ],
        Field(max_length=FILTERS_MAX, description="Filters of the list, as in its address."),
    ] = {}
    fields: Annotated[
        tuple[PersonalField, ...],
        Field(min_length=1, max_length=5, description="No more than the reason needs."),
    ] = ("name",)
    format: Literal["csv", "xlsx", "ndjson"] = "xlsx"
    language: Annotated[Literal["id", "en"], Field(description="Of the headings; en are the names of the API.")] = "id"
    purpose: Annotated[str, Field(max_length=40, description="A purpose of /v1/consent-purposes.")]
    reason: ReasonInput
    expires_at: Annotated[AwareDatetime, Field(description="When the file is destroyed.")]


class ExportView(View):
    """An export with names, and who isn't in it: erased, without consent for the purpose, out of one's reach."""

    PATH: ClassVar[str] = "/v1/exports"

    id: str
    list: str
    purpose: str
    format: Literal["csv", "xlsx", "ndjson"]
    language: Literal["id", "en"]
    fields: tuple[PersonalField, ...]
    filters: dict[str, str]
    reason: str
    state: ExportState
    rows: int
    people: int
    left_out_erased: int
    left_out_consent: int
    left_out_scope: int
    trouble: str | None = None
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None = None


COUNTS = ("rows", "people", "left_out_erased", "left_out_consent", "left_out_scope")


async def request(unit: Unit, office: Office, command: RequestExport, longest: timedelta) -> Written:
    """Keeps the request; the file follows. ``longest`` is how long a file may stay."""
    personal.check_open_text(reason=command.reason)
    if command.purpose not in purposes():
        raise Refusal("unknown_purpose", "purpose", known=", ".join(purposes()))
    now = clock.now()
    if not now < command.expires_at <= now + longest:
        raise Refusal("export_expiry", "expires_at", hours=int(longest.total_seconds() // 3600))
    given = command.model_dump(mode="json", include={"list", "purpose", "format", "language", "filters", "reason"})
    row = given | {
        "id": clock.new_id(),
        "fields": sorted(set(command.fields), key=command.fields.index),
        "state": "making",
        "made_by": office.actor.id,
        # The file is made in the name of whoever asked, with no more rights than they have now.
        "acting": [asdict(grant) for grant in office.actor.grants],
        "key_sealed": None,
        "file_bytes": 0,
        **dict.fromkeys(COUNTS, 0),
        "trouble": None,
        "expires_at": command.expires_at,
        "version": rows.FIRST_VERSION,
        "created_at": now,
        "ended_at": None,
    }
    await rows.add(unit.connection, _table, row)
    facts = {"list": command.list, "purpose": command.purpose, "fields": ", ".join(row["fields"])}
    await audit.write(unit, office, "export.requested", row["id"], reason=command.reason, **facts)
    said = {name: row[name] for name in ("list", "purpose", "fields", "expires_at")}
    payload = ExportRequested(export_id=row["id"], asked_by=office.actor.id, **said)
    event = unit.emit(payload, subject=row["id"], region=office.own_region)
    return written(ExportView, row, event, created=True)


async def own(connection: AsyncConnection, office: Office, export_id: str) -> Row:
    """The record of an export, for whoever asked for it."""
    return _own(office, await known(connection, _table, export_id, "unknown_record", None))


async def fetched(unit: Unit, office: Office, export_id: str) -> tuple[Row, Iterator[bytes]]:
    """The file, for whoever asked for it and nobody else; each time is in the audit log."""
    row = _own(office, await locked(unit.connection, _table, export_id, "unknown_record", None))
    if row["state"] == "making":
        raise Refusal("export_not_ready", "id")
    if row["state"] == "failed":
        raise too_large() if row["trouble"] == "export_too_large" else Refusal("export_stopped", "id")
    if row["state"] == "destroyed" or row["expires_at"] <= clock.now():
        raise Refusal("export_gone", "id")
    await audit.write(unit, office, "export.fetched", export_id, reason=row["reason"])
    key = office.keyring.decrypt(row["key_sealed"], context(export_id))
    file = sealed_files.open_sealed(path(office, export_id), bytes.fromhex(key), row["file_bytes"])
    return row, _parts(file)


def too_large() -> Refusal:
    """Says that a list has too many rows for one file with names."""
    return Refusal("export_too_large", "filters", most=ROWS_MAX)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(sealed_files.FRAME_BYTES):
            yield part


async def destroy(unit: Unit, office: Office, export_id: str, match: Match | None) -> Written:
    """Destroys a file before its time."""
    row = _own(office, await locked(unit.connection, _table, export_id, "unknown_record", None))
    check_match(row["version"], match, required=False)
    if row["state"] == "destroyed":
        raise Refusal("export_gone", "id")
    return written(ExportView, await _destroy(unit, office, row, "asked"), *unit.events[-1:])


async def destroy_with(
    unit: Unit, office: Office, participant_ids: Collection[str], why: Why, purpose: str | None = None
) -> None:
    """Destroys every file that names one of these people; with ``purpose`` those made for it."""
    query = select(_table).where(
        _table.c.id.in_(select(_people.c.export_id).where(_people.c.participant_id.in_(participant_ids))),
        *(() if purpose is None else (_table.c.purpose == purpose,)),
    )
    for row in [rows.plain(one) for one in (await unit.connection.execute(query.with_for_update())).mappings()]:
        if row["state"] == "ready":
            await _destroy(unit, office, row, why)


async def expire(office: Office) -> int:
    """Destroys the files whose time is over; how many. What no export knows of is deleted too."""
    over = select(_table.c.id).where(_table.c.state.in_(("making", "ready")), _table.c.expires_at <= clock.now())
    async with office.database.read() as connection:
        ids = list((await connection.execute(over)).scalars())
    for export_id in ids:
        async with office.journal.writing() as unit:
            row = await rows.find(unit.connection, _table, export_id, lock=True)
            if row is not None and row["state"] in ("making", "ready"):
                await _destroy(unit, office, row, "expired")
    await _sweep(office)
    return len(ids)


async def _sweep(office: Office) -> None:
    files = {file.stem: file for file in (office.folder / FOLDER).glob("*.sealed")}
    if files:
        async with office.database.read() as connection:
            kept = select(_table.c.id).where(_table.c.state.in_(("making", "ready")))
            for export_id in set(files) - set((await connection.execute(kept)).scalars()):
                delete_file(office, export_id)


async def _destroy(unit: Unit, office: Office, row: Row, why: Why) -> Row:
    values = {"state": "destroyed", "key_sealed": None, "ended_at": clock.now()}
    changed = await rows.change(unit.connection, _table, row, **values)
    await unit.connection.execute(delete(_people).where(_people.c.export_id == row["id"]))
    await audit.write(unit, office, "export.destroyed", row["id"], why=why)
    unit.emit(ExportDestroyed(export_id=row["id"], why=why), subject=row["id"], region=office.own_region)
    unit.after_commit(lambda: delete_file(office, row["id"]))
    return changed


def _own(office: Office, row: Row) -> Row:
    """Refuses somebody else's export, whatever their role: the reason was another's."""
    if row["made_by"] != office.actor.id:
        raise Refusal("export_of_another", "id")
    return row


def delete_file(office: Office, export_id: str) -> None:
    """Removes the encrypted file, if it is there."""
    with suppress(OSError):
        path(office, export_id).unlink(missing_ok=True)


def path(office: Office, export_id: str) -> Path:
    """Where the encrypted file lies."""
    return office.folder / FOLDER / f"{export_id}.sealed"


def context(export_id: str) -> str:
    """What the key of a file is bound to."""
    return f"{export_id}/export"
