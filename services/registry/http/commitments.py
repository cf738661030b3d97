"""What organisations committed themselves to."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import ColumnElement, and_, not_, or_, select

from services.registry.commands import commitments
from services.registry.commands.commitments import Commit, CommitmentView, Postpone, Settle
from services.registry.commands.office import Office
from services.registry.domain.forums import CommitmentState
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables

router = APIRouter(prefix=CommitmentView.PATH, tags=["forums"])
_table, _carried, _forums = tables.commitments, tables.carried_commitments, tables.forums


@router.post("", summary="Record a commitment made in a meeting", **creates(CommitmentView))
async def make_commitment(body: Commit, exchange: Posting) -> Response:
    return await exchange.write(commitments.make, body)


@router.get("", summary="Commitments, the earliest due first", **lists())
async def list_commitments(
    pages: Pages,
    reading: Reading,
    region: Annotated[str | None, Query(max_length=5)] = None,
    state: CommitmentState | None = None,
    organisation_id: Annotated[str | None, Query(max_length=64)] = None,
    forum_id: Annotated[str | None, Query(max_length=64, description="Only those made in this meeting.")] = None,
    carried_to: Annotated[
        str | None,
        Query(max_length=64, description="Only those this meeting takes up from earlier ones; open ones if planned."),
    ] = None,
    due_by: date | None = None,
    overdue: Annotated[bool | None, Query(description="Whether it is open and past its date.")] = None,
) -> Listing[CommitmentView]:
    filters = {"region": region, "state": state, "organisation_id": organisation_id, "forum_id": forum_id}
    due = None if due_by is None else _table.c.due_on <= due_by
    late = None if overdue is None else _late(reading.office, overdue=overdue)
    taken_up = None if carried_to is None else _taken_up(carried_to)
    return await pages.list(CommitmentView, _table, filters, due, late, taken_up, order=("due_on", "id"))


@router.get("/{commitment_id}", summary="One commitment", **shows(CommitmentView))
async def show_commitment(commitment_id: str, reading: Reading) -> Response:
    return await reading.one(_table, CommitmentView, commitment_id)


@router.post("/{commitment_id}/settle", summary="Record whether it was kept", **changes(CommitmentView))
async def settle_commitment(commitment_id: str, body: Settle, exchange: Posting) -> Response:
    return await exchange.write(commitments.settle, commitment_id, body, exchange.match)


@router.post("/{commitment_id}/reopen", summary="Take back what was settled", **changes(CommitmentView))
async def reopen_commitment(commitment_id: str, exchange: Posting) -> Response:
    return await exchange.write(commitments.reopen, commitment_id, exchange.match)


@router.post("/{commitment_id}/postpone", summary="Give a commitment another date", **changes(CommitmentView))
async def postpone_commitment(commitment_id: str, body: Postpone, exchange: Posting) -> Response:
    return await exchange.write(commitments.postpone, commitment_id, body, exchange.match)


@router.post("/{commitment_id}/withdraw", summary="Take a commitment off the list", **changes(CommitmentView))
async def withdraw_commitment(commitment_id: str, exchange: Posting) -> Response:
    return await exchange.write(commitments.withdraw, commitment_id, exchange.match)


def _late(office: Office, *, overdue: bool) -> ColumnElement[bool]:
    """Open and past its date in the kab/kota's own time zone."""
    past = or_(*(and_(_table.c.region == city, _table.c.due_on < office.today(city)) for city in office.served))
    late = and_(_table.c.state == "open", past)
    return late if overdue else not_(late)


def _taken_up(forum_id: str) -> ColumnElement[bool]:
    """What a held meeting was linked to when it was held; of a planned one, what is open now."""
    linked = _table.c.id.in_(select(_carried.c.commitment_id).where(_carried.c.forum_id == forum_id))
    planned_here = select(_forums.c.region).where(_forums.c.id == forum_id, _forums.c.state == "planned")
    return or_(linked, and_(_table.c.state == "open", _table.c.region.in_(planned_here)))
