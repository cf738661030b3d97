"""Starting a replay, and watching it."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.scoring.http.bodies import Body
from services.scoring.http.refusals import Refusal
from services.scoring.storage import replays
from shared.runtime.database import Database
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

WORKERS_MAX = 16


class NewReplay(Body):
    """In how many processes to fold."""

    workers: Annotated[int, Field(ge=1, le=WORKERS_MAX)] = 1


class ReplayView(Body):
    """A replay: at which event of how many, and how it ended."""

    generation: int
    stream: str
    workers: int
    seq: int
    head: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


class ReplayList(Body):
    """The latest replays, the last first."""

    items: list[ReplayView]


def replay_router(database: Database) -> Routes:
    """``/v1/replays``. The replay runs in a process of its own, with this service's settings."""
    router = Routes(prefix="/v1/replays", tags=["replay"])
    children: set[asyncio.Task[None]] = set()

    @router.post(
        "",
        status_code=202,
        summary="Fold the whole journal anew; reads stay as they are until it's done",
        responses=problems(409),
    )
    async def start_replay(body: NewReplay) -> ReplayList:
        if children:
            raise Refusal("replay_running")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.scoring.replay", "--workers", str(body.workers)
        )
        child = asyncio.create_task(_ended(process))
        children.add(child)
        child.add_done_callback(children.discard)
        return await _listed(database)

    @router.get("", summary="The latest replays and how far they are")
    async def list_replays() -> ReplayList:
        return await _listed(database)

    return router


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()


async def _listed(database: Database) -> ReplayList:
    async with database.read() as connection:
        return ReplayList(items=[ReplayView(**row) for row in await replays.latest(connection)])
