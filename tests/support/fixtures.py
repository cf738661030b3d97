"""The fixtures every suite shares. ``tests/conftest.py`` brings them in."""

import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis

from deploy import valkey
from tests.support import databases, servers
from tests.support.node import Node

MISSING = "CANNOT RUN: "


def server_address(kind: servers.Kind) -> str:
    """The run's server, or a loud skip; a failure when ``BERSINAR_TEST_REQUIRE`` names it."""
    try:
        return servers.address(kind)
    except servers.ServerMissingError as error:
        return missing(kind, str(error))


def missing(what: str, reason: str) -> str:
    """Skip the test with its reason; fail it when ``BERSINAR_TEST_REQUIRE`` names what is missing."""
    message = f"{MISSING}{what}: {reason}"
    if what in os.environ.get("BERSINAR_TEST_REQUIRE", "").split(","):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The run's PostgreSQL (its administration database)."""
    return server_address("postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite`` and ``postgresql``: whatever uses this runs once on each."""
    return str(request.param)


@pytest.fixture
def new_database(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes one fresh empty database after the other and answers its SQLAlchemy (async) address."""
    made: list[str] = []

    def on_sqlite() -> str:
        return f"sqlite+aiosqlite:///{tmp_path / f'database-{secrets.token_hex(4)}.db'}"

    def on_postgresql() -> str:
        made.append(databases.create(request.getfixturevalue("postgres_url")))
        return made[-1]

    yield on_sqlite if database_kind == "sqlite" else on_postgresql
    for url in made:
        databases.drop(url, request.getfixturevalue("postgres_url"))


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """A fresh empty database, once on SQLite and once on PostgreSQL."""
    return new_database()


@pytest.fixture(scope="session")
def _worker_redis() -> str:
    """The run's Redis or Valkey, with a database number of this worker's own."""
    base = server_address("redis")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if servers.choose("redis").source == "given":
        return base
    return f"{base.rsplit('/', 1)[0]}/{int(worker) % servers.REDIS_DATABASES}"


@pytest.fixture
def redis_url(_worker_redis: str) -> str:
    """The address of a real Redis or Valkey, flushed before the test."""
    with redis.Redis.from_url(_worker_redis) as client:
        client.flushdb()
    return _worker_redis


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator["OwnValkey"]:
    """A Valkey server of the test's own, to kill, empty and start again at the same address."""
    server = OwnValkey(tmp_path / "own-valkey")
    server.start()
    yield server
    server.stop()


class OwnValkey:
    """A server that a test may do anything to. ``url`` stays the same over restarts."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._server: valkey.Valkey | None = None
        self._port: int | None = None
        self.url = ""

    def start(self, *, empty: bool = False) -> None:
        """Start it, with what it knew before or with nothing."""
        self._server = valkey.start(self._data_dir, self._port, empty=empty)
        self._port, self.url = self._server.port, self._server.url

    def stop(self) -> None:
        """End it cleanly, if it runs."""
        if self._server:
            self._server.stop()
        self._server = None

    def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._server:
            self._server.kill()
        self._server = None


@pytest.fixture
def token(tmp_path: Path) -> str:
    """The bearer token of a data directory at ``tmp_path``."""
    from shared.runtime.identity import load_or_create_token

    return load_or_create_token(tmp_path)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """A node's folder, ports and Valkey; its services start on demand (:class:`tests.support.node.Node`)."""
    node = Node(tmp_path / "node")
    yield node
    node.close()
