"""Follow-up visits to businesses."""

from datetime import date
from functools import cache
from typing import Annotated

from fastapi import Depends, Response
from sqlalchemy import ColumnElement, and_, func, not_, or_

from services.registry.commands import visits
from services.registry.commands.visits import CorrectVisit, FollowUpView, Visit, WithdrawVisit
from services.registry.http.documents import changes, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Filter, Listed, PageOf, due_by
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared import regions
from shared.runtime import clock
from shared.runtime.web import Routes

router = Routes(prefix=FollowUpView.PATH, tags=["follow-ups"])
_follow_ups = tables.follow_ups


@cache
def _provinces() -> tuple[str, ...]:
    return tuple(region.code for region in regions.load({"province"}))


def _late(wanted: bool) -> ColumnElement[bool]:
    """Visits that weren't made by their day, which ends with the day in the village's own time zone."""
    provinces: dict[date, list[str]] = {}
    for code in _provinces():
        provinces.setdefault(clock.today(regions.time_zone(code)), []).append(code)
    province = func.substr(_follow_ups.c.village, 1, 2)
    past = [and_(province.in_(codes), _follow_ups.c.due_on < today) for today, codes in provinces.items()]
    late = and_(_follow_ups.c.state == "open", or_(*past))
    return late if wanted else not_(late)


FOLLOW_UPS = Listed(
    FollowUpView,
    _follow_ups,
    sorts=("due_on", "village"),
    default="due_on",
    given={"state": "open"},
    more={
        "due_by": due_by(_follow_ups),
        "late": Filter(bool, _late, "Only those that should have been made before today."),
    },
)


@router.get("", summary="Follow-up visits, the earliest due first", **lists())
async def list_follow_ups(page: Annotated[PageOf[FollowUpView], Depends(FOLLOW_UPS)]) -> Listing[FollowUpView]:
    return await page.read()


@router.get("/{follow_up_id}", summary="One follow-up visit", **shows(FollowUpView))
async def show_follow_up(follow_up_id: str, reading: Reading) -> Response:
    return await reading.one(_follow_ups, FollowUpView, follow_up_id)


@router.post("/{follow_up_id}/visit", summary="Record the visit", **changes(FollowUpView))
async def record_visit(follow_up_id: str, body: Visit, exchange: Posting) -> Response:
    return await exchange.write(visits.record, follow_up_id, body, exchange.match)


@router.patch("/{follow_up_id}", summary="Mend what was recorded of a visit", **replaces(FollowUpView))
async def correct_visit(follow_up_id: str, body: CorrectVisit, exchange: Replacing) -> Response:
    return await exchange.write(visits.correct, follow_up_id, body, exchange.match)


@router.post("/{follow_up_id}/withdrawal", summary="Take back a visit that wasn't made", **changes(FollowUpView))
async def withdraw_visit(follow_up_id: str, body: WithdrawVisit, exchange: Posting) -> Response:
    return await exchange.write(visits.withdraw, follow_up_id, body, exchange.match)
