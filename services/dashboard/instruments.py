"""The instruments, as scoring's API last described them: kept, so that a page needs no other service to be up."""

import asyncio
from contextlib import suppress

import httpx
import sqlalchemy as sa
import structlog
from pydantic import ValidationError

from services.dashboard.instrument import InstrumentDocument
from services.dashboard.storage import tables, writes
from shared.runtime.database import Database
from shared.runtime.tls import trusted

log = structlog.get_logger()

TIMEOUT_SECONDS = 5.0
RETRY_FIRST_SECONDS, RETRY_MAX_SECONDS = 0.2, 10.0
REFRESH_SECONDS = 600.0


class Instruments:
    """Reads from memory; a background task keeps that up to date."""

    def __init__(self, database: Database, scoring_url: str, token: str) -> None:
        self._database = database
        self._url, self._token = scoring_url, token
        self._documents: dict[str, InstrumentDocument] = {}
        self._news = asyncio.Event()

    def get(self, key: str) -> InstrumentDocument | None:
        """An instrument, or ``None`` when scoring has not been heard since it exists."""
        return self._documents.get(key)

    def for_year(self, year: int) -> InstrumentDocument | None:
        """The edition of KOTAN that counts for a year: the one with the latest first year not after it."""
        fitting = [d for d in self._of_cities() if d.from_year <= year]
        return max(fitting, key=lambda d: d.from_year, default=None)

    @property
    def latest(self) -> InstrumentDocument | None:
        """The newest edition of KOTAN."""
        return max(self._of_cities(), key=lambda d: d.from_year, default=None)

    def _of_cities(self) -> list[InstrumentDocument]:
        return [d for d in self._documents.values() if d.subject.level == "kabkota"]

    def wake(self) -> None:
        """An edition was published: read again now."""
        self._news.set()

    async def recall(self) -> None:
        """Takes what was kept from an earlier run."""
        async with self._database.read() as connection:
            rows = (await connection.execute(sa.select(tables.instrument.c.body))).scalars().all()
        for body in rows:
            self._take(body)

    async def keep_current(self) -> None:
        """Reads all instruments again and again; while scoring is away it tries sooner, and nothing is lost."""
        delay = RETRY_FIRST_SECONDS
        while True:
            self._news.clear()
            try:
                await self._refresh()
            except (httpx.HTTPError, ValidationError, KeyError, ValueError) as error:
                log.info("instruments can't be read yet", reason=type(error).__name__)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MAX_SECONDS)
            else:
                delay = RETRY_FIRST_SECONDS
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), REFRESH_SECONDS)

    async def _refresh(self) -> None:
        async with httpx.AsyncClient(
            base_url=self._url,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted(),
        ) as client:
            listed = (await client.get("/v1/instruments")).raise_for_status().json()["items"]
            for key in [str(item["key"]) for item in listed]:
                body = (await client.get(f"/v1/instruments/{key}")).raise_for_status().text
                self._take(body)
                async with self._database.transaction() as connection:
                    await writes.upsert(connection, tables.instrument, {"key": key, "body": body})

    def _take(self, body: str) -> None:
        document = InstrumentDocument.model_validate_json(body)
        self._documents[document.key] = document
