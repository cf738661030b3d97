"""A list of the registry, declared: what it shows, and what it can be filtered and sorted by.

A route asks for a page with ``page: Annotated[PageOf, Depends(LIST)]``; parameters, their checks and their description
in the OpenAPI document all follow from the declaration.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, Union, cast, get_args, get_origin

from annotated_types import MaxLen
from fastapi import Query, Request, Response
from pydantic import Field
from pydantic.fields import FieldInfo
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    select,
)

from services.registry.commands import audit
from services.registry.commands.model import View
from services.registry.commands.office import Office
from services.registry.domain.refusal import Refusal
from services.registry.http import cursors, export
from services.registry.http.reading import PAGE_DEFAULT, CursorQuery, LimitQuery, Listing, Reading, ViewT
from services.registry.storage import rows, scope
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Ordered
from shared.access.actor import SYSTEM, Actor
from shared.runtime.exact import Day
from shared.runtime.problem import FIELD_NAME

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
SORT_MAX_LENGTH, TEXT_MAX_LENGTH = 200, 200
NO_NUL = r"^[^\x00]*$"
PERSON = "participant_id"
_PAGING = ("sort", "limit", "cursor")


@dataclass(frozen=True)
class Filter:
    """One filter: the type of its value, and the condition a value makes."""

    kind: Any
    condition: Callable[[Any], ColumnElement[bool]]
    description: str | None = None
    default: Any = None


class PageOf(Generic[ViewT]):
    """The page a request wants of one list."""

    def __init__(
        self,
        view: type[ViewT],
        office: Office,
        statement: Select[Any],
        order: Sequence[Ordered],
        limit: int,
        cursor: str | None,
        request: Request,
    ) -> None:
        self._view, self._office, self._statement, self._order = view, office, statement, order
        self._limit, self._cursor, self._request = limit, cursor, request

    async def read(self) -> Listing[ViewT]:
        """The rows after the cursor, and the cursor of the page after them; or all rows as a file, if asked for."""
        after = cursors.read(self._cursor, self._order)
        kind = export.asked_for(self._request)
        if kind is not None:
            # A Response goes out as it is, whatever the route says it answers.
            return cast("Listing[ViewT]", await self._file(kind, after))
        async with self._office.database.read() as connection:
            page = await rows.page(connection, self._statement, self._order, after, self._limit)
        items = [self._view.of(row) for row in page.rows]
        return Listing(items=items, next_cursor=cursors.write(page.next_key, self._order))

    async def _file(self, kind: export.Format, after: Sequence[Any] | None) -> Response:
        name = self._view.PATH.rpartition("/")[2]
        async with self._office.journal.writing() as unit:
            await audit.write(unit, self._office, "list.exported", name, format=kind)
        return await export.response(self._request, name, self._view, self._batches(after), kind)

    async def _batches(self, after: Sequence[Any] | None) -> AsyncIterator[Sequence[View]]:
        """All rows after a key, so many at a time; one that is written meanwhile may or may not be among them."""
        while True:
            async with self._office.database.read() as connection:
                page = await rows.page(connection, self._statement, self._order, after, export.ROWS_A_PAGE)
            yield [self._view.of(row) for row in page.rows]
            if page.next_key is None:
                return
            after = page.next_key


class Listed(Generic[ViewT]):
    """A list: ``view`` of the rows of ``table``.

    ``filters``
        Columns to filter by; all of the view's when left out. A date or number can also be bounded with
        ``<name>_from`` and ``<name>_to``, both included.
    ``sorts``
        What ``?sort=`` may name; each needs an index that begins with it, or a table that stays small.
    ``default``
        The order when none is asked for, written as in ``?sort=``.
    ``more``
        Filters that are no column.
    ``given``
        Values filters have when they are left out.
    ``statement``
        What is selected instead of the table alone; it must select the table's columns.
    ``own``
        The column of the account that may see a row, where nobody else may.
    """

    def __init__(
        self,
        view: type[ViewT],
        table: Table,
        *,
        filters: Sequence[str] | None = None,
        sorts: Sequence[str] = (),
        default: str | None = None,
        more: Mapping[str, Filter] | None = None,
        given: Mapping[str, Any] | None = None,
        statement: Callable[[], Select[Any]] | None = None,
        own: str | None = None,
    ) -> None:
        self.view, self.table, self._own = view, table, own
        self.name = view.PATH.rpartition("/")[2]
        self._key = tuple(str(column.key) for column in table.primary_key)
        self.sorts = tuple(dict.fromkeys((*self._key, *sorts)))
        if lost := [name for name in self.sorts if table.c[name].nullable]:
            raise ValueError(f"{self.name} can't be sorted by {lost}: rows without a value get lost between two pages")
        self.default = default or ",".join(self._key)
        self._statement = statement or self._shown
        names = _filterable(view, table) if filters is None else filters
        self.filters = _of_columns(view, table, names, given or {}) | dict(more or {})
        self.order(self.default)
        self.__signature__ = self._signature()

    async def __call__(
        self,
        request: Request,
        reading: Reading,
        limit: int,
        cursor: str | None,
        sort: str | None,
        **values: Any,
    ) -> PageOf[ViewT]:
        """What FastAPI calls with the query; refuses parameters the list doesn't know."""
        self._check_names(request)
        order = self.order(self.default if sort is None else sort)
        within = self.within(reading.office.actor, values)
        return PageOf(self.view, reading.office, within, order, limit, cursor, request)

    def within(self, actor: Actor, values: Mapping[str, Any]) -> Select[Any]:
        """What :meth:`select` gives, as far as the actor may see it."""
        statement = scope.within(actor, self.select(values), self.table)
        if self._own is not None and not actor.has_role(SYSTEM):
            statement = statement.where(self.table.c[self._own] == actor.id)
        return statement

    def select(self, values: Mapping[str, Any]) -> Select[Any]:
        """The statement of all rows that pass the filters; a filter that is ``None`` lets all pass."""
        wanted = [self.filters[name].condition(value) for name, value in values.items() if value is not None]
        return self._statement().where(*wanted)

    def order(self, sort: str) -> tuple[Ordered, ...]:
        """The columns of a ``sort`` such as ``-on,id``, ended by the key in the direction of the last one."""
        order: dict[str, bool] = {}
        for part in sort.split(","):
            name = part.strip().removeprefix("-")
            if name not in self.sorts:
                raise Refusal("sort_unknown", "sort", possible=", ".join(self.sorts))
            order.setdefault(name, part.strip().startswith("-"))
        last = next(reversed(order.values()))
        return tuple(
            Ordered(self.table.c[name], descending)
            for name, descending in (order | {name: order.get(name, last) for name in self._key}).items()
        )

    def _shown(self) -> Select[Any]:
        # What is sealed stays in the database: nobody sees it here, and it is most of a row.
        return select(*(column for column in self.table.c if not isinstance(column.type, LargeBinary)))

    def _check_names(self, request: Request) -> None:
        seen = [name for name, _ in request.query_params.multi_items()]
        for name in seen:
            if name not in self.filters and name not in _PAGING:
                shown = name if FIELD_NAME.fullmatch(name) else "(unknown)"
                raise Refusal("filter_unknown", shown, possible=", ".join((*self.filters, *_PAGING)))
            if seen.count(name) > 1:
                raise Refusal("filter_twice", name)

    def _signature(self) -> inspect.Signature:
        """The parameters FastAPI reads from a dependency: it checks and documents them like any others."""
        choice = "|".join(self.sorts)
        sort = Query(
            max_length=SORT_MAX_LENGTH,
            description=f"Any of {', '.join(self.sorts)}, separated by commas; - before one turns its order round. "
            f"Default: {self.default}.",
            json_schema_extra={"pattern": f"^-?({choice})(,-?({choice}))*$"},
            examples=[self.default],
        )
        typed = {name: _query(one) for name, one in self.filters.items()}
        typed |= {"request": (Request, inspect.Parameter.empty), "reading": (Reading, inspect.Parameter.empty)}
        typed |= {"sort": (Annotated[str | None, sort], None), "limit": (LimitQuery, PAGE_DEFAULT)}
        typed["cursor"] = (CursorQuery, None)
        kind = inspect.Parameter.KEYWORD_ONLY
        return inspect.Signature(
            [inspect.Parameter(name, kind, annotation=a, default=d) for name, (a, d) in typed.items()]
        )


