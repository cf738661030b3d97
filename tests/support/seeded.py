"""Nodes that have loaded the Depok case: loaded once on each database, copied from then on."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local import SERVICES, Plan
from tests.support import databases
from tests.support.fixtures import server_address
from tests.support.forked import Forked
from tests.support.node import Node

NOWHERE, NO_PORT = "redis://127.0.0.1:1/0", 8000


@dataclass(frozen=True)
class Loaded:
    """A data folder, and the registry's database where it lies on a server."""

    data_dir: Path
    registry_url: str | None


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Loaded]]:
    """Loads the case on SQLite or, with ``True``, on PostgreSQL."""
    made: list[str] = []

    @cache
    def load(postgres: bool) -> Loaded:
        data_dir, url = tmp_path_factory.mktemp("loaded") / "node", None
        data_dir.mkdir()
        if postgres:
            url = databases.create(server_address("postgres"))
            made.append(url)
        told = Plan("3276", data_dir, NO_PORT, NOWHERE, url).environment("registry", NOWHERE)
        log = data_dir.parent / "seed.log"
        assert Forked("services.registry.seed", ("--case", "depok"), told, log).wait(120) == 0, log.read_text()
        return Loaded(data_dir, url)

    yield load
    for url in made:
        databases.drop(url, server_address("postgres"))


@pytest.fixture
def seeded(tmp_path: Path, loaded: Callable[[bool], Loaded]) -> Iterator[Callable[..., Node]]:
    """Makes nodes with the Depok case loaded; ``postgres=True`` gives each service a PostgreSQL database."""
    nodes: list[Node] = []
    made: list[str] = []

    def make(*, postgres: bool = False) -> Node:
        case, folder = loaded(postgres), tmp_path / f"node-{len(nodes)}"
        shutil.copytree(case.data_dir, folder)
        node = Node(folder)
        nodes.append(node)
        if case.registry_url is not None:
            first = databases.create(server_address("postgres"))
            made.append(first)
            for service in SERVICES:
                template = urlsplit(case.registry_url).path[1:] if service == "registry" else "template0"
                name = f"{urlsplit(first).path[1:]}_{service}"
                made.append(databases.create(server_address("postgres"), name, template))
            node.plan = replace(node.plan, database_url=f"{first}_{{service}}")
        return node

    yield make
    for node in nodes:
        node.close()
    for url in made:
        databases.drop(url, server_address("postgres"))
