"""Referrals to organisations and their answers."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from services.registry.commands import referrals
from services.registry.commands.referrals import AnswerReferral, ReferralView, SendReferral
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables

router = APIRouter(prefix=ReferralView.PATH, tags=["referrals"])
_table = tables.referrals


@router.post("", summary="Refer a participant to an organisation", **creates(ReferralView))
async def send_referral(body: SendReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.send, body)


@router.get("", summary="Referrals, the earliest due first", **lists())
async def list_referrals(
    pages: Pages,
    state: Literal["sent", "accepted", "declined", "placed", "closed"] | None = None,
    due_by: Annotated[date | None, Query(description="Only those due on this day or earlier.")] = None,
    participant_id: Annotated[str | None, Query(max_length=64)] = None,
) -> Listing[ReferralView]:
    filters = {"state": state, "participant_id": participant_id}
    due = None if due_by is None else _table.c.due_on <= due_by
    return await pages.list(ReferralView, _table, filters, due, order=("due_on", "id"))


@router.get("/{referral_id}", summary="One referral", **shows(ReferralView))
async def show_referral(referral_id: str, reading: Reading) -> Response:
    return await reading.one(_table, ReferralView, referral_id)


@router.post("/{referral_id}/answer", summary="Record what the organisation answered", **changes(ReferralView))
async def answer_referral(referral_id: str, body: AnswerReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.answer, referral_id, body, exchange.match)
