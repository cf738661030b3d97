"""Consents: given, withdrawn, and what remains to be stopped in time."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel

from services.registry.commands import consent, consents
from services.registry.commands.consent import ConsentInput, ConsentView, RemainingView
from services.registry.commands.consents import EndRemaining, SettleConsent, WithdrawConsent
from services.registry.commands.office import known
from services.registry.data.consent_texts import ConsentPurpose, purposes
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Filter, Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime import clock
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

router = Routes(prefix=ConsentView.PATH, tags=["consents"])
purposes_router = Routes(prefix="/v1/consent-purposes", tags=["consents"])
of_participants_router = Routes(prefix="/v1/participants", tags=["consents"])
_table = tables.consents
OPEN_DEADLINES = Filter(
    bool,
    lambda wanted: consent.is_open() if wanted else ~consent.is_open(),
    "True: only those withdrawn with something remaining.",
)
LATE = Filter(
    bool,
    lambda wanted: consent.is_late(clock.now()) if wanted else ~consent.is_late(clock.now()),
    "True: only those whose deadline has passed with something remaining.",
)
CONSENTS = Listed(
    ConsentView,
    _table,
    filters=("participant_id", "village", "purpose", "text_version", "given_by", "on", "withdrawn_on", "synthetic"),
    more={"open_deadline": OPEN_DEADLINES, "late": LATE},
)


class Purposes(BaseModel):
    """All purposes with their texts, the newest version last."""

    items: tuple[ConsentPurpose, ...]


@purposes_router.get("", summary="What people can consent to, in Indonesian and English", responses=problems(401))
async def list_consent_purposes() -> Purposes:
    return Purposes(items=tuple(purposes().values()))


@of_participants_router.post("/{participant_id}/consents", summary="Record a consent", **creates(ConsentView))
async def give_consent(participant_id: str, body: ConsentInput, exchange: Posting) -> Response:
    return await exchange.write(consents.give, participant_id, body)


@router.get("", summary="Consents, and open deadlines of withdrawn ones", **lists())
async def list_consents(page: Annotated[PageOf[ConsentView], Depends(CONSENTS)]) -> Listing[ConsentView]:
    return await page.read()


@router.get("/{consent_id}", summary="One consent", **shows(ConsentView))
async def show_consent(consent_id: str, reading: Reading) -> Response:
    return await reading.one(_table, ConsentView, consent_id)


@router.get(
    "/{consent_id}/remaining", summary="What is still under way after a withdrawal", **shows(RemainingView, 409)
)
async def show_remaining(consent_id: str, reading: Reading) -> Response:
    async with reading.office.database.read() as connection:
        row = await known(connection, _table, consent_id, "unknown_record", None)
        remains = await consent.remaining(connection, row)
    return reading.answer(consent.of_consent(row, remains, clock.now()), row["version"])


@router.post("/{consent_id}/withdrawal", summary="Withdraw a consent: processing stops", **changes(ConsentView))
async def withdraw_consent(consent_id: str, body: WithdrawConsent, exchange: Posting) -> Response:
    return await exchange.write(consents.withdraw, consent_id, body, exchange.match)


@router.post("/{consent_id}/ending", summary="End everything that remains, and settle it", **changes(ConsentView))
async def end_remaining(consent_id: str, body: EndRemaining, exchange: Posting) -> Response:
    return await exchange.write(consents.end_remaining, consent_id, body, exchange.match)


@router.post("/{consent_id}/settlement", summary="Record that nothing remains", **changes(ConsentView))
async def settle_consent(consent_id: str, body: SettleConsent, exchange: Posting) -> Response:
    return await exchange.write(consents.settle, consent_id, body, exchange.match)
