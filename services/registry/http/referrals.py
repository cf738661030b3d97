"""Referrals to organisations, their steps and what is overdue."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, not_, or_

from services.registry.commands import referrals
from services.registry.commands.office import Office
from services.registry.commands.referrals import AnswerReferral, ReceiveReferral, ReferralView, SendReferral, UndoStep
from services.registry.data.practice import Label
from services.registry.domain.referrals import State
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables

router = APIRouter(prefix=ReferralView.PATH, tags=["referrals"])
reasons = APIRouter(prefix="/v1/referral-reasons", tags=["referrals"])
_table = tables.referrals

OverdueQuery = Annotated[bool | None, Query(description="Whether the next step is past its date.")]


class ReferralReasons(BaseModel):
    """Reasons to decline and to close, in words."""

    declined: dict[str, Label]
    closed: dict[str, Label]


@router.post("", summary="Refer a participant to an organisation", **creates(ReferralView))
async def send_referral(body: SendReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.send, body)


@router.get("", summary="Referrals, the earliest due first", **lists())
async def list_referrals(
    pages: Pages,
    reading: Reading,
    state: State | None = None,
    overdue: OverdueQuery = None,
    due_by: Annotated[date | None, Query(description="Only those whose next step is due by this day.")] = None,
    participant_id: Annotated[str | None, Query(max_length=64)] = None,
    organisation_id: Annotated[str | None, Query(max_length=64)] = None,
) -> Listing[ReferralView]:
    filters = {"state": state, "participant_id": participant_id, "organisation_id": organisation_id}
    due = None if due_by is None else _table.c.next_due_on <= due_by
    late = None if overdue is None else _late(reading.office, overdue=overdue)
    return await pages.list(ReferralView, _table, filters, due, late, order=("due_on", "id"))


@router.get("/{referral_id}", summary="One referral", **shows(ReferralView))
async def show_referral(referral_id: str, reading: Reading) -> Response:
    return await reading.one(_table, ReferralView, referral_id)


@router.post("/{referral_id}/receive", summary="Record that the organisation has it", **changes(ReferralView))
async def receive_referral(referral_id: str, body: ReceiveReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.receive, referral_id, body, exchange.match)


@router.post("/{referral_id}/answer", summary="Record what the organisation answered", **changes(ReferralView))
async def answer_referral(referral_id: str, body: AnswerReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.answer, referral_id, body, exchange.match)


@router.post("/{referral_id}/undo", summary="Take the last step back", **changes(ReferralView))
async def undo_referral_step(referral_id: str, body: UndoStep, exchange: Posting) -> Response:
    return await exchange.write(referrals.undo, referral_id, body, exchange.match)


@reasons.get("", summary="Reasons to decline or close a referral, in words", **lists())
async def list_referral_reasons(reading: Reading) -> ReferralReasons:
    practice = reading.office.practice
    return ReferralReasons(declined=dict(practice.decline_reasons), closed=dict(practice.close_reasons))


def _late(office: Office, *, overdue: bool) -> ColumnElement[bool]:
    """Past its date in the kab/kota's own time zone; the date itself is still in time."""
    past = or_(
        *(
            and_(_table.c.village.startswith(f"{city}."), _table.c.next_due_on < office.today(city))
            for city in office.served
        )
    )
    late = and_(_table.c.next_due_on.is_not(None), past)
    return late if overdue else not_(late)
