"""The pages people open. Without a session each of them leads to the sign-in page."""

from typing import Annotated
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.dashboard.cities import Cities
from services.dashboard.http.session import COOKIE, Attempts, Sessions, safe_next
from services.dashboard.instruments import Instruments
from services.dashboard.progress import Progress
from services.dashboard.rendering import Pages, city_path
from services.dashboard.wording import LANGUAGES, Wording, language_of, wording
from shared.runtime import clock, identity
from shared.runtime.web import Authenticate

LANGUAGE_COOKIE = "bersinar_language"
LANGUAGE_SECONDS = 365 * 86_400
YEAR = Query(ge=2015, le=2100)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page_router(
    cities: Cities, instruments: Instruments, pages: Pages, progress: Progress, signed_in: Authenticate
) -> APIRouter:
    """The city's page, the method's page and the way to them."""
    router = APIRouter(include_in_schema=False)
    first = next(iter(cities.places.served))

    @router.get("/")
    async def start(request: Request) -> Response:
        language = request.query_params.get("lang")
        known = language_of(language) if language in LANGUAGES else None
        return await guarded(request, signed_in) or RedirectResponse(city_path(first, language=known), 303)

    @router.api_route("/kota/{region}", methods=["GET", "HEAD"])
    async def city(request: Request, region: str, year: Annotated[int | None, YEAR] = None) -> Response:
        refused = await guarded(request, signed_in)
        if refused is not None:
            return refused
        words = words_of(request)
        if region not in cities.places.served:
            served = ", ".join(place.name for place in cities.places.served.values())
            sentence = words.text("error.city_not_here", region=region[:8], served=served)
            return page_of(request, words, pages.missing(words, sentence), status=404)
        now = clock.now()
        view = await cities.view(region, year, now, await progress.underway())
        return page_of(request, words, pages.city(view, words, now))

    @router.get("/cara-menghitung")
    async def method(request: Request, kota: str | None = None) -> Response:
        refused = await guarded(request, signed_in)
        if refused is not None:
            return refused
        words = words_of(request)
        place = cities.places.served.get(kota or first, cities.places.served[first])
        return page_of(request, words, pages.method(instruments.latest, place, words))

    return router


def sign_in_router(token: str, sessions: Sessions, attempts: Attempts, pages: Pages) -> APIRouter:
    """``/masuk`` takes the token once and gives the cookie; ``/keluar`` takes the cookie back."""
    router = APIRouter(include_in_schema=False)

    @router.get("/masuk")
    async def form(request: Request) -> Response:
        words = words_of(request)
        return page_of(request, words, pages.sign_in(words, safe_next(request.query_params.get("next"))))

    @router.post("/masuk")
    async def sign_in(request: Request) -> Response:
        words = words_of(request)
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        target = safe_next(fields.get("next", [None])[0])
        wait = attempts.wait_seconds()
        if wait:
            problem = words.text("signin.too_many", seconds=wait)
            return page_of(request, words, pages.sign_in(words, target, problem), status=429)
        if not identity.valid_token(fields.get("token", [""])[0].strip(), token):
            attempts.failed()
            problem = words.text("signin.wrong")
            return page_of(request, words, pages.sign_in(words, target, problem), status=403)
        answer = RedirectResponse(target, 303)
        _give(answer, request, COOKIE, sessions.make(), sessions.max_age_seconds)
        return answer

    @router.post("/keluar")
    async def sign_out() -> Response:
        answer = RedirectResponse("/masuk", 303)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    return router


async def guarded(request: Request, signed_in: Authenticate) -> Response | None:
    """The way to the sign-in page, for whoever isn't signed in."""
    if await signed_in(request.scope) is not None:
        return None
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/masuk" if here == "/" else f"/masuk?next={quote(here, safe='')}", 303)


def words_of(request: Request) -> Wording:
    """The words of the language asked for, else the one chosen before, else Indonesian."""
    return wording(language_of(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)))


def page_of(request: Request, words: Wording, html: str, status: int = 200) -> Response:
    """A page with its headers; a language asked for is remembered."""
    answer = HTMLResponse(html, status, headers={**HEADERS, "Content-Language": words.language})
    if request.query_params.get("lang") == words.language:
        _give(answer, request, LANGUAGE_COOKIE, words.language, LANGUAGE_SECONDS)
    return answer


def _give(answer: Response, request: Request, name: str, value: str, max_age_seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
