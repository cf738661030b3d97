"""What organisations committed themselves to."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field
from sqlalchemy import ColumnElement, and_, or_, select

from services.registry.commands import commitments
from services.registry.commands.commitments import Commit, CommitmentView, Postpone, Settle
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Filter, Listed, PageOf, due_by
from services.registry.http.overdue import overdue
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=CommitmentView.PATH, tags=["forums"])
_table, _carried, _forums = tables.commitments, tables.carried_commitments, tables.forums


def _taken_up(forum_id: str) -> ColumnElement[bool]:
    """What a held meeting was linked to when it was held; of a planned one, what is open now."""
    linked = _table.c.id.in_(select(_carried.c.commitment_id).where(_carried.c.forum_id == forum_id))
    planned_here = select(_forums.c.region).where(_forums.c.id == forum_id, _forums.c.state == "planned")
    return or_(linked, and_(_table.c.state == "open", _table.c.region.in_(planned_here)))


COMMITMENTS = Listed(
    CommitmentView,
    _table,
    filters=("id", "region", "state", "organisation_id", "forum_id", "on", "due_on", "settled_on", "synthetic"),
    sorts=("due_on", "region", "state"),
    default="due_on",
    more={
        "due_by": due_by(_table),
        "overdue": overdue(
            _table.c.region,
            _table.c.due_on,
            "Whether it is open and past its date.",
            lambda: _table.c.state == "open",
        ),
        "carried_to": Filter(
            Annotated[str, Field(max_length=64)],
            _taken_up,
            "Only those this meeting takes up from earlier ones; of a planned one those that are open now.",
        ),
    },
)


@router.post("", summary="Record a commitment made in a meeting", **creates(CommitmentView))
async def make_commitment(body: Commit, exchange: Posting) -> Response:
    return await exchange.write(commitments.make, body)


@router.get("", summary="Commitments, the earliest due first", **lists())
async def list_commitments(page: Annotated[PageOf[CommitmentView], Depends(COMMITMENTS)]) -> Listing[CommitmentView]:
    return await page.read()


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
