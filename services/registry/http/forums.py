"""Meetings of stakeholders."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import forums
from services.registry.commands.forums import ForumView, HoldForum, PlanForum, ReplanForum
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=ForumView.PATH, tags=["forums"])
_table = tables.forums
FORUMS = Listed(
    ForumView, _table, filters=("id", "region", "on", "state", "synthetic"), sorts=("on", "region"), default="on"
)


@router.post("", summary="Plan a meeting of stakeholders", **creates(ForumView))
async def plan_forum(body: PlanForum, exchange: Posting) -> Response:
    return await exchange.write(forums.plan, body)


@router.get("", summary="Meetings, the earliest first", **lists())
async def list_forums(page: Annotated[PageOf[ForumView], Depends(FORUMS)]) -> Listing[ForumView]:
    return await page.read()


@router.get("/{forum_id}", summary="One meeting", **shows(ForumView))
async def show_forum(forum_id: str, reading: Reading) -> Response:
    return await reading.one(_table, ForumView, forum_id)


@router.put("/{forum_id}", summary="Change the plan of a meeting", **replaces(ForumView))
async def replan_forum(forum_id: str, body: ReplanForum, exchange: Replacing) -> Response:
    return await exchange.write(forums.replan, forum_id, body, exchange.match)


@router.post("/{forum_id}/hold", summary="Record that a meeting took place", **changes(ForumView))
async def hold_forum(forum_id: str, body: HoldForum, exchange: Posting) -> Response:
    return await exchange.write(forums.hold, forum_id, body, exchange.match)


@router.post("/{forum_id}/undo", summary="Take back that a meeting took place", **changes(ForumView))
async def undo_forum_holding(forum_id: str, exchange: Posting) -> Response:
    return await exchange.write(forums.undo_holding, forum_id, exchange.match)


@router.post("/{forum_id}/cancel", summary="Cancel a planned meeting", **changes(ForumView))
async def cancel_forum(forum_id: str, exchange: Posting) -> Response:
    return await exchange.write(forums.cancel, forum_id, exchange.match)
