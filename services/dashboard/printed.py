"""Totals as others printed them, asked of the registry: kab/kota by band for the nation, villages by status."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict

TIMEOUT_SECONDS = 3.0


class Total(BaseModel):
    """What every printed total has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    year: int
    source: str
    note_id: str | None = None
    note_en: str | None = None

    def notes(self) -> Mapping[str, str]:
        """The note by language, as far as there is one."""
        return {k: v for k, v in (("id", self.note_id), ("en", self.note_en)) if v}


class NationalTotal(Total):
    """How many kab/kota were measured, and how many reached which band; ``None`` for what isn't printed."""

    edition: str
    measured: int | None
    sangat_tanggap: int | None
    tanggap: int | None

    @property
    def at_least_tanggap(self) -> int | None:
        """What the national board counts."""
        if self.sangat_tanggap is None or self.tanggap is None:
            return None
        return self.sangat_tanggap + self.tanggap


class StatusTotal(Total):
    """How many villages had which status."""

    method: str
    bahaya: int | None
    waspada: int | None
    siaga: int | None
    aman: int | None

    @property
    def by_status(self) -> Sequence[tuple[str, int | None]]:
        """From the least safe on."""
        return (("bahaya", self.bahaya), ("waspada", self.waspada), ("siaga", self.siaga), ("aman", self.aman))


class Totals:
    """Asks the registry. What can't be had is left out: a page stands without it."""

    def __init__(self, registry: httpx.AsyncClient) -> None:
        self._registry = registry

    async def national(self, year: int) -> Sequence[NationalTotal]:
        """Those of a year."""
        rows = await self._rows("/v1/national-counts")
        return [total for total in map(NationalTotal.model_validate, rows) if total.year == year]

    async def of_villages(self, region: str) -> Sequence[StatusTotal]:
        """Those of an area, the latest first."""
        rows = await self._rows("/v1/area-status-counts", region=region)
        return sorted(map(StatusTotal.model_validate, rows), key=lambda total: -total.year)

    async def _rows(self, path: str, **query: str) -> list[Any]:
        try:
            answer = await self._registry.get(path, params=query, timeout=TIMEOUT_SECONDS)
        except httpx.HTTPError:
            return []
        return list(answer.json()["items"]) if answer.is_success else []
