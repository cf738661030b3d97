"""Nodes that have loaded the Depok case."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local import SERVICES
from tests.support import databases
from tests.support.fixtures import server_address
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
        seed = [sys.executable, "-m", "services.registry.seed", "--case", "depok"]
        subprocess.run(seed, env=node.plan.environment("registry", node.redis_url), check=True)
        return node

    yield make
    for node in nodes:
        node.close()
    for url in made:
        databases.drop(url, server_address("postgres"))
