"""What the handlers write into the read model. Every statement may be run again with the same effect."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dashboard.storage import tables as t
from shared.contracts.notifications import AlertDelivered, AlertRaised, AlertRaisedV2
from shared.contracts.registry import AreaStatusRecorded, IndexPublished, IndexReferenceChosen
from shared.contracts.scoring import Change, Movement, ScoreChanged

WITHOUT_MOVEMENTS = {"movements": (), "movements_left_out": 0, "index_share_left_out": {}}


async def upsert(connection: AsyncConnection, table: sa.Table, row: Mapping[str, Any], *, keep: bool = False) -> None:
    """Inserts a row or overwrites the one with its key; with ``keep`` a row that is there stays as it is."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**row)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in row if name not in keys}
    if keep or not changes:
        await connection.execute(statement.on_conflict_do_nothing(index_elements=keys))
    else:
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))


async def save_score(connection: AsyncConnection, changed: ScoreChanged, at: datetime) -> None:
    """The latest scores of a city and year. A reading that did not change keeps its last change."""
    row: dict[str, Any] = {"region": changed.area, "year": changed.year, "at": at}
    row["body"] = changed.model_copy(update=WITHOUT_MOVEMENTS).model_dump_json()
    for reading, change in (("survey", changed.survey), ("running", changed.running)):
        difference = difference_of(change)
        if difference:
            row |= {f"{reading}_change": str(difference), f"{reading}_changed_at": at}
    await upsert(connection, t.city_score, row)


def difference_of(change: Change) -> Decimal | None:
    """By how much a score changed, nine places; ``None`` when it came to be or ceased to be."""
    if change.before is None or change.after is None:
        return None
    return change.after.exact - change.before.exact


async def add_feed(connection: AsyncConnection, region: str, year: int, groups: Sequence[Sequence[Movement]]) -> None:
    """One feed row for each group of movements, in the order given."""
    rows = [
        {"region": region, "year": year, "movements": "[" + ",".join(m.model_dump_json() for m in group) + "]"}
        for group in groups
    ]
    if rows:
        await connection.execute(sa.insert(t.feed), rows)


async def save_published(connection: AsyncConnection, index: IndexPublished) -> None:
    """An index as printed."""
    row = {"published_id": index.published_id, "area": index.area, "year": index.year}
    await upsert(connection, t.published, row | {"body": index.model_dump_json()})


async def save_reference(connection: AsyncConnection, choice: IndexReferenceChosen) -> None:
    """Which published index of a year is the reference: the last choice counts."""
    row = choice.model_dump(include={"area", "year", "published_id", "reason"})
    await upsert(connection, t.reference, row)


async def save_alert(connection: AsyncConnection, region: str, alert: AlertRaised | AlertRaisedV2) -> None:
    """An alert, its deliveries waiting."""
    row = {"alert_id": alert.alert_id, "region": region, "year": alert.year, "at": alert.at}
    await upsert(connection, t.alert, row | {"body": alert.model_dump_json()})
    for channel in alert.channels:
        waiting = {"alert_id": alert.alert_id, "channel": channel, "outcome": "waiting"}
        await upsert(connection, t.delivery, waiting, keep=True)


async def save_delivery(connection: AsyncConnection, delivered: AlertDelivered) -> None:
    """How a delivery went."""
    await upsert(connection, t.delivery, delivered.model_dump(include={"alert_id", "channel", "outcome"}))


async def open_referral(connection: AsyncConnection, region: str, referral_id: str, to: str, due_on: date) -> None:
    """A referral waits for its next step."""
    row = {"referral_id": referral_id, "region": region, "organisation": to, "due_on": due_on, "answered": False}
    await upsert(connection, t.referral, row, keep=True)


async def move_referral(connection: AsyncConnection, referral_id: str, due_on: date) -> None:
    """A referral waits for its next step, until a new date."""
    moved = sa.update(t.referral).where(t.referral.c.referral_id == referral_id)
    await connection.execute(moved.values(answered=False, due_on=due_on))


async def close_referral(connection: AsyncConnection, referral_id: str) -> None:
    """A referral is over."""
    await connection.execute(sa.update(t.referral).where(t.referral.c.referral_id == referral_id).values(answered=True))


async def open_follow_up(connection: AsyncConnection, region: str, follow_up_id: str, due_on: date) -> None:
    """A visit became due, or is due on another day than was said; one that was made stays made."""
    row = {"follow_up_id": follow_up_id, "region": region, "due_on": due_on, "done": False}
    await upsert(connection, t.follow_up, row, keep=True)
    same = t.follow_up.c.follow_up_id == follow_up_id
    await connection.execute(sa.update(t.follow_up).where(same).values(due_on=due_on))


async def reopen_follow_up(connection: AsyncConnection, region: str, follow_up_id: str, due_on: date) -> None:
    """A visit that was made or cancelled is to be made after all."""
    row = {"follow_up_id": follow_up_id, "region": region, "due_on": due_on, "done": False}
    await upsert(connection, t.follow_up, row)


async def close_follow_up(connection: AsyncConnection, follow_up_id: str) -> None:
    """The visit took place."""
    await connection.execute(sa.update(t.follow_up).where(t.follow_up.c.follow_up_id == follow_up_id).values(done=True))


async def save_area_status(connection: AsyncConnection, region: str, recorded: AreaStatusRecorded) -> None:
    """A village's status for a year."""
    row = {"village": recorded.village, "year": recorded.year, "region": region, "status": recorded.status}
    await upsert(connection, t.area_status, row)
