"""The page of a city's surveys: how many answers there are, whether they will be enough, invitations to hand out."""

from typing import Annotated, Literal

from fastapi import Path, Request
from fastapi.responses import Response

from services.dashboard.campaigns import Away, Campaigns, NotYours
from services.dashboard.http.pages import guarded, page_of, words_of
from services.dashboard.places import Places
from services.dashboard.rendering import Pages
from services.dashboard.view import Place
from services.dashboard.wording import Wording
from shared.runtime.web import Authenticate, Routes

CampaignId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,64}$")]
FileName = Literal["links.csv", "links.html"]
_KEPT = ("content-type", "content-disposition", "content-security-policy", "referrer-policy")


class _Surveys:
    """What the three addresses share: who may look, at which city, and what is said when there is nothing to see."""

    def __init__(self, places: Places, campaigns: Campaigns, pages: Pages, signed_in: Authenticate) -> None:
        self.places, self.campaigns, self.pages, self.signed_in = places, campaigns, pages, signed_in

    async def place(self, request: Request, region: str, words: Wording) -> Place | Response:
        """The city, or the answer that keeps somebody out."""
        refused = await guarded(request, self.signed_in)
        if refused is not None:
            return refused
        actor = await self.signed_in(request.scope)
        place = self.places.served.get(region)
        if place is None or actor is None or not actor.covers(region):
            served = ", ".join(place.name for place in self.places.served.values())
            sentence = words.text("error.city_not_here", region=region[:8], served=served)
            return page_of(request, words, self.pages.missing(words, sentence), status=404)
        return place

    def _not_yours(self, request: Request, words: Wording) -> Response:
        return page_of(request, words, self.pages.missing(words, words.text("error.not_yours")), status=403)

    async def page(self, request: Request, region: str) -> Response:
        """The campaigns of a city."""
        words = words_of(request)
        place = await self.place(request, region, words)
        if isinstance(place, Response):
            return place
        try:
            found = await self.campaigns.of_city(region)
            official = await self.campaigns.official(region)
        except Away:
            return page_of(request, words, self.pages.surveys(place, None, (), words), status=503)
        except NotYours:
            return self._not_yours(request, words)
        return page_of(request, words, self.pages.surveys(place, found, official, words, self.places.village))

    async def file(self, request: Request, region: str, campaign_id: str, name: FileName) -> Response:
        """The invitations of a campaign."""
        words = words_of(request)
        place = await self.place(request, region, words)
        if isinstance(place, Response):
            return place
        try:
            answer = await self.campaigns.file(region, campaign_id, name)
        except Away:
            return page_of(request, words, self.pages.missing(words, words.text("surveys.away")), status=503)
        except NotYours:
            return self._not_yours(request, words)
        if answer is None:
            return page_of(request, words, self.pages.missing(words, words.text("surveys.none")), status=404)
        headers = {header: answer.headers[header] for header in _KEPT if header in answer.headers}
        return Response(answer.content, headers={**headers, "Cache-Control": "no-store"})


def survey_router(places: Places, campaigns: Campaigns, pages: Pages, signed_in: Authenticate) -> Routes:
    """``/survei/<kab/kota>`` and the two files of a campaign's invitations."""
    router = Routes(prefix="/survei", include_in_schema=False)
    shown = _Surveys(places, campaigns, pages, signed_in)

    @router.get("/{region}")
    async def surveys(request: Request, region: str) -> Response:
        return await shown.page(request, region)

    @router.get("/{region}/{campaign_id}/undangan.csv")
    async def survey_links_file(request: Request, region: str, campaign_id: CampaignId) -> Response:
        return await shown.file(request, region, campaign_id, "links.csv")

    @router.get("/{region}/{campaign_id}/undangan.html")
    async def survey_links_sheet(request: Request, region: str, campaign_id: CampaignId) -> Response:
        return await shown.file(request, region, campaign_id, "links.html")

    return router
