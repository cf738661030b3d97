"""The pages around a city's index: why it moved, what would move it, every value side by side, its villages; and the
province and the nation it belongs to.

What they show comes from scoring at the moment it's asked for. Who may see what is the line of scoring's own address
in the permission matrix.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Path, Query, Request
from fastapi.responses import Response

from services.dashboard import areas, planning, reasons, villages
from services.dashboard.campaigns import Away
from services.dashboard.cities import Cities
from services.dashboard.http.caller import ask_in
from services.dashboard.http.pages import YEAR, guarded, page_of, words_of
from services.dashboard.indices import Indices, Refused
from services.dashboard.instruments import Instruments
from services.dashboard.printed import Totals
from services.dashboard.rendering import Pages
from services.dashboard.scored import Status
from services.dashboard.view import Place
from services.dashboard.wording import Wording
from shared import access
from shared.access import Actor
from shared.contracts.scoring import Reading
from shared.regions import tree
from shared.runtime import clock
from shared.runtime.web import Authenticate, Routes

FIRST_YEAR, NATION = 2019, "ID"
AREA = Path(pattern=r"^(ID|\d{2})$")
YearOrLatest = Annotated[int | None, YEAR]


@dataclass(frozen=True)
class Visit:
    """Somebody who may look, and at what. Of a wider area ``place`` is the node's first city."""

    request: Request
    words: Wording
    place: Place
    year: int
    actor: Actor


Content = Callable[[Visit], Awaitable[dict[str, Any]]]


class Insights:
    """What the pages share: who may look, what stands on each of them, and what is said when it can't be had."""

    def __init__(
        self,
        cities: Cities,
        instruments: Instruments,
        indices: Indices,
        totals: Totals,
        pages: Pages,
        signed_in: Authenticate,
    ) -> None:
        self.cities, self.instruments, self.indices = cities, instruments, indices
        self.totals, self.pages, self.signed_in = totals, pages, signed_in

    async def of_city(self, request: Request, region: str, year: int | None, endpoint: str) -> Visit | Response:
        """The visit, or the answer that keeps somebody out. ``endpoint`` is the address of scoring it shows."""
        refused = await guarded(request, self.signed_in)
        if refused is not None:
            return refused
        words = words_of(request)
        ask_in(words.language)
        place = self.cities.places.served.get(region)
        if place is None:
            served = ", ".join(one.name for one in self.cities.places.served.values())
            sentence = words.text("error.city_not_here", region=region[:8], served=served)
            return page_of(request, words, self.pages.missing(words, sentence), status=404)
        actor = _admitted(endpoint, await self.signed_in(request.scope))
        if actor is None or not any(grant.concerns(region) for grant in actor.grants):
            return self._not_yours(request, words)
        years = await self.cities.years(region, clock.now())
        return Visit(request, words, place, year or years[0], actor)

    async def of_area(self, request: Request, year: int | None, endpoint: str) -> Visit | Response:
        """The visit to a province or the nation."""
        refused = await guarded(request, self.signed_in)
        if refused is not None:
            return refused
        words = words_of(request)
        ask_in(words.language)
        actor = _admitted(endpoint, await self.signed_in(request.scope))
        if actor is None:
            return self._not_yours(request, words)
        place = next(iter(self.cities.places.served.values()))
        years = await self.cities.years(place.code, clock.now())
        return Visit(request, words, place, year or years[0], actor)

    def _not_yours(self, request: Request, words: Wording) -> Response:
        return page_of(request, words, self.pages.missing(words, words.text("error.not_yours")), status=403)

    async def drawn(
        self, visit: Visit | Response, template: str, section: str, content: Content, **more: Any
    ) -> Response:
        """The page, or the page that says why there is nothing on it."""
        if isinstance(visit, Response):
            return visit
        status, found = 200, dict[str, Any]()
        try:
            found = await content(visit)
        except Away:
            status, found = 503, {"problem": visit.words.text("scoring.away")}
        except Refused as refused:
            if refused.status in (401, 403):
                return self._not_yours(visit.request, visit.words)
            status, found = 200 if refused.status == 404 else refused.status, {"problem": refused.sentence}
        context = {"problem": None, "page": None, "found": None, **more, **found}
        html = self.pages.insight(template, visit.words, visit.place, visit.year, section, visit.request.url, **context)
        return page_of(visit.request, visit.words, html, status)

    def reasons(self, reading: Reading, first: date | None, last: date | None) -> Content:
        """What moved a reading between two days."""

        async def content(visit: Visit) -> dict[str, Any]:
            place, period = visit.place, reasons.Period(first, last)
            about = {"period": period, "periods": _periods(place)}
            found = await self.indices.explanation(place.code, visit.year, *period.moments(place.time_zone))
            document = self.instruments.get(found.instrument)
            village = self.cities.places.village
            return {"page": reasons.ReasonsPage(found, reading, period, document, visit.words, village), **about}

        return content

    async def plan(self, visit: Visit) -> dict[str, Any]:
        """What would be, and ways to a goal."""
        view = await self.cities.view(visit.place.code, visit.year, clock.now())
        now = {variable.variable: variable.survey for variable in view.variables}
        query = dict(visit.request.query_params)
        page = await planning.page_of(self.indices, visit.place.code, visit.year, query, view.instrument, now)
        return {"page": page, **self.pages.of_instrument(view.instrument, visit.words)}

    def values(self, area: str) -> Content:
        """Every value of an area."""

        async def content(visit: Visit) -> dict[str, Any]:
            latest = self.instruments.latest
            words = self.pages.of_instrument(latest.outline() if latest else None, visit.words)
            return {"found": await self.indices.values(area), **words}

        return content

    def villages(self, status: Status | None) -> Content:
        """The villages of a city that the visitor may see."""

        async def content(visit: Visit) -> dict[str, Any]:
            found = await self.indices.villages(visit.place.code)
            page = villages.page_of(found, self.cities.places, visit.actor.covers, status)
            return {"page": page, "printed": await self.totals.of_villages(visit.place.code)}

        return content

    def area(self, area: str, reading: Reading) -> Content:
        """A province or the nation."""

        async def content(visit: Visit) -> dict[str, Any]:
            found = await self.indices.rollup(area, visit.year, reading)
            printed = await self.totals.national(visit.year) if area == "ID" else ()
            documents = {e.instrument: d for e in found.editions if (d := self.instruments.get(e.instrument))}
            return {"page": areas.page_of(found, documents, printed)}

        return content


