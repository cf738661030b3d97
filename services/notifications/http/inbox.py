"""``/v1/inbox`` and ``/v1/alerts``: what was told, to whom, and what has been read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, StringConstraints

from services.notifications.domain.subscriptions import Channel, Language, Rule
from services.notifications.http.pages import Cursor, Id, Limit, cut
from services.notifications.places import place_name
from services.notifications.storage import alerts as rows
from services.notifications.storage import deliveries as delivery_rows
from shared import access
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.problem import Problem
from shared.runtime.web import Routes

Cause = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class AlertOutput(BaseModel):
    """An alert. ``summary`` is in the recipient's language; ``count`` is above 1 for a digest."""

    id: str
    rule: Rule
    cause: str
    recipient_id: str
    recipient: str
    language: Language
    region: str
    region_name: str
    year: int | None
    count: int
    summary: str
    summary_id: str
    summary_en: str
    synthetic: bool
    at: datetime
    read_at: datetime | None


class InboxPage(BaseModel):
    """One page of an inbox, newest first; ``unread`` counts the whole inbox."""

    items: list[AlertOutput]
    unread: int
    next_cursor: str | None


class DeliveryState(BaseModel):
    """How one channel did."""

    channel: Channel
    state: str
    attempts: int


class AlertedOutput(AlertOutput):
    """An alert with its deliveries."""

    deliveries: list[DeliveryState]


class AlertedPage(BaseModel):
    """Alerts an event brought about, oldest first."""

    items: list[AlertedOutput]
    next_cursor: str | None


def router(database: Database) -> Routes:
    """The inbox, and alerts by their cause."""
    api = Routes(prefix="/v1", tags=["inbox"])

    @api.get("/inbox", summary="What a recipient was told, newest first; without a recipient: all inboxes")
    async def inbox(
        recipient: Annotated[Id | None, Query(description="Id of a subscription.")] = None,
        unread: Annotated[bool, Query(description="Only what nobody has read.")] = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> InboxPage:
        async with database.read() as connection:
            actor = access.current()
            found = await rows.inbox(
                connection, actor, recipient=recipient, unread=unread, before=cursor, limit=limit + 1
            )
            left = await rows.count_unread(connection, actor, recipient)
        items, next_cursor = cut(found, limit, lambda row: str(row.id))
        return InboxPage(items=[AlertOutput(**_fields(row)) for row in items], unread=left, next_cursor=next_cursor)

    @api.post("/inbox/{alert_id}/read", status_code=204, summary="Mark as read")
    async def mark_read(alert_id: Id) -> None:
        await _set_read(database, alert_id, clock.now())

    @api.delete("/inbox/{alert_id}/read", status_code=204, summary="Mark as unread again")
    async def mark_unread(alert_id: Id) -> None:
        await _set_read(database, alert_id, None)

    @api.get("/alerts", summary="Who was told because of an event")
    async def alerts(
        cause: Annotated[Cause, Query(description="Id of the event.")], cursor: Cursor = None, limit: Limit = 50
    ) -> AlertedPage:
        async with database.read() as connection:
            found = await rows.of_cause(connection, access.current(), cause, cursor, limit + 1)
            items, next_cursor = cut(found, limit, lambda row: str(row.id))
            ways = await delivery_rows.of_alerts(connection, [row.id for row in items])
        return AlertedPage(items=[_alerted(row, ways) for row in items], next_cursor=next_cursor)

    return api


async def _set_read(database: Database, alert_id: str, at: datetime | None) -> None:
    async with database.transaction() as connection:
        if await rows.set_read(connection, access.current(), alert_id, at):
            return
    raise Problem(
        404,
        "No such alert",
        detail="No inbox holds an alert with this id.",
        field="alert_id",
        remedy="Look in GET /v1/inbox.",
    )


def _alerted(row: Any, ways: Iterable[Any]) -> AlertedOutput:
    mine = [
        DeliveryState(channel=way.channel, state=way.state, attempts=way.attempts)
        for way in ways
        if way.alert_id == row.id
    ]
    return AlertedOutput(**_fields(row), deliveries=mine)


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "rule": row.rule,
        "cause": row.cause,
        "recipient_id": row.recipient_id,
        "recipient": row.recipient,
        "language": row.language,
        "region": row.region,
        "region_name": place_name(row.region),
        "year": row.year,
        "count": row.matter_count,
        "summary": row.summary_en if row.language == "en" else row.summary_id,
        "summary_id": row.summary_id,
        "summary_en": row.summary_en,
        "synthetic": row.synthetic,
        "at": row.at,
        "read_at": row.read_at,
    }
