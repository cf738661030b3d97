"""Regional regulations, decrees and action plans."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import regulations
from services.registry.commands.regulations import (
    CorrectRegulation,
    RecordRegulation,
    RegulationView,
    ReplaceRegulation,
)
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=RegulationView.PATH, tags=["regulations"])
REGULATIONS = Listed(
    RegulationView,
    tables.regulations,
    filters=("id", "region", "kind", "number", "in_force", "since", "until", "on", "synthetic"),
    sorts=("region", "kind", "on"),
)


@router.post("", summary="Record a regulation", **creates(RegulationView))
async def record_regulation(body: RecordRegulation, exchange: Posting) -> Response:
    return await exchange.write(regulations.record, body)


@router.get("", summary="Regulations", **lists())
async def list_regulations(page: Annotated[PageOf[RegulationView], Depends(REGULATIONS)]) -> Listing[RegulationView]:
    return await page.read()


@router.get("/{regulation_id}", summary="One regulation", **shows(RegulationView))
async def show_regulation(regulation_id: str, reading: Reading) -> Response:
    return await reading.one(tables.regulations, RegulationView, regulation_id)


@router.put("/{regulation_id}", summary="Replace the state of a regulation", **replaces(RegulationView))
async def replace_regulation(regulation_id: str, body: ReplaceRegulation, exchange: Replacing) -> Response:
    return await exchange.write(regulations.replace, regulation_id, body, exchange.match)


@router.patch("/{regulation_id}", summary="Mend what was recorded of a regulation", **replaces(RegulationView))
async def correct_regulation(regulation_id: str, body: CorrectRegulation, exchange: Replacing) -> Response:
    return await exchange.write(regulations.correct, regulation_id, body, exchange.match)
