"""The history of a record: who changed what when, from the journal, and who looked, from the audit log.

Nothing about a person is in it: events hold none, and the reasons people stated stay in the audit log.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.model import View
from services.registry.commands.office import Office, known
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.envelope import short_type

ENTRIES_MAX = 10_000
"""More than this no record has; who wants more reads the audit log."""

YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class _Kind:
    """Records of one kind: their table, and whose events tell of them too (a visit's are said of its business).

    ``called`` is what the names of their events begin with, where others are about the same village and year.
    """

    table: Table
    parent: str | None = None
    called: str = ""


KINDS: Mapping[str, _Kind] = {
    "participants": _Kind(tables.participants),
    "consents": _Kind(tables.consents),
    "programmes": _Kind(tables.programmes),
    "sessions": _Kind(tables.sessions),
    "enrolments": _Kind(tables.enrolments),
    "groups": _Kind(tables.mentored_groups),
    "memberships": _Kind(tables.memberships, "group_id"),
    "businesses": _Kind(tables.businesses),
    "follow-ups": _Kind(tables.follow_ups, "business_id"),
    "supports": _Kind(tables.supports),
    "referrals": _Kind(tables.referrals),
    "organisations": _Kind(tables.organisations),
    "forums": _Kind(tables.forums),
    "commitments": _Kind(tables.commitments),
    "institutions": _Kind(tables.institutions),
    "regulations": _Kind(tables.regulations),
    "agents": _Kind(tables.agents),
    "potentials": _Kind(tables.potentials),
    "pillars": _Kind(tables.pillars),
    "campaigns": _Kind(tables.campaigns),
    "survey-answers": _Kind(tables.survey_answers),
    "area-statuses": _Kind(tables.area_statuses, called="area-status."),
    "designations": _Kind(tables.designations, called="bersinar."),
    "published-indices": _Kind(tables.published_indices),
}


class HistoryEntry(BaseModel):
    """One change (``event``) or look (``audit``). ``actor`` is an account's id, ``node`` or ``anyone``; ``what`` the
    event's type or the action; ``said`` what the event or the entry says of it."""

    at: datetime
    source: Literal["event", "audit"]
    what: str
    actor: str | None
    id: str
    said: dict[str, Any]


class HistoryView(View):
    """A record's history from its beginning. ``next_after`` goes into ``?after=`` for what follows; ``null`` at the
    end."""

    PATH: ClassVar[str] = "/v1/history"

    kind: str
    id: str
    items: tuple[HistoryEntry, ...]
    next_after: int | None


async def history(office: Office, kind: str, record_id: str, after: int, limit: int) -> HistoryView:
    """``limit`` entries after the first ``after`` of them: a history only grows, so pages stay where they are."""
    found = KINDS.get(kind)
    if found is None:
        raise Refusal("history_kind", "kind", possible=", ".join(KINDS))
    async with office.database.read() as connection:
        row = await known(connection, found.table, _key(found.table, record_id), "unknown_record", None)
        entries = [*await _events(office, connection, found, record_id, row), *await _looks(connection, record_id)]
    entries = [entry for entry in entries if entry.what.startswith(found.called)]
    entries.sort(key=lambda entry: entry.at)
    more = len(entries) > after + limit
    page = tuple(entries[after : after + limit])
    return HistoryView(kind=kind, id=record_id, items=page, next_after=after + limit if more else None)


def _key(table: Table, record_id: str) -> tuple[str | int, ...]:
    """The primary key an id stands for: itself, or ``village/year`` of what is recorded once a year."""
    if len(table.primary_key) == 1:
        return (record_id,)
    village, _, year = record_id.partition("/")
    return village, int(year) if YEAR.fullmatch(year) else 0


async def _events(
    office: Office, connection: AsyncConnection, kind: _Kind, record_id: str, row: Row
) -> list[HistoryEntry]:
    parent = None if kind.parent is None else row[kind.parent]
    subjects = {record_id} | ({parent} if parent else set())
    found = []
    for event_id, body, actor in await office.journal.about(connection, subjects, ENTRIES_MAX):
        event = json.loads(body)
        if event["subject"] == record_id or record_id in event["data"].values():
            said = {name: value for name, value in event["data"].items() if value is not None}
            at, what = datetime.fromisoformat(event["time"]), short_type(event["type"])
            found.append(HistoryEntry(at=at, source="event", what=what, actor=actor, id=event_id, said=said))
    return found


async def _looks(connection: AsyncConnection, record_id: str) -> list[HistoryEntry]:
    log = tables.audit_log
    query = select(log).where(log.c.subject == record_id).order_by(log.c.seq).limit(ENTRIES_MAX)
    return [
        HistoryEntry(
            at=entry["at"],
            source="audit",
            what=entry["action"],
            actor=entry["actor"],
            id=str(entry["seq"]),
            said=entry["facts"],
        )
        for entry in (rows.plain(one) for one in (await connection.execute(query)).mappings())
    ]
