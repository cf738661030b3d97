"""Pages: a cursor is the id of the last item seen, so nothing is skipped when new items arrive."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import StringConstraints

PAGE_MAX_ITEMS = 200

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX_ITEMS, description="Most items of a page.")]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Cursor = Annotated[Id | None, Query(description="The `next_cursor` of the page before.")]

ItemT = TypeVar("ItemT")


def cut(items: Sequence[ItemT], limit: int, id_of: Callable[[ItemT], str]) -> tuple[list[ItemT], str | None]:
    """The page of ``limit`` items out of up to one more, and the cursor of the next page when there is one."""
    page = list(items[:limit])
    return page, id_of(page[-1]) if len(items) > limit else None
