"""Referrals to organisations and their answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.registry.commands import referrals
from services.registry.commands.referrals import AnswerReferral, ReferralView, SendReferral
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf, due_by
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables

router = APIRouter(prefix=ReferralView.PATH, tags=["referrals"])
REFERRALS = Listed(
    ReferralView,
    tables.referrals,
    sorts=("due_on", "on", "state"),
    default="due_on",
    more={"due_by": due_by(tables.referrals)},
)
_table = tables.referrals


@router.post("", summary="Refer a participant to an organisation", **creates(ReferralView))
async def send_referral(body: SendReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.send, body)


@router.get("", summary="Referrals, the earliest due first", **lists())
async def list_referrals(page: Annotated[PageOf[ReferralView], Depends(REFERRALS)]) -> Listing[ReferralView]:
    return await page.read()


@router.get("/{referral_id}", summary="One referral", **shows(ReferralView))
async def show_referral(referral_id: str, reading: Reading) -> Response:
    return await reading.one(_table, ReferralView, referral_id)


@router.post("/{referral_id}/answer", summary="Record what the organisation answered", **changes(ReferralView))
async def answer_referral(referral_id: str, body: AnswerReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.answer, referral_id, body, exchange.match)