def equals(column: ColumnElement[Any]) -> Callable[[Any], ColumnElement[bool]]:
    """The condition that a column has the value asked for."""
    return lambda value: column == value


def _of_person(column: ColumnElement[Any]) -> Callable[[Any], ColumnElement[bool]]:
    """The condition that a row is about a person: after a merge, under any of their registrations."""
    return lambda value: column.in_(same_person(value))


def _query(one: Filter) -> tuple[Any, Any]:
    # No address may hold a NUL (exchange.check_address); the document says so where a text is asked for.
    plain = None if _without_annotations(one.kind) is not str else {"pattern": NO_NUL}
    return Annotated[one.kind | None, Query(description=one.description, json_schema_extra=plain)], one.default


def _without_annotations(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _filterable(view: type[ViewT], table: Table) -> list[str]:
    kinds = (String, Integer, Boolean, Date)
    return [name for name in view.model_fields if name in table.c and isinstance(table.c[name].type, kinds)]


def _of_columns(view: type[ViewT], table: Table, names: Sequence[str], given: Mapping[str, Any]) -> dict[str, Filter]:
    found = {}
    for name in names:
        column, kind = table.c[name], _kind(view, name, table.c[name])
        found[name] = Filter(kind, _of_person(column) if name == PERSON else equals(column), default=given.get(name))
        if isinstance(column.type, Date | Integer) and not isinstance(column.type, Boolean):
            found[f"{name}_from"] = Filter(kind, column.__ge__, f"{name} on or after this, or at least this.")
            found[f"{name}_to"] = Filter(kind, column.__le__, f"{name} on or before this, or at most this.")
    return found


def _kind(view: type[ViewT], name: str, column: Column[Any]) -> Any:
    """The type of a filter's value: the view's own where it is narrower than the column's."""
    if isinstance(column.type, Boolean):
        return bool
    if isinstance(column.type, Date):
        return Day
    if isinstance(column.type, BigInteger):
        return Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
    if isinstance(column.type, Integer):
        return Annotated[int, Field(ge=INT_MIN, le=INT_MAX)]
    declared = _without_none(view.model_fields[name].annotation)
    longest = min([getattr(column.type, "length", None) or TEXT_MAX_LENGTH, *_bounds(view.model_fields[name])])
    return Annotated[str, Field(max_length=longest)] if declared is str else declared


def _bounds(field: FieldInfo) -> list[int]:
    """The longest text a view's field can hold, where it says so."""
    return [bound.max_length for bound in field.metadata if isinstance(bound, MaxLen)]


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    return Union[tuple(one for one in get_args(annotation) if one is not NoneType)]  # noqa: UP007 - made of a tuple


def due_by(table: Table) -> Filter:
    """The filter of a list of what is due: this day or earlier."""
    return Filter(Day, table.c.due_on.__le__, "Only those due on this day or earlier.")
