"""Fresh PostgreSQL databases on a running server."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import asyncpg


def create(admin_url: str, name: str | None = None, template: str = "template0") -> str:
    """Make an empty database, or a copy of one nobody is connected to; answers its SQLAlchemy address."""
    name = name or f"test_{secrets.token_hex(6)}"
    _execute(admin_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))


def replace(url: str, admin_url: str, template: str) -> None:
    """Makes an empty database anew, as a copy of another that nobody is connected to."""
    name, original = urlsplit(url).path[1:], urlsplit(template).path[1:]
    _execute(admin_url, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{original}"')


def drop(url: str, admin_url: str) -> None:
    """Drop a database, whoever is still connected to it."""
    _execute(admin_url, f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')


def _execute(admin_url: str, *statements: str) -> None:
    """Statements outside a transaction, on a thread of its own: the test's event loop stays untouched."""

    async def run() -> None:
        connection = await asyncpg.connect(admin_url.replace("+asyncpg", ""))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()
