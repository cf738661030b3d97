"""The answers and statuses of villages."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain.rescoring import ASKED_KEPT_MAX, Asked, Surveyed
from services.scoring.domain.state import CityYear, canonical, from_canonical
from services.scoring.domain.village import Recorded, VillageYear
from services.scoring.storage.states import IsMine
from services.scoring.storage.tables import of_now, village_locked
from services.scoring.storage.tables import village_year as t

REGION_CHARACTERS = len("32.76")
ROWS_AT_ONCE = 5_000

Key = tuple[str, int]
"""A village and a year."""


async def load(connection: AsyncConnection, generation: int, codes: Collection[str]) -> dict[Key, VillageYear]:
    """All years of some villages."""
    query = sa.select(t).where(t.c.generation == generation, t.c.village.in_(sorted(codes)))
    return _keyed(await connection.execute(query))


async def of_year(connection: AsyncConnection, generation: int, region: str, year: int) -> dict[Key, VillageYear]:
    """A year of all villages of a kab/kota."""
    mine = t.c.village.startswith(f"{region}.", autoescape=True)
    query = sa.select(t).where(t.c.generation == generation, mine, t.c.year == year)
    return _keyed(await connection.execute(query.order_by(t.c.village)))


async def save(connection: AsyncConnection, generation: int, changed: Mapping[Key, VillageYear]) -> None:
    """Put years in place of what was kept of them."""
    if not changed:
        return
    keys = sorted(changed)
    mine = (
        (t.c.generation == generation)
        & (t.c.village == sa.bindparam("of_village"))
        & (t.c.year == sa.bindparam("of_year"))
    )
    await connection.execute(sa.delete(t).where(mine), [{"of_village": v, "of_year": y} for v, y in keys])
    rows = [{"generation": generation, "village": v, "year": y} | _row(changed[v, y]) for v, y in keys]
    await connection.execute(sa.insert(t), rows)


def _row(village: VillageYear) -> dict[str, object]:
    recorded = village.recorded
    return {
        "state": canonical(village.state),
        "recorded": recorded.status if recorded else None,
        "method": recorded.method if recorded else None,
        "recorded_synthetic": recorded.synthetic if recorded else False,
        "entries": village.entries,
    }


async def within(connection: AsyncConnection, code: str, *, upto: int | None = None) -> dict[Key, VillageYear]:
    """All years of the villages of a kab/kota, or of one village; up to a year."""
    query = sa.select(t).where(of_now(t), t.c.village.startswith(code, autoescape=True))
    if upto is not None:
        query = query.where(t.c.year <= upto)
    return _keyed(await connection.execute(query.order_by(t.c.village, t.c.year)))


async def surveyed(connection: AsyncConnection) -> AsyncIterator[list[Surveyed]]:
    """Every village and year of the country that was asked, in parts; of each only what an index is made of is read.

    A canonical text says who was asked before it says what was answered. The first is the same for most villages, so
    it's read once for all of them; the others' second parts are read as one text, which is half the work.
    """
    asked_of = lru_cache(ASKED_KEPT_MAX)(_asked)
    rows = await connection.stream(sa.select(t.c.village, t.c.year, t.c.state).where(of_now(t)))
    async for part in rows.partitions(ROWS_AT_ONCE):
        whose, sums = [], []
        for village, year, text in part:
            begin, middle = text.index(_ASKED), text.index(_SUMS)
            asked = asked_of(text[begin:middle])
            if asked.item_counts:
                whose.append((village, year, asked))
                sums.append(text[middle + len(_SUMS) : text.index(_MOMENTS, middle)])
        yield [Surveyed(*one, found) for one, found in zip(whose, from_json(f"[{','.join(sums)}]"), strict=True)]


_ASKED, _SUMS, _MOMENTS = '"group_answers":', ',"item_sums":', ',"moments":'


def _asked(text: str) -> Asked:
    return Asked(**from_json(f"{{{text}}}"))


class Digest(NamedTuple):
    """SHA-256 over the villages of a kab/kota and year, in the order of their codes."""

    region: str
    year: int
    villages: int
    sha256: str


async def digests(connection: AsyncConnection) -> list[Digest]:
    """One for each kab/kota and year something is known of, with what was locked: equal wherever the same events were
    folded."""
    query = sa.select(t).where(of_now(t)).order_by(t.c.village, t.c.year)
    found: dict[Key, tuple[int, Any]] = {}
    async for row in await connection.stream(query):
        key = (row.village[:REGION_CHARACTERS], row.year)
        count, digest = found.get(key) or (0, sha256())
        said = (row.village, row.state, row.recorded, row.method, bool(row.recorded_synthetic))
        digest.update(f"{'|'.join(map(str, said))}\n".encode())
        found[key] = (count + 1, digest)
    for row in await connection.execute(_officials()):
        _, digest = found[row.village[:REGION_CHARACTERS], row.year]
        digest.update(f"official|{'|'.join(map(str, row))}\n".encode())
    return [Digest(*key, count, digest.hexdigest()) for key, (count, digest) in sorted(found.items())]


def _officials() -> sa.Select[Any]:
    o = village_locked
    said = (o.c.village, o.c.year, o.c.revision, o.c.revision_name, o.c.instrument, o.c.exact, o.c.band, o.c.digest)
    return sa.select(*said).where(of_now(o)).order_by(o.c.village, o.c.year, o.c.revision)


async def switch(
    connection: AsyncConnection, generation: int, instrument_of: Callable[[int], str], is_mine: IsMine
) -> list[CityYear]:
    """Rewrite the years that are scored with another instrument now; answers them as they were before."""
    known = _keyed(await connection.execute(sa.select(t).where(t.c.generation == generation)))
    was = {
        (code, year): v
        for (code, year), v in known.items()
        if instrument_of(year) != v.state.instrument and is_mine(code[:REGION_CHARACTERS])
    }
    now = {key: replace(v, state=replace(v.state, instrument=instrument_of(v.state.year))) for key, v in was.items()}
    await save(connection, generation, now)
    return [v.state for v in was.values()]


def _keyed(rows: Iterable[sa.Row[tuple[object, ...]]]) -> dict[Key, VillageYear]:
    return {
        (row.village, row.year): VillageYear(from_canonical(row.state), _recorded(row), row.entries) for row in rows
    }


def _recorded(row: Any) -> Recorded | None:
    return None if row.recorded is None else Recorded(row.recorded, row.method, row.recorded_synthetic)
