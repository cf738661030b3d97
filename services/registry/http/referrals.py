"""Referrals to organisations, their steps and what is overdue."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from services.registry.commands import referrals
from services.registry.commands.referrals import AnswerReferral, ReceiveReferral, ReferralView, SendReferral, UndoStep
from services.registry.data.practice import Label
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Filter, Listed, PageOf
from services.registry.http.overdue import overdue
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.exact import Day
from shared.runtime.web import Routes

router = Routes(prefix=ReferralView.PATH, tags=["referrals"])
reasons = Routes(prefix="/v1/referral-reasons", tags=["referrals"])
_table = tables.referrals
REFERRALS = Listed(
    ReferralView,
    _table,
    sorts=("due_on", "on", "state"),
    default="due_on",
    more={
        "due_by": Filter(Day, _table.c.next_due_on.__le__, "Only those whose next step is due by this day."),
        "overdue": overdue(_table.c.village, _table.c.next_due_on, "Whether the next step is past its date."),
    },
)


class ReferralReasons(BaseModel):
    """Reasons to decline and to close, in words."""

    declined: dict[str, Label]
    closed: dict[str, Label]


@router.post("", summary="Refer a participant to an organisation", **creates(ReferralView))
async def send_referral(body: SendReferral, exchange: Posting) -> Response:
    return await exchange.write(referrals.send, body)


@router.get("", summary="Referrals, the earliest due first", **lists())
async def list_referrals(page: Annotated[PageOf[ReferralView], Depends(REFERRALS)]) -> Listing[ReferralView]:
    return await page.read()


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
