"""Which rows an actor's grants reach: by the place a row is about, and by the organisation it belongs to.

A row is about its ``village``, or else (or where it has none) its ``region``; a table with neither is about no place.
What holds for a kab/kota also concerns each of its villages, so a village's recovery agent sees the programmes of its
kab/kota. A grant of one organisation reaches only that organisation's rows where a table has ``organisation_id``.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, false, func, or_, true
from sqlalchemy.sql import FromClause

from services.registry.storage.rows import Row
from shared.access import EVERYWHERE, Actor, Grant

PLACES = ("village", "region")
ORGANISATION = "organisation_id"


def reaches(actor: Actor, table: Table, row: Row) -> bool:
    """Whether any grant reaches a row of a table."""
    places = [name for name in PLACES if name in table.c]
    place = next((row[name] for name in places if row[name] is not None), None)
    return any(
        (place is None or grant.concerns(place))
        and (grant.organisation_id is None or row.get(ORGANISATION, grant.organisation_id) == grant.organisation_id)
        for grant in actor.grants
    )


def within(actor: Actor, statement: Select[Any], table: FromClause) -> Select[Any]:
    """A statement that gives only rows the actor's grants reach. ``table`` holds the rows that are listed."""
    parts = [_condition(grant, table) for grant in actor.grants]
    if any(part is None for part in parts):
        return statement
    return statement.where(or_(false(), *(part for part in parts if part is not None)))


def _condition(grant: Grant, table: FromClause) -> ColumnElement[bool] | None:
    """``None`` when the grant reaches every row."""
    place = _place(table)
    conditions: list[ColumnElement[bool]] = []
    if place is not None and grant.scope != EVERYWHERE:
        column = place
        below = column.startswith(f"{grant.scope}.", autoescape=True)
        conditions.append(or_(column.in_((*grant.ancestors(), grant.scope)), below))
    if grant.organisation_id is not None and ORGANISATION in table.c:
        conditions.append(table.c[ORGANISATION] == grant.organisation_id)
    return and_(true(), *conditions) if conditions else None


def _place(table: FromClause) -> ColumnElement[str] | None:
    columns = [table.c[name] for name in PLACES if name in table.c]
    if len(columns) > 1 and columns[0].nullable:
        return func.coalesce(*columns)
    return columns[0] if columns else None
