"""Published indices and the references chosen among them."""

from typing import Annotated, Any

from fastapi import Depends, Response
from sqlalchemy import Select, and_, select

from services.registry.commands import published
from services.registry.commands.published import ChooseReference, PublishedIndexView, PublishIndex
from services.registry.domain.refusal import Refusal
from services.registry.http.documents import changes, creates, lists, shows
from services.registry.http.exchange import Posting
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=PublishedIndexView.PATH, tags=["published indices"])
_table, _chosen = tables.published_indices, tables.index_references


def _with_reference() -> Select[Any]:
    same = and_(_chosen.c.area == _table.c.area, _chosen.c.year == _table.c.year, _chosen.c.published_id == _table.c.id)
    chosen = _chosen.c.published_id.is_not(None).label("reference")
    return select(_table, chosen, _chosen.c.reason).outerjoin(_chosen, same)


PUBLISHED_INDICES = Listed(
    PublishedIndexView,
    tables.published_indices,
    filters=("id", "area", "year", "edition", "category", "synthetic"),
    sorts=("area", "year"),
    statement=_with_reference,
)


@router.get("", summary="Published indices, each as printed", **lists())
async def list_published_indices(
    page: Annotated[PageOf[PublishedIndexView], Depends(PUBLISHED_INDICES)],
) -> Listing[PublishedIndexView]:
    return await page.read()


@router.get("/{published_id}", summary="One published index", **shows(PublishedIndexView))
async def show_published_index(published_id: str, reading: Reading) -> Response:
    statement = _with_reference().where(_table.c.id == published_id)
    async with reading.office.database.read() as connection:
        row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise Refusal("unknown_record")
    return reading.answer(PublishedIndexView.of(row), row["version"])


@router.post("", summary="Keep an index as it was printed", **creates(PublishedIndexView))
async def publish_index(body: PublishIndex, exchange: Posting) -> Response:
    return await exchange.write(published.publish, body)


@router.post(
    "/{published_id}/reference",
    summary="Choose it as the reference of its kab/kota and year",
    **changes(PublishedIndexView),
)
async def choose_reference(published_id: str, body: ChooseReference, exchange: Posting) -> Response:
    return await exchange.write(published.choose_reference, published_id, body, exchange.match)