def _admitted(endpoint: str, actor: Actor | None) -> Actor | None:
    """Somebody as scoring would let them act at one of its addresses."""
    return None if actor is None else access.load("scoring").admit(endpoint, actor)


def city_insight_router(insights: Insights) -> Routes:
    """``/kota/<kab/kota>/`` sebab, rencana, nilai, desa."""
    router = Routes(prefix="/kota/{region}", include_in_schema=False)

    @router.get("/sebab")
    async def reasons_page(
        request: Request,
        region: str,
        year: YearOrLatest = None,
        reading: Reading = "running",
        begin: Annotated[str, Query(alias="from", max_length=10)] = "",
        end: Annotated[str, Query(alias="to", max_length=10)] = "",
    ) -> Response:
        visit = await insights.of_city(request, region, year, "explain_index")
        first, last = _day(begin), _day(end)
        content = insights.reasons(reading, first, last)
        period = reasons.Period(first, last)
        return await insights.drawn(
            visit, "reasons.html", "reasons", content, reading=reading, period=period, periods=()
        )

    @router.get("/rencana")
    async def plan_page(request: Request, region: str, year: YearOrLatest = None) -> Response:
        visit = await insights.of_city(request, region, year, "what_if")
        return await insights.drawn(visit, "plan.html", "plan", insights.plan)

    @router.get("/nilai")
    async def values_page(request: Request, region: str) -> Response:
        visit = await insights.of_city(request, region, None, "list_values")
        name = "" if isinstance(visit, Response) else visit.place.name
        content = insights.values(region)
        return await insights.drawn(visit, "values.html", "values", content, name=name, area=region, is_city=True)

    @router.get("/desa")
    async def villages_page(request: Request, region: str, status: Status | None = None) -> Response:
        visit = await insights.of_city(request, region, None, "list_village_years")
        return await insights.drawn(visit, "villages.html", "villages", insights.villages(status), printed=())

    return router


def area_router(insights: Insights) -> Routes:
    """``/wilayah/<provinsi>`` and ``/wilayah/ID``, each with its values side by side."""
    router = Routes(prefix="/wilayah/{area}", include_in_schema=False)

    @router.get("")
    async def area_page(
        request: Request, area: Annotated[str, AREA], year: YearOrLatest = None, reading: Reading = "survey"
    ) -> Response:
        visit = await insights.of_area(request, year, "read_rollup")
        about = {
            "area": area,
            "name": _name(area),
            "reading": reading,
            "years": range(clock.now().year, FIRST_YEAR - 1, -1),
            "own": insights.cities.places.served,
        }
        return await insights.drawn(visit, "area.html", "area", insights.area(area, reading), **about)

    @router.get("/nilai")
    async def area_values_page(request: Request, area: Annotated[str, AREA]) -> Response:
        visit = await insights.of_area(request, None, "list_values")
        about = {"name": _name(area), "area": area, "is_city": False}
        return await insights.drawn(visit, "values.html", "area", insights.values(area), **about)

    return router


def _day(text: str) -> date | None:
    """A day as a form writes it; what isn't one counts as not given."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _periods(place: Place) -> list[tuple[int, date]]:
    """The periods that are offered, each with its first day, today included."""
    today = clock.now().astimezone(ZoneInfo(place.time_zone)).date()
    return [(days, today - timedelta(days=days - 1)) for days in reasons.PERIODS]


def _name(area: str) -> str:
    if area == NATION:
        return "Indonesia"
    try:
        return tree.name_of(area)
    except tree.UnknownRegion:
        return area
