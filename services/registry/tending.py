"""What the registry does by itself about people: finishes erasures, compares who was imported, warns of deadlines."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog
from prometheus_client import Gauge
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.registry.commands import consent, consents, doubles, erasure
from services.registry.commands.exports import jobs as exports
from services.registry.commands.office import Office
from services.registry.storage import tables
from shared.runtime import clock
from shared.runtime.keysource import KeyUnavailable

log = structlog.get_logger()

INTERVAL_SECONDS = 20.0
LATE = Gauge("bersinar_registry_consents_late", "Withdrawn consents whose 72 hours have passed with work remaining")


Carried = Callable[[], Awaitable[Collection[str]]]
"""Who was erased as far as the stream tells; raises RedisError while Redis is away."""


async def tend(office: Office, carried: Carried) -> None:
    """Runs until it is cancelled. A store that is away is tried again the next time."""
    reconciled = heard = False
    while True:
        try:
            if not reconciled:
                await _reconcile(office, ())
                reconciled = True
            if not heard:
                heard = await _hear(office, carried)
            await erasure.destroy_keys(office)
            await exports.expire(office)
            waiting = True
            while waiting:
                waiting = bool(await doubles.match_imported(office))
            await consents.say_late(office)
            LATE.set(await _late(office))
        except (SQLAlchemyError, OSError) as error:
            log.warning("people are tended to later", kind=type(error).__name__)
        except KeyUnavailable as error:
            log.error("people's keys can't be read", reason=str(error))
        await asyncio.sleep(INTERVAL_SECONDS)


async def _hear(office: Office, carried: Carried) -> bool:
    """Applies the erasures that are in the stream; whether Redis answered."""
    try:
        told = await carried()
    except RedisError as error:
        log.info("erasures in the stream are looked for later", kind=type(error).__name__)
        return False
    await _reconcile(office, told)
    return True


async def _reconcile(office: Office, told: Collection[str]) -> None:
    again = await erasure.reconcile(office, told)
    if again:
        log.warning("a backup had brought erased people back; they are erased again", count=again)


async def _late(office: Office) -> int:
    query = select(func.count()).select_from(tables.consents).where(consent.is_late(clock.now()))
    async with office.database.read() as connection:
        return int((await connection.execute(query)).scalar_one())
