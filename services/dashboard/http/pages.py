"""The pages people open. Without a session each of them leads to the sign-in page."""

from typing import Annotated, Literal
from urllib.parse import parse_qs, quote, unquote

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.dashboard.cities import Cities
from services.dashboard.http.accounts import ACCOUNT_COOKIE, Accounts, Opened, Refused, token_of
from services.dashboard.http.session import COOKIE, Attempts, Sessions, safe_next
from services.dashboard.indices import Indices
from services.dashboard.instruments import Instruments
from services.dashboard.progress import Progress
from services.dashboard.rendering import Pages, city_path
from services.dashboard.shown import has_a_city, may_open, narrowed, own
from services.dashboard.wording import LANGUAGES, Wording, language_of, wording
from shared.access import Actor
from shared.runtime import clock, identity
from shared.runtime.web import Authenticate, Routes

LANGUAGE_COOKIE = "bersinar_language"
LANGUAGE_SECONDS = 365 * 86_400
SSO_COOKIE = "bersinar_sso"
SSO_SECONDS = 600
YEAR = Query(ge=2015, le=2100)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page_router(
    cities: Cities,
    instruments: Instruments,
    pages: Pages,
    progress: Progress,
    indices: Indices,
    signed_in: Authenticate,
) -> Routes:
    """The city's page, the method's page and the way to them."""
    router = Routes(include_in_schema=False)
    first = next(iter(cities.places.served))

    @router.get("/")
    async def start(request: Request) -> Response:
        language = request.query_params.get("lang")
        known = language_of(language) if language in LANGUAGES else None
        actor = await signed_in(request.scope)
        if actor is None:
            return to_sign_in(request)
        cities_of = own(actor, cities.places.served.values())
        if not cities_of:
            return refusal_of(request, words_of(request), pages, actor, "error.not_yours")
        return RedirectResponse(city_path(cities_of[0].code, language=known), 303)

    @router.api_route("/kota/{region}", methods=["GET", "HEAD"])
    async def city(request: Request, region: str, year: Annotated[int | None, YEAR] = None) -> Response:
        actor = await signed_in(request.scope)
        if actor is None:
            return to_sign_in(request)
        words = words_of(request)
        if region not in cities.places.served:
            served = ", ".join(place.name for place in cities.places.served.values())
            sentence = words.text("error.city_not_here", region=region[:8], served=served)
            return page_of(request, words, pages.missing(words, sentence), status=404)
        if not may_open(actor, region):
            reason = "error.not_your_area" if has_a_city(actor) else "error.not_yours"
            return refusal_of(request, words, pages, actor, reason)
        now = clock.now()
        view = narrowed(await cities.view(region, year, now, await progress.underway()), actor)
        return page_of(request, words, pages.city(view, words, now, await indices.standing(region, view.year)))

    @router.get("/cara-menghitung")
    async def method(request: Request, kota: str | None = None) -> Response:
        refused = await guarded(request, signed_in)
        if refused is not None:
            return refused
        words = words_of(request)
        place = cities.places.served.get(kota or first, cities.places.served[first])
        return page_of(
            request, words, pages.method(instruments.for_year(clock.now().year) or instruments.latest, place, words)
        )

    return router


def sign_in_router(token: str, sessions: Sessions, accounts: Accounts, attempts: Attempts, pages: Pages) -> Routes:
    """``/masuk`` takes an account's password or the node's token once and gives a cookie; ``/keluar`` takes it back."""
    router = Routes(include_in_schema=False)

    @router.get("/masuk")
    async def form(request: Request) -> Response:
        words = words_of(request)
        return page_of(request, words, pages.sign_in(words, safe_next(request.query_params.get("next"))))

    @router.post("/masuk")
    async def sign_in(request: Request) -> Response:
        words = words_of(request)
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        target = safe_next(fields.get("next", [None])[0])
        if "login" in fields:
            login, password = fields["login"][0].strip(), fields.get("password", [""])[0]
            opened = await accounts.sign_in(login, password, words)
            return _entered(request, words, pages, opened, target)
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
    async def sign_out(request: Request) -> Response:
        answer = RedirectResponse("/masuk", 303)
        account = token_of(request.scope)
        if account is not None:
            await accounts.sign_out(account)
        answer.delete_cookie(ACCOUNT_COOKIE, path="/", httponly=True, samesite="lax")
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    return router


