"""Where a campaign stands, group by group, and who is to be reminded."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.model import AnyEvent, Command, Match, View, Written, check_match
from services.registry.commands.office import Office, known, locked
from services.registry.domain import campaigns
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import SurveyReminded
from shared.journal import Unit

ADDRESSEES_MAX = 20
"""Named in one reminder; how many are waiting is said beside them."""

REMINDER_EVERY_DAYS = 7
REMINDER_LAST_DAYS = 3
"""In the last days of a campaign a group that is short is reminded once more, whenever it was last."""

Cell = tuple[str, str | None]
"""A group, and its village in a survey of villages."""


class CellView(BaseModel):
    """One group (of one village) against its quota. ``expected`` answers by the last day at the pace so far."""

    group: str
    village: str | None = None
    answers: int
    excluded: int
    flagged: int
    quota: int
    invited: int
    waiting: int
    pace_per_day: float
    needed_per_day: int
    expected: int
    outlook: campaigns.Outlook


class ProgressView(View):
    """A campaign at this moment."""

    PATH: ClassVar[str] = "/v1/campaigns"

    campaign_id: str
    region: str
    year: int
    instrument: str
    state: campaigns.State
    today: date
    opens_on: date
    closes_on: date
    days_left: int
    answers: int
    quota: int
    outlook: campaigns.Outlook
    cells: tuple[CellView, ...]


class Remind(Command):
    """Reminds every group that has not met its quota."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class RemindersView(View):
    """Which groups are reminded."""

    PATH: ClassVar[str] = "/v1/campaigns"

    campaign_id: str
    groups: tuple[str, ...]


async def progress(office: Office, campaign_id: str) -> ProgressView:
    """Answers, quota, days left and forecast of a campaign."""
    async with office.database.read() as connection:
        campaign = await known(connection, tables.campaigns, campaign_id, "unknown_record", None)
        cells = await _cells(connection, campaign, office.today(campaign["region"]))
    today = office.today(campaign["region"])
    now = _counted_on(campaign, today)
    answers, quota = sum(min(cell.answers, cell.quota) for cell in cells), sum(cell.quota for cell in cells)
    whole = campaigns.forecast(answers, quota, campaign["opens_on"], campaign["closes_on"], now)
    return ProgressView(
        campaign_id=campaign_id,
        today=today,
        days_left=whole.days_left,
        answers=sum(cell.answers for cell in cells),
        quota=quota,
        outlook=_worst(cells),
        cells=tuple(cells),
        **{name: campaign[name] for name in ("region", "year", "instrument", "state", "opens_on", "closes_on")},
    )


async def remind(unit: Unit, office: Office, campaign_id: str, _command: Remind, match: Match | None = None) -> Written:
    """Reminds now, whatever was said before."""
    campaign = await locked(unit.connection, tables.campaigns, campaign_id, "unknown_record", None)
    check_match(campaign["version"], match, required=False)
    if campaign["state"] != "open":
        raise Refusal("campaign_over" if campaign["state"] != "draft" else "campaign_not_begun", None, opens="-")
    events = await _remind(unit, office, campaign, everyone=True)
    groups = tuple(dict.fromkeys(event.data.group for event in events))
    return Written(RemindersView(campaign_id=campaign_id, groups=groups), None, tuple(events))


async def remind_where_due(office: Office) -> int:
    """What the registry does by itself every few hours: each group that is short is reminded once a week, and once
    more near the end. Returns how many reminders went out."""
    table = tables.campaigns
    sent = 0
    async with office.database.read() as connection:
        found = (await connection.execute(select(table.c.id).where(table.c.state == "open"))).scalars().all()
    for campaign_id in found:
        async with office.journal.writing() as unit:
            campaign = await locked(unit.connection, table, campaign_id, "unknown_record", None)
            if campaign["state"] == "open":
                sent += len(await _remind(unit, office, campaign, everyone=False))
    return sent


async def _remind(unit: Unit, office: Office, campaign: Row, *, everyone: bool) -> list[AnyEvent]:
    today = office.today(campaign["region"])
    events = []
    names = await _silent_addressees(unit.connection, campaign["id"])
    for cell in await _cells(unit.connection, campaign, today):
        if cell.outlook in ("met", "not_started", "short"):
            continue
        if not everyone and not await _due(unit.connection, campaign, cell, today):
            continue
        await _note(unit.connection, campaign["id"], cell, today)
        payload = SurveyReminded(
            campaign_id=campaign["id"],
            addressees=tuple(names.get((cell.group, cell.village), [])[:ADDRESSEES_MAX]),
            on=today,
            **{name: campaign[name] for name in ("instrument", "year", "closes_on", "synthetic")},
            **cell.model_dump(include={"group", "village", "answers", "quota", "waiting"}),
        )
        events.append(unit.emit(payload, subject=campaign["id"], region=campaign["region"]))
    return events


