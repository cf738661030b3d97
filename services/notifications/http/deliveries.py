"""``/v1/deliveries``: what is on its way, what arrived, what did not and why."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel

from services.notifications.domain.subscriptions import Channel, Rule
from services.notifications.http.pages import Cursor, Id, Limit, cut
from services.notifications.storage import deliveries as rows
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.openapi import problems
from shared.runtime.problem import Problem
from shared.runtime.web import Routes

State = Literal["waiting", "delivered", "failed"]

NO_SERVER = "no mail server is set: set BERSINAR_SMTP_URL and BERSINAR_SMTP_SENDER, then restart notifications"


class DeliveryOutput(BaseModel):
    """One alert on one channel. ``reason`` says why it waits or failed."""

    id: str
    alert_id: str
    rule: Rule
    recipient_id: str
    recipient: str
    channel: Channel
    state: State
    attempts: int
    next_attempt_at: datetime | None
    reason: str | None
    created_at: datetime
    finished_at: datetime | None


class DeliveryPage(BaseModel):
    """One page, newest first."""

    items: list[DeliveryOutput]
    next_cursor: str | None


def router(database: Database, *, sends_email: bool) -> Routes:
    """The delivery log."""
    api = Routes(prefix="/v1/deliveries", tags=["deliveries"])

    @api.get("", summary="Deliveries, newest first")
    async def deliveries(
        state: Annotated[State | None, Query()] = None,
        channel: Annotated[Channel | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> DeliveryPage:
        async with database.read() as connection:
            found = await rows.page(connection, state=state, channel=channel, before=cursor, limit=limit + 1)
        items, next_cursor = cut(found, limit, lambda row: str(row.id))
        return DeliveryPage(items=[_output(row, sends_email) for row in items], next_cursor=next_cursor)

    @api.post(
        "/{delivery_id}/retry",
        status_code=204,
        summary="Try a failed delivery again from the start",
        responses=problems(409),
    )
    async def retry(delivery_id: Id) -> None:
        async with database.transaction() as connection:
            put_back = await rows.retry(connection, delivery_id, clock.now())
            known = put_back or await rows.exists(connection, delivery_id)
        if not put_back:
            raise _refusal(known)

    return api


def _refusal(known: bool) -> Problem:
    remedy = "Look in GET /v1/deliveries?state=failed."
    if known:
        detail = "Only a failed delivery can be tried again; this one is on its way or has arrived."
        return Problem(409, "Not failed", detail=detail, field="delivery_id", remedy=remedy)
    detail = "No delivery has this id."
    return Problem(404, "No such delivery", detail=detail, field="delivery_id", remedy=remedy)


def _output(row: Any, sends_email: bool) -> DeliveryOutput:
    unsendable = row.channel == "email" and row.state == "waiting" and not sends_email
    return DeliveryOutput(
        id=row.id,
        alert_id=row.alert_id,
        rule=row.rule,
        recipient_id=row.recipient_id,
        recipient=row.recipient,
        channel=row.channel,
        state=row.state,
        attempts=row.attempts,
        next_attempt_at=None if unsendable else row.next_attempt_at,
        reason=NO_SERVER if unsendable else row.reason,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
