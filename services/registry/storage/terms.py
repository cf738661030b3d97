"""The keyed hashes a person is found by: rows to look up by, and with the person a list of them, to take them away by.

An index of the rows by person would take up more room than the rows: a person has five or more.
"""

from array import array
from collections.abc import Iterable, Sequence

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.storage import tables
from services.registry.storage.rows import Row
from shared.runtime.database import insert_columns


def packed(terms: Iterable[int]) -> bytes:
    """A person's list of terms, each below 2^63."""
    return array("q", terms).tobytes()


async def add(connection: AsyncConnection, found: Iterable[tuple[int, str]]) -> None:
    """Adds terms, each with its person's id."""
    # In the order of the index, which takes neighbours in together.
    ordered = sorted(found)
    if ordered:
        found_terms, owners = zip(*ordered, strict=True)
        await insert_columns(connection, tables.terms, {"term": found_terms, "participant_id": owners})


async def remove(connection: AsyncConnection, person: Row) -> None:
    """Takes away the terms that stand in a person's list."""
    terms = _unpacked(person["term_list"])
    if terms:
        theirs = tables.terms.c.participant_id == person["id"]
        await connection.execute(delete(tables.terms).where(tables.terms.c.term.in_(terms), theirs))


def _unpacked(packed_terms: bytes | None) -> Sequence[int]:
    return array("q", packed_terms or b"").tolist()
