"""Asks scoring about an index. Nothing of it is kept here, and a page says when scoring is away."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from services.dashboard.campaigns import Away, Official
from services.dashboard.scored import (
    Actions,
    Answer,
    Explanation,
    Plans,
    Rollup,
    Sensitivity,
    Standing,
    Supposed,
    Values,
    Villages,
    YearTarget,
)
from shared.contracts.scoring import Reading

TIMEOUT_SECONDS = 5.0


class Refused(Exception):
    """Scoring answered, but not with what was asked for; ``sentence`` says why and what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


Found = TypeVar("Found", bound=Answer)


class Indices:
    """Asks scoring. Every method raises :class:`Away` when it isn't answering, and :class:`Refused`."""

    def __init__(self, scoring: httpx.AsyncClient) -> None:
        self._scoring = scoring

    async def standing(self, region: str, year: int) -> Standing:
        """What the city's page says besides its numbers. Never raises: what can't be had is left out."""
        official, target, sensitivity = await asyncio.gather(
            self._official(region),
            self.target(region, year),
            self._get(Sensitivity, f"/v1/indices/{region}/sensitivity", year=year),
            return_exceptions=True,
        )
        found = (official, target, sensitivity)
        for outcome in found:
            if isinstance(outcome, BaseException) and not isinstance(outcome, (Away, Refused)):
                raise outcome
        return Standing(
            official=() if isinstance(official, BaseException) else official,
            target=None if isinstance(target, BaseException) else target,
            sensitivity=None if isinstance(sensitivity, BaseException) else sensitivity,
            is_away=any(isinstance(outcome, Away) for outcome in found),
        )

    async def _official(self, region: str) -> tuple[Official, ...]:
        answer = await self._ask("GET", f"/v1/indices/{region}/official")
        return tuple(Official.model_validate(row) for row in answer["items"])

    async def target(self, region: str, year: int) -> YearTarget:
        """What a year is to reach."""
        return await self._get(YearTarget, f"/v1/indices/{region}/targets/{year}")

    async def villages(self, region: str) -> Villages:
        """The statuses of a city's villages over the years."""
        return await self._get(Villages, f"/v1/indices/{region}/village-years")

    async def values(self, area: str) -> Values:
        """Printed, chosen, computed and locked values of an area."""
        return await self._get(Values, f"/v1/values/{area}")

    async def explanation(self, region: str, year: int, begin: datetime | None, end: datetime | None) -> Explanation:
        """What moved an index between two moments."""
        moments = {k: m.isoformat() for k, m in (("from", begin), ("to", end)) if m is not None}
        return await self._get(Explanation, f"/v1/indices/{region}/explanation", year=year, **moments)

    async def rollup(self, area: str, year: int, reading: Reading) -> Rollup:
        """A province, or the nation."""
        return await self._get(Rollup, f"/v1/rollups/{area}", year=year, reading=reading)

    async def actions(self) -> Actions:
        """What an office can do."""
        return await self._get(Actions, "/v1/actions")

    async def suppose(
        self, region: str, year: int, evidence: Mapping[str, int], variables: Mapping[str, Decimal]
    ) -> Supposed:
        """What the index would be."""
        body = {
            "year": year,
            "evidence": dict(evidence),
            "survey": {"variables": {key: str(value) for key, value in variables.items()}},
        }
        return Supposed.model_validate(await self._ask("POST", f"/v1/indices/{region}/what-if", json=body))

    async def plans(
        self, region: str, year: int, target: Decimal | None, costs: Mapping[str, Decimal], count: int
    ) -> Plans:
        """Sets of actions that reach a value, or the year's target."""
        body: dict[str, Any] = {"year": year, "plans": count, "costs": {key: str(cost) for key, cost in costs.items()}}
        if target is not None:
            body["target"] = str(target)
        return Plans.model_validate(await self._ask("POST", f"/v1/indices/{region}/goal-seek", json=body))

    async def _get(self, model: type[Found], path: str, **query: str | int) -> Found:
        return model.model_validate(await self._ask("GET", path, params=query))

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = await self._scoring.request(method, path, timeout=TIMEOUT_SECONDS, **options)
        except httpx.HTTPError:
            raise Away from None
        if answer.status_code >= 500:
            raise Away
        found = answer.json()
        if not answer.is_success:
            raise Refused(answer.status_code, f"{found.get('detail', '')} {found.get('remedy', '')}".strip())
        return found
