"""Reading, locking and changing one row; reading a page of rows."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Insert,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    any_,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.refusal import StaleVersion
from shared.runtime import clock

Row = Mapping[str, Any]
FIRST_VERSION = 1


@dataclass(frozen=True)
class Page:
    """One page of rows, and the key the next one starts after (``None`` on the last page)."""

    rows: Sequence[Row]
    next_key: tuple[Any, ...] | None


@dataclass(frozen=True)
class Ordered:
    """A column a list is sorted by, from the least value on unless ``descending``. It is never null."""

    column: ColumnElement[Any]
    descending: bool = False


def new(**values: Any) -> dict[str, Any]:
    """A row in its first version, made now."""
    return {**values, "version": FIRST_VERSION, "created_at": clock.now()}


async def add(connection: AsyncConnection, table: Table, *rows: Row) -> None:
    """Inserts rows in one statement."""
    await connection.execute(insert(table), list(rows))


async def add_if_absent(connection: AsyncConnection, table: Table, row: Row) -> bool:
    """Inserts a row unless one with the same key or unique value is there; whether it did.

    On PostgreSQL it waits for a transaction that is inserting the same, so two at once can't both succeed.
    """
    statement = _insert_if_absent(table, connection.dialect.name)
    return bool((await connection.execute(statement, row)).rowcount)


async def add_absent(connection: AsyncConnection, table: Table, given: Sequence[Row]) -> set[str]:
    """Inserts rows unless ones with the same key or unique values are there; the ids of those it did insert."""
    if not given:
        return set()
    statement = _insert_if_absent(table, connection.dialect.name).returning(table.c.id)
    return set((await connection.execute(statement, list(given))).scalars())


async def find(connection: AsyncConnection, table: Table, *key: Any, lock: bool = False) -> Row | None:
    """The row with this primary key. ``lock`` keeps it from others until the transaction ends."""
    # FOR UPDATE is not compiled for SQLite, where a writing transaction is alone anyway (BEGIN IMMEDIATE).
    statement = select(table).where(*_is(table, key))
    result = await connection.execute(statement.with_for_update() if lock else statement)
    row = result.mappings().one_or_none()
    return None if row is None else plain(row)


async def change(connection: AsyncConnection, table: Table, row: Row, **values: Any) -> Row:
    """Writes new values to a row read under lock and gives back the row as it then is, one version later."""
    key = tuple(row[str(column.key)] for column in table.primary_key)
    values = {**values, "version": row["version"] + 1}
    condition = (*_is(table, key), table.c.version == row["version"])
    result = await connection.execute(update(table).where(*condition).values(values))
    if result.rowcount != 1:
        raise StaleVersion(row["version"] + 1)
    return {**row, **values}


async def age(connection: AsyncConnection, table: Table, ids: Collection[str]) -> None:
    """Counts up the versions of rows whose view changed though they didn't."""
    table_id = table.c.id
    await connection.execute(update(table).where(table_id.in_(sorted(ids))).values(version=table.c.version + 1))


async def page(
    connection: AsyncConnection,
    statement: Select[Any],
    order: Sequence[Ordered],
    after: Sequence[Any] | None,
    limit: int,
) -> Page:
    """At most ``limit`` rows in ``order``, beginning after a key. The order must end in something unique."""
    if after is not None:
        statement = statement.where(_after(order, after))
    ordered = statement.order_by(*(one.column.desc() if one.descending else one.column for one in order))
    found = [plain(row) for row in (await connection.execute(ordered.limit(limit + 1))).mappings()]
    rows = found[:limit]
    more = len(found) > limit
    return Page(rows, tuple(rows[-1][str(one.column.key)] for one in order) if more else None)


def _after(order: Sequence[Ordered], key: Sequence[Any]) -> ColumnElement[bool]:
    """What comes later in an order than a key."""
    columns = [one.column for one in order]
    directions = {one.descending for one in order}
    if len(directions) == 1:
        # As a row comparison, which an index over these columns answers at once.
        left, right = tuple_(*columns), tuple_(*key)
        return (left < right) if directions.pop() else (left > right)
    places = [
        and_(*(column == value for column, value in zip(columns[:place], key, strict=False)), _beyond(one, key[place]))
        for place, one in enumerate(order)
    ]
    first = columns[0] <= key[0] if order[0].descending else columns[0] >= key[0]
    return and_(first, or_(*places))


def _beyond(one: Ordered, value: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = one.column < value if one.descending else one.column > value
    return condition


def among(connection: AsyncConnection, column: ColumnElement[Any], words: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds one of hundreds of words.

    They are one parameter: ``in_`` writes a statement of hundreds, which each database reads and plans anew.
    """
    if connection.dialect.name == "sqlite":
        given = func.json_each(json.dumps(list(words))).table_valued("value")
        return column.in_(select(given.c.value))
    return column == any_(literal(list(words), ARRAY(String)))


def plain(row: RowMapping) -> Row:
    """A row by the names of its columns."""
    return {str(name): value for name, value in row.items()}


@cache
def _insert_if_absent(table: Table, dialect: str) -> Insert:
    # Made once a table: every write goes through here, and making the statement costs as much as running it.
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _is(table: Table, key: Sequence[Any]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]
