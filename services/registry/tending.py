"""What the registry does by itself about people: finishes erasures, compares who was imported, warns of deadlines."""

import asyncio

import structlog
from prometheus_client import Gauge
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


async def tend(office: Office) -> None:
    """Runs until it is cancelled. A store that is away is tried again the next time."""
    reconciled = False
    while True:
        try:
            if not reconciled:
                again = await erasure.reconcile(office)
                reconciled = True
                if again:
                    log.warning("a backup had brought erased people back; they are erased again", count=again)
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


async def _late(office: Office) -> int:
    query = select(func.count()).select_from(tables.consents).where(consent.is_late(clock.now()))
    async with office.database.read() as connection:
        return int((await connection.execute(query)).scalar_one())
