"""Whom outgoing HTTPS connections trust."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The usual authorities. One for all clients of a process: reading them takes 50 ms each time."""
    return httpx.create_ssl_context(trust_env=False)
