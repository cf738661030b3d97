"""Nodes that have loaded the Depok case."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local import SERVICES
from tests.support import databases
from tests.support.fixtures import server_address
from tests.support.forked import Forked
from tests.support.node import Node


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[Callable[..., Node]]:
    """Makes nodes with the Depok case loaded; ``postgres=True`` gives each service a PostgreSQL database."""
    nodes: list[Node] = []
    made: list[str] = []

    def make(*, postgres: bool = False) -> Node:
        node = Node(tmp_path / f"node-{len(nodes)}")
        nodes.append(node)
        if postgres:
            first = databases.create(server_address("postgres"))
            made.append(first)
            name = first.rsplit("/", 1)[1]
            made.extend(databases.create_named(server_address("postgres"), f"{name}_{s}") for s in SERVICES)
            node.plan = replace(node.plan, database_url=f"{first}_{{service}}")
        told = node.plan.environment("registry", node.redis_url)
        seeding = Forked("services.registry.seed", ("--case", "depok"), told, node.data_dir / "seed.log")
        assert seeding.wait(120) == 0, (node.data_dir / "seed.log").read_text()
        return node

    yield make
    for node in nodes:
        node.close()
    for url in made:
        databases.drop(url, server_address("postgres"))
