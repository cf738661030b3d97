"""Whose request a page answers: what the page asks of other services, it asks in that person's name.

So the other service decides who sees what, and its audit log names the person. Without a caller nothing is claimed and
the other service refuses; what the node does by itself has a client of its own.
"""

from collections.abc import Generator
from contextvars import ContextVar

import httpx

_token: ContextVar[str | None] = ContextVar("caller", default=None)
_language: ContextVar[str] = ContextVar("language", default="id")


def ask_as(token: str | None) -> None:
    """From here on this request asks with a token; each request says so for itself."""
    _token.set(token)


def ask_in(language: str) -> None:
    """From here on this request asks in a language: a refusal is shown to whoever looks at the page."""
    _language.set(language)


class AsCaller(httpx.Auth):
    """Puts the caller's token and language on what is asked."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with its token, when there is one."""
        token = _token.get()
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        request.headers["Accept-Language"] = _language.get()
        yield request
