"""The pattern's own addresses: a journal to read from anywhere, a service's streams, and what was parked."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query, Response

from shared.journal import tables
from shared.journal.follower import Follower
from shared.journal.journal import Journal
from shared.runtime.database import Database
from shared.runtime.problem import Problem
from shared.runtime.web import Routes

PAGE_MAX_EVENTS = 1_000
PARKED_MAX_ROWS = 500


def journal_router(journal: Journal) -> Routes:
    """``GET /journal/{stream}``: numbered events after a sequence, one a line, byte for byte."""
    router = Routes(tags=["journal"])

    @router.get("/journal/{stream}", summary="Events of this journal after a sequence, one JSON object a line")
    async def read_journal(
        stream: str,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX_EVENTS)] = 500,
    ) -> Response:
        if stream != journal.stream:
            raise Problem(
                404,
                "Unknown stream",
                detail=f"This service keeps the journal of {journal.stream}.",
                field="stream",
                remedy=f"Ask for {journal.stream}.",
            )
        async with journal.database.read() as connection:
            entries = await journal.entries(connection, after, limit)
        return Response(b"".join(entry + b"\n" for _, entry in entries), media_type="application/x-ndjson")

    return router


def streams_router(database: Database, journal: Journal | None, followers: Sequence[Follower]) -> Routes:
    """``GET /streams`` (head and digest of the journal, position of each follower) and what was parked."""
    router = Routes(tags=["journal"])

    @router.get("/streams", summary="Where the journal and the followers are")
    async def streams() -> dict[str, Any]:
        found: dict[str, Any] = {"journal": None, "followers": []}
        if journal is not None:
            async with database.transaction() as connection:
                seq, digest = await journal.head(connection)
            found["journal"] = {"stream": journal.stream, "sequence": seq, "digest": digest}
        for follower in followers:
            at = await follower.position()
            found["followers"].append({"stream": follower.stream, "sequence": at.seq, "trouble": follower.trouble})
        return found

    if followers:
        _add_parked(router, database, followers)
    return router


def _add_parked(router: Routes, database: Database, followers: Sequence[Follower]) -> None:
    @router.get("/parked", summary="Events that could not be read or applied")
    async def parked() -> dict[str, Any]:
        p = tables.parked
        query = (
            sa.select(p.c.stream, p.c.seq, p.c.error, p.c.parked_at, p.c.replayed_at)
            .where(p.c.replayed_at.is_(None))
            .order_by(p.c.stream, p.c.seq)
            .limit(PARKED_MAX_ROWS)
        )
        async with database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {"items": [dict(row) for row in rows]}

    @router.post("/parked/replay", summary="Try again to apply what was parked, oldest first")
    async def replay() -> dict[str, Any]:
        outcomes = []
        for follower in followers:
            applied, left = await follower.replay_parked()
            outcomes.append({"stream": follower.stream, "applied": applied, "still_parked": left})
        return {"items": outcomes}
