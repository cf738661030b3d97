"""Reading one record with its ETag, and lists page by page."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, Table, select

from services.registry.commands.model import View
from services.registry.commands.office import Office
from services.registry.domain.refusal import Refusal
from services.registry.http import cursors
from services.registry.http.exchange import check_address
from services.registry.storage import rows, scope
from services.registry.storage.rows import Ordered
from shared import access

PAGE_DEFAULT, PAGE_MAX = 50, 200
CURSOR_MAX_LENGTH = 400
ViewT = TypeVar("ViewT", bound=View)


class Listing(BaseModel, Generic[ViewT]):
    """A page of a list. ``next_cursor`` goes into ``?cursor=`` for the next one; ``null`` on the last."""

    items: list[ViewT]
    next_cursor: str | None


class Reader:
    """A reading request."""

    def __init__(self, request: Request) -> None:
        self.office: Office = request.app.state.office.for_actor(access.current())
        self._seen = request.headers.get("if-none-match")

    async def one(self, table: Table, view: type[View], *key: Any) -> Response:
        """A record by its key; 304 when the caller has this version.

        One outside the caller's scope is answered as if it weren't there.
        """
        async with self.office.database.read() as connection:
            row = await rows.find(connection, table, *key)
        if row is None or not scope.reaches(self.office.actor, table, row):
            raise Refusal("unknown_record")
        return self.answer(view.of(row), row["version"])

    def answer(self, view: View, version: int) -> Response:
        """A view with its ETag."""
        etag = f'"{version}"'
        if self._seen == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(view.model_dump_json(), headers={"ETag": etag}, media_type="application/json")


class Paging:
    """Which part of a list is wanted."""

    def __init__(self, reader: Reader, limit: int, cursor: str | None) -> None:
        self._reader, self._limit, self._cursor = reader, limit, cursor

    async def list(
        self,
        view: type[ViewT],
        table: Table,
        filters: dict[str, Any],
        *conditions: ColumnElement[bool] | None,
        order: Sequence[str] = ("id",),
    ) -> Listing[ViewT]:
        """Rows of a table whose columns equal the filters that aren't ``None``."""
        equal = [table.c[name] == value for name, value in filters.items() if value is not None]
        statement = select(table).where(*equal, *(c for c in conditions if c is not None))
        return await self.of(view, statement, [table.c[name] for name in order])

    async def of(
        self, view: type[ViewT], statement: Select[Any], order: Sequence[ColumnElement[Any]]
    ) -> Listing[ViewT]:
        """A page of any statement."""
        ordered = [Ordered(column) for column in order]
        after = cursors.read(self._cursor, ordered)
        statement = scope.within(self._reader.office.actor, statement, order[-1].table)
        async with self._reader.office.database.read() as connection:
            page = await rows.page(connection, statement, ordered, after, self._limit)
        return Listing(items=[view.of(row) for row in page.rows], next_cursor=cursors.write(page.next_key, ordered))


async def _reading(request: Request) -> Reader:
    check_address(request)
    return Reader(request)


Reading = Annotated[Reader, Depends(_reading)]
LimitQuery = Annotated[int, Query(ge=1, le=PAGE_MAX)]
CursorQuery = Annotated[
    str | None,
    Query(
        max_length=CURSOR_MAX_LENGTH,
        description="next_cursor of the page before, in the same order.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_-]*$"},
    ),
]


async def _paging(
    reader: Reading,
    limit: LimitQuery = PAGE_DEFAULT,
    cursor: CursorQuery = None,
) -> Paging:
    return Paging(reader, limit, cursor)


Pages = Annotated[Paging, Depends(_paging)]