def sso_router(accounts: Accounts, pages: Pages, redirect_uri: str) -> Routes:
    """The way to another sign-in provider and back; ``redirect_uri`` is where it sends browsers back to."""
    router = Routes(include_in_schema=False)

    @router.get("/masuk/sso")
    async def sso_begin(request: Request) -> Response:
        words, target = words_of(request), safe_next(request.query_params.get("next"))
        begun = await accounts.begin_elsewhere(redirect_uri, words)
        if isinstance(begun, Refused):
            return page_of(request, words, pages.sign_in(words, target, account_problem=begun.sentence), begun.status)
        url, state = begun
        answer = RedirectResponse(url, 303)
        # Comes back with the browser, and only with this one: nobody can be signed in as somebody else by a link.
        _give(answer, request, SSO_COOKIE, f"{state} {quote(target)}", SSO_SECONDS, samesite="lax")
        return answer

    @router.get("/masuk/sso/kembali")
    async def sso_end(request: Request) -> Response:
        words = words_of(request)
        state, _, target = request.cookies.get(SSO_COOKIE, "").strip('"').partition(" ")
        code, came_back = request.query_params.get("code", ""), request.query_params.get("state", "")
        if not state or not code or not identity.valid_token(came_back, state):
            sentence = words.text("signin.sso_lost")
            return page_of(request, words, pages.sign_in(words, "/", account_problem=sentence), 403)
        opened = await accounts.finish_elsewhere(code, state, words)
        answer = _entered(request, words, pages, opened, safe_next(unquote(target)))
        answer.delete_cookie(SSO_COOKIE, path="/", httponly=True, samesite="lax")
        return answer

    return router


def _entered(request: Request, words: Wording, pages: Pages, opened: Opened | Refused, target: str) -> Response:
    """Leads on with the account's cookie, or back to the form with the reason."""
    if isinstance(opened, Refused):
        return page_of(request, words, pages.sign_in(words, target, account_problem=opened.sentence), opened.status)
    answer = RedirectResponse(target, 303)
    _give(answer, request, ACCOUNT_COOKIE, opened.token, opened.seconds, samesite="lax")
    return answer


async def guarded(request: Request, signed_in: Authenticate) -> Response | None:
    """The way to the sign-in page, for whoever isn't signed in."""
    return None if await signed_in(request.scope) is not None else to_sign_in(request)


def to_sign_in(request: Request) -> Response:
    """The way to the sign-in page and back."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/masuk" if here == "/" else f"/masuk?next={quote(here, safe='')}", 303)


def refusal_of(request: Request, words: Wording, pages: Pages, actor: Actor, reason: str) -> Response:
    """The page for whom something isn't: why, what to do about it, and what the account may open instead."""
    return page_of(request, words, pages.refused(words, words.text(reason), own(actor, pages.served)), status=403)


def words_of(request: Request) -> Wording:
    """The words of the language asked for, else the one chosen before, else Indonesian."""
    return wording(language_of(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)))


def page_of(request: Request, words: Wording, html: str, status: int = 200) -> Response:
    """A page with its headers; a language asked for is remembered."""
    answer = HTMLResponse(html, status, headers={**HEADERS, "Content-Language": words.language})
    if request.query_params.get("lang") == words.language:
        _give(answer, request, LANGUAGE_COOKIE, words.language, LANGUAGE_SECONDS)
    return answer


def _give(
    answer: Response,
    request: Request,
    name: str,
    value: str,
    max_age_seconds: int,
    samesite: Literal["strict", "lax"] = "strict",
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite=samesite,
    )
