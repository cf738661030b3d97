"""Survey campaigns as the registry tells them now: nothing of them is kept here."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict

CAMPAIGNS_MAX = 6
"""The latest ones of a city; a page holds no more."""

Outlook = Literal["met", "not_started", "on_track", "at_risk", "short"]


class Cell(BaseModel):
    """One respondent group, of one village in a survey of villages."""

    model_config = ConfigDict(frozen=True)

    group: str
    village: str | None
    answers: int
    excluded: int
    flagged: int
    quota: int
    waiting: int
    needed_per_day: int
    expected: int
    outlook: Outlook

    @property
    def share(self) -> float:
        """Percent of the quota, at most 100."""
        return round(min(self.answers / self.quota, 1.0) * 100, 1) if self.quota else 0.0


class Campaign(BaseModel):
    """A campaign and where it stands."""

    model_config = ConfigDict(frozen=True)

    campaign_id: str
    year: int
    instrument: str
    state: str
    opens_on: date
    closes_on: date
    days_left: int
    answers: int
    quota: int
    outlook: Outlook
    cells: Sequence[Cell]

    @property
    def is_of_villages(self) -> bool:
        """Whether its groups are those of villages."""
        return any(cell.village for cell in self.cells)


class Official(BaseModel):
    """The value of a locked period, as scoring wrote it down; each correction is a revision with a name."""

    model_config = ConfigDict(frozen=True)

    year: int
    instrument: str = ""
    revision: int
    revision_name: str | None
    value: Decimal | None
    band: str | None
    at: datetime


class Away(Exception):
    """The registry or scoring isn't answering; what they know can't be shown now."""


class NotYours(Exception):
    """The service asked doesn't let whoever looks see this."""


class Campaigns:
    """Asks the registry, and scoring for official values."""

    def __init__(self, registry: httpx.AsyncClient, scoring: httpx.AsyncClient) -> None:
        self._registry, self._scoring = registry, scoring

    async def of_city(self, region: str) -> list[Campaign]:
        """The latest campaigns of a city with their progress. Raises :class:`Away` and :class:`NotYours`."""
        query: dict[str, str | int] = {"region": region, "sort": "-year,id", "limit": CAMPAIGNS_MAX}
        listed = await _get(self._registry, "/v1/campaigns", query)
        paths = [f"/v1/campaigns/{campaign['id']}/progress" for campaign in listed.json()["items"]]
        answers = await asyncio.gather(*(_get(self._registry, path) for path in paths))
        return [Campaign.model_validate_json(answer.content) for answer in answers]

    async def official(self, region: str) -> list[Official]:
        """Official values of a city, the latest year and revision first. Raises :class:`Away`."""
        answer = await _get(self._scoring, f"/v1/indices/{region}/official")
        return [Official.model_validate(row) for row in answer.json()["items"]]

    async def file(
        self, region: str, campaign_id: str, name: Literal["links.csv", "links.html"]
    ) -> httpx.Response | None:
        """The invitations of a city's campaign, to send or to print; ``None`` when the city has no such campaign."""
        campaign = await _get(self._registry, f"/v1/campaigns/{campaign_id}")
        if campaign.status_code != 200 or campaign.json()["region"] != region:
            return None
        return await _get(self._registry, f"/v1/campaigns/{campaign_id}/{name}")


async def _get(client: httpx.AsyncClient, path: str, query: dict[str, str | int] | None = None) -> httpx.Response:
    try:
        answer = await client.get(path, params=query)
    except httpx.HTTPError:
        raise Away from None
    if answer.status_code >= 500:
        raise Away
    if answer.status_code in (401, 403):
        raise NotYours
    return answer
