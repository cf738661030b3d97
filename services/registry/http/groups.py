"""Mentored groups and their members."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import groups
from services.registry.commands.groups import (
    ChangeGroup,
    DissolveGroup,
    FormGroup,
    GroupView,
    JoinGroup,
    LeaveGroup,
    MembershipView,
)
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["groups"])
GROUPS = Listed(GroupView, tables.mentored_groups, sorts=("on", "village", "sector"))
MEMBERSHIPS = Listed(MembershipView, tables.memberships, sorts=("on", "village"))


@router.post(GroupView.PATH, summary="Form a mentored group", **creates(GroupView))
async def form_group(body: FormGroup, exchange: Posting) -> Response:
    return await exchange.write(groups.form, body)


@router.get(GroupView.PATH, summary="Mentored groups", **lists())
async def list_groups(page: Annotated[PageOf[GroupView], Depends(GROUPS)]) -> Listing[GroupView]:
    return await page.read()


@router.get(GroupView.PATH + "/{group_id}", summary="One mentored group", **shows(GroupView))
async def show_group(group_id: str, reading: Reading) -> Response:
    return await reading.one(tables.mentored_groups, GroupView, group_id)


@router.patch(GroupView.PATH + "/{group_id}", summary="Mend a group's record", **replaces(GroupView))
async def change_group(group_id: str, body: ChangeGroup, exchange: Replacing) -> Response:
    return await exchange.write(groups.change, group_id, body, exchange.match)


@router.post(GroupView.PATH + "/{group_id}/dissolution", summary="The group came to its end", **changes(GroupView))
async def dissolve_group(group_id: str, body: DissolveGroup, exchange: Posting) -> Response:
    return await exchange.write(groups.dissolve, group_id, body, exchange.match)


@router.post(MembershipView.PATH, summary="A participant joins a group", **creates(MembershipView))
async def join_group(body: JoinGroup, exchange: Posting) -> Response:
    return await exchange.write(groups.join, body)


@router.get(MembershipView.PATH, summary="Members of groups, over time", **lists())
async def list_memberships(page: Annotated[PageOf[MembershipView], Depends(MEMBERSHIPS)]) -> Listing[MembershipView]:
    return await page.read()


@router.get(MembershipView.PATH + "/{membership_id}", summary="One membership", **shows(MembershipView))
async def show_membership(membership_id: str, reading: Reading) -> Response:
    return await reading.one(tables.memberships, MembershipView, membership_id)


@router.post(MembershipView.PATH + "/{membership_id}/end", summary="The member left", **changes(MembershipView))
async def leave_group(membership_id: str, body: LeaveGroup, exchange: Posting) -> Response:
    return await exchange.write(groups.leave, membership_id, body, exchange.match)
