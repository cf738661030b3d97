"""What institutions did, year by year."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.storage.rows import Row
from services.registry.storage.tables import institution_states, institutions
from shared.contracts.registry import InstitutionState

_t = institution_states
STATE = ("has_policy", "penggiat", "urine_tests", "on")


async def history(
    connection: AsyncConnection, institution_id: str
) -> tuple[dict[int, InstitutionState], dict[int, date]]:
    """Every recorded year's state, and the day it is of. Call it with the institution's row locked."""
    found = await connection.execute(select(_t).where(_t.c.institution_id == institution_id))
    rows = found.mappings().all()
    return {row["year"]: InstitutionState.model_validate(dict(row)) for row in rows}, {
        row["year"]: row["on"] for row in rows
    }


async def put(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Keeps states, each in place of what its year had."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(_t)
    replaced = {name: statement.excluded[name] for name in STATE}
    key = [column.name for column in _t.primary_key]
    await connection.execute(statement.on_conflict_do_update(index_elements=key, set_=replaced), list(rows))


async def named(connection: AsyncConnection, places: Collection[tuple[str, str]]) -> dict[tuple[str, str, str], str]:
    """The ids of institutions of (kab/kota, setting) pairs by kab/kota, setting and name without capitals."""
    i = institutions.c
    query = select(i.id, i.region, i.setting, i.name).where(tuple_(i.region, i.setting).in_(sorted(places)))
    found = await connection.execute(query.order_by(i.id.desc()))
    return {(row.region, row.setting, row.name.casefold()): row.id for row in found}
