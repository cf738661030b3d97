"""The three pillars of a village."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import pillars
from services.registry.commands.pillars import (
    CorrectPillar,
    EndPillar,
    PillarName,
    PillarView,
    RecordPillar,
    RevealPillar,
)
from services.registry.http.documents import changes, creates, lists, replaces, shows, tells
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=PillarView.PATH, tags=["pillars"])
PILLARS = Listed(PillarView, tables.pillars, sorts=("village", "since"), statement=tables.pillars.select)


@router.post("", summary="Record a holder of one of the three posts", **creates(PillarView))
async def record_pillar(body: RecordPillar, exchange: Posting) -> Response:
    return await exchange.write(pillars.record, body)


@router.get("", summary="The three pillars of villages", **lists())
async def list_pillars(page: Annotated[PageOf[PillarView], Depends(PILLARS)]) -> Listing[PillarView]:
    return await page.read()


@router.get("/{pillar_id}", summary="One holder", **shows(PillarView))
async def show_pillar(pillar_id: str, reading: Reading) -> Response:
    return await reading.one(tables.pillars, PillarView, pillar_id)


@router.patch("/{pillar_id}", summary="Mend a holder's record", **replaces(PillarView))
async def correct_pillar(pillar_id: str, body: CorrectPillar, exchange: Replacing) -> Response:
    return await exchange.write(pillars.correct, pillar_id, body, exchange.match)


@router.post("/{pillar_id}/end", summary="Record the last day in the post", **changes(PillarView))
async def end_pillar(pillar_id: str, body: EndPillar, exchange: Posting) -> Response:
    return await exchange.write(pillars.end, pillar_id, body, exchange.match)


@router.post("/{pillar_id}/reveal", summary="Show the holder's name, and write down why", **tells(PillarName))
async def reveal_pillar(pillar_id: str, body: RevealPillar, exchange: Replacing) -> Response:
    # Not repeatable by a key: what a key is answered with is kept, and this must not be.
    return await exchange.write(pillars.reveal, pillar_id, body)
