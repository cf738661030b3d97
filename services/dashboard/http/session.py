"""Signing in with a browser: the node's token once, then a cookie made from it that doesn't reveal it.

A cookie is ``<expiry>.<HMAC-SHA256 of the expiry under the token>``: nothing is stored, a new token ends every
session. HttpOnly keeps it from scripts, SameSite=Strict from other sites.
"""

import hmac
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from starlette.types import Scope

COOKIE = "bersinar_session"
PURPOSE = b"bersinar dashboard session"
FAILURES_MAX = 10
FAILURES_WINDOW_SECONDS = 60


class Sessions:
    """Makes and checks cookies. ``clock`` gives seconds since 1970."""

    def __init__(self, token: str, days: int, clock: Callable[[], float]) -> None:
        self._key = hmac.digest(token.encode(), PURPOSE, "sha256")
        self.max_age_seconds = days * 86_400
        self._clock = clock

    def make(self) -> str:
        """A cookie's value, good from now on."""
        expiry = str(int(self._clock()) + self.max_age_seconds)
        return f"{expiry}.{self._signature(expiry)}"

    def is_valid(self, value: str) -> bool:
        """Whether a cookie was made here and hasn't run out."""
        expiry, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(expiry).encode()):
            return False
        return int(expiry) > self._clock()

    def holds(self, scope: Scope) -> bool:
        """Whether a request carries a valid cookie."""
        header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        try:
            morsel = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return False
        return morsel is not None and self.is_valid(morsel.value)

    def _signature(self, expiry: str) -> str:
        return hmac.new(self._key, expiry.encode(), "sha256").hexdigest()


class Attempts:
    """Slows guessing down: after too many failures within a minute nobody gets to try for the rest of it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: list[float] = []

    def wait_seconds(self) -> int:
        """How long to wait before the next try; 0 for not at all."""
        now = self._clock()
        self._failures = [at for at in self._failures if at > now - FAILURES_WINDOW_SECONDS]
        if len(self._failures) < FAILURES_MAX:
            return 0
        return int(self._failures[0] + FAILURES_WINDOW_SECONDS - now) + 1

    def failed(self) -> None:
        """Notes a failure."""
        self._failures.append(self._clock())


def safe_next(path: str | None) -> str:
    """Where to go after signing in: a path of this site, or the start."""
    if path and path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path:
        return path
    return "/"
