"""The mapping of a village's potential."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import potentials
from services.registry.commands.potentials import (
    AddPotentialKind,
    MapPotential,
    PotentialKindView,
    PotentialView,
    RemapPotential,
)
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(tags=["potential"])
_table = tables.potentials
POTENTIAL_KINDS = Listed(PotentialKindView, tables.potential_kinds, filters=("code",))
POTENTIALS = Listed(
    PotentialView,
    _table,
    filters=("id", "village", "kind", "what", "amount", "mapped_by", "on", "standing", "synthetic"),
    sorts=("village", "kind", "what", "on"),
)


@router.post(PotentialKindView.PATH, summary="Add a kind of potential", **creates(PotentialKindView))
async def add_potential_kind(body: AddPotentialKind, exchange: Posting) -> Response:
    return await exchange.write(potentials.add_kind, body)


@router.get(PotentialKindView.PATH, summary="Kinds of potential", **lists())
async def list_potential_kinds(
    page: Annotated[PageOf[PotentialKindView], Depends(POTENTIAL_KINDS)],
) -> Listing[PotentialKindView]:
    return await page.read()


@router.get(PotentialKindView.PATH + "/{code}", summary="One kind of potential", **shows(PotentialKindView))
async def show_potential_kind(code: str, reading: Reading) -> Response:
    return await reading.one(tables.potential_kinds, PotentialKindView, code)


@router.post(PotentialView.PATH, summary="Map a potential", **creates(PotentialView))
async def map_potential(body: MapPotential, exchange: Posting) -> Response:
    return await exchange.write(potentials.record, body)


@router.get(PotentialView.PATH, summary="Mapped potential of villages", **lists())
async def list_potentials(page: Annotated[PageOf[PotentialView], Depends(POTENTIALS)]) -> Listing[PotentialView]:
    return await page.read()


@router.get(PotentialView.PATH + "/{potential_id}", summary="One potential", **shows(PotentialView))
async def show_potential(potential_id: str, reading: Reading) -> Response:
    return await reading.one(_table, PotentialView, potential_id)


@router.patch(PotentialView.PATH + "/{potential_id}", summary="Map it again", **replaces(PotentialView))
async def remap_potential(potential_id: str, body: RemapPotential, exchange: Replacing) -> Response:
    return await exchange.write(potentials.remap, potential_id, body, exchange.match)
