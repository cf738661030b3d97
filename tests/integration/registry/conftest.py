"""A real registry over a real database, with Kota Depok's regions in it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from services.registry.app import MIGRATIONS, Registry, build
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from shared import regions
from shared.contracts.catalogue import decode
from shared.contracts.envelope import Event, Payload, wire
from shared.journal.tables import journal
from shared.runtime import identity
from tests.integration.registry.transactions import watching
from tests.support import schema

RATU_JAYA, PONDOK_JAYA = "32.76.07.1003", "32.76.07.1005"
FATULULI = "53.71.04.1011"

_document: dict[str, Any] = {}


@dataclass
class Api:
    """The registry's API and what lies behind it."""

    client: httpx.AsyncClient
    registry: Registry

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A POST with headers given as keywords (``idempotency_key=…``)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Escaped by hand: httpx refuses to send half a character, a careless client doesn't.
        return await self.client.post(
            path, content=json.dumps(body), headers={"Content-Type": "application/json"} | named
        )

    async def made(self, path: str, body: object) -> dict[str, Any]:
        """The record a POST makes."""
        answer = await self.post(path, body)
        assert answer.status_code == 201, answer.text
        record: dict[str, Any] = answer.json()
        return record

    async def events(self) -> list[Event[Payload]]:
        """Everything in the journal, read back through the contracts."""
        query = select(journal.c.body).order_by(journal.c.ordinal)
        async with self.registry.office.database.read() as connection:
            bodies = (await connection.execute(query)).scalars().all()
        return [decode(wire(body, number, "0" * 64)) for number, body in enumerate(bodies, start=1)]

    def document(self) -> dict[str, Any]:
        """The OpenAPI document, written once for all: every registry of a process has the same routes."""
        if not _document:
            _document.update(self.registry.app.openapi())
        return _document

    async def counts(self) -> dict[str, int]:
        """Rows of every table and of the journal: what bad input may not change."""
        found = {}
        async with self.registry.office.database.read() as connection:
            for table in (*tables.metadata.sorted_tables, journal):
                found[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        return found


@cache
def region_rows() -> list[dict[str, str | None]]:
    """Depok and a part of Kupang with their province."""
    wanted = ("32.76", "53.71.04")
    return [
        {
            "code": region.code,
            "name": region.name,
            "search_name": region.name.lower(),
            "level": region.level,
            "parent": region.parent,
        }
        for region in regions.load()
        if region.code in ("32", "53", "53.71") or region.code.startswith(wanted)
    ]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> RegistrySettings:
    return RegistrySettings(data_dir=tmp_path, database_url=database_url)


@pytest.fixture
async def api(settings: RegistrySettings) -> AsyncIterator[Api]:
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    registry = build(settings)
    async with registry.office.database.transaction() as connection:
        await rows.add(connection, tables.regions, *region_rows())
    token = identity.load_or_create_token(settings.data_dir)
    transport = httpx.ASGITransport(registry.app)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    with watching(registry.office.database.engine.sync_engine) as watch:
        async with httpx.AsyncClient(transport=transport, base_url="http://registry", headers=headers) as client:
            yield Api(client, registry)
    assert watch.silent == [], "these tables changed in a transaction without an event"
    publisher = registry.streams.publisher
    assert publisher is not None
    await publisher.close()
    await registry.office.database.dispose()