async def _due(connection: AsyncConnection, campaign: Row, cell: CellView, today: date) -> bool:
    """Not on the first day; then once a week, and once within the last days."""
    key = (campaign["id"], cell.group, cell.village or "")
    last = await rows.find(connection, tables.survey_reminders, *key)
    since = last["on"] if last else campaign["opens_on"]
    closing = campaign["closes_on"] - timedelta(days=REMINDER_LAST_DAYS)
    return bool(today - since >= timedelta(days=REMINDER_EVERY_DAYS) or since < closing <= today)


async def _note(connection: AsyncConnection, campaign_id: str, cell: CellView, today: date) -> None:
    table = tables.survey_reminders
    row = {"campaign_id": campaign_id, "group": cell.group, "village": cell.village or "", "on": today}
    if not await rows.add_if_absent(connection, table, row):
        same = (table.c.campaign_id == campaign_id, table.c.group == cell.group, table.c.village == row["village"])
        await connection.execute(table.update().where(*same).values(on=today))


async def _cells(connection: AsyncConnection, campaign: Row, today: date) -> list[CellView]:
    today = _counted_on(campaign, today)
    counts = await _counts(connection, campaign["id"])
    links = await _links(connection, campaign["id"])
    villages: Sequence[str | None] = campaign["villages"] or [None]
    return [
        _cell(campaign, (group, village), quota, counts, links, today)
        for village in villages
        for group, quota in campaign["quotas"].items()
    ]


def _counted_on(campaign: Row, today: date) -> date:
    """The day a forecast looks from: a campaign that was closed is over, however many days it might have had."""
    return today if campaign["state"] in ("draft", "open") else max(today, campaign["closes_on"] + timedelta(days=1))


def _cell(
    campaign: Row,
    cell: Cell,
    quota: int,
    counts: Mapping[Cell, tuple[int, int, int]],
    links: Mapping[Cell, tuple[int, int]],
    today: date,
) -> CellView:
    answers, excluded, flagged = counts.get(cell, (0, 0, 0))
    places, taken = links.get(cell, (0, 0))
    found = campaigns.forecast(answers, quota, campaign["opens_on"], campaign["closes_on"], today)
    return CellView(
        group=cell[0],
        village=cell[1],
        answers=answers,
        excluded=excluded,
        flagged=flagged,
        quota=quota,
        invited=places,
        waiting=places - taken,
        pace_per_day=round(float(found.pace_per_day), 2),
        needed_per_day=found.needed_per_day,
        expected=found.expected,
        outlook=found.outlook,
    )


async def _counts(connection: AsyncConnection, campaign_id: str) -> dict[Cell, tuple[int, int, int]]:
    """Counted answers, excluded ones, and flagged ones that count, of each group and village."""
    table = tables.survey_answers
    of_cell = (table.c.group, table.c.village, table.c.excluded, table.c.flagged)
    statement = select(*of_cell, func.count()).where(table.c.campaign_id == campaign_id).group_by(*of_cell)
    found: dict[Cell, tuple[int, int, int]] = {}
    for group, village, excluded, odd, number in await connection.execute(statement):
        counted, out, flagged = found.get((group, village), (0, 0, 0))
        if excluded:
            found[group, village] = (counted, out + number, flagged)
        else:
            found[group, village] = (counted + number, out, flagged + (number if odd else 0))
    return found


async def _links(connection: AsyncConnection, campaign_id: str) -> dict[Cell, tuple[int, int]]:
    """Places of invitations that still hold, and how many of them are taken."""
    table = tables.survey_links
    statement = (
        select(table.c.group, table.c.village, func.sum(table.c.places), func.sum(table.c.taken))
        .where(table.c.campaign_id == campaign_id, table.c.withdrawn.is_(False))
        .group_by(table.c.group, table.c.village)
    )
    return {
        (group, village): (int(places), int(taken))
        for group, village, places, taken in await connection.execute(statement)
    }


async def _silent_addressees(connection: AsyncConnection, campaign_id: str) -> dict[Cell, list[str]]:
    """Institutions whose invitation hasn't been answered."""
    table = tables.survey_links
    statement = (
        select(table.c.group, table.c.village, table.c.addressee)
        .where(
            table.c.campaign_id == campaign_id,
            table.c.withdrawn.is_(False),
            table.c.taken < table.c.places,
            table.c.addressee.is_not(None),
        )
        .order_by(table.c.id)
    )
    found: dict[Cell, list[str]] = {}
    for group, village, addressee in await connection.execute(statement):
        found.setdefault((group, village), []).append(addressee)
    return found


_ORDER: tuple[campaigns.Outlook, ...] = ("short", "at_risk", "not_started", "on_track", "met")


def _worst(cells: Sequence[CellView]) -> campaigns.Outlook:
    """A campaign is as well off as its worst group: one missing group means no index."""
    return min((cell.outlook for cell in cells), key=_ORDER.index, default="met")
