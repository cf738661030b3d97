"""The topology: every process is told the same node, and what can't run is refused in one line."""

import socket
from pathlib import Path

import pytest

from deploy.local import SERVICES, NodeError, NodeSettings, plan, refuse_taken_ports
from tests.support.node import free_base_port


def test_each_service_gets_its_own_port_and_database(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://u@h/bersinar_{service}"
    node = plan(NodeSettings(data_dir=tmp_path, port=9000, database_url=url))
    assert [node.port_of(service) for service in SERVICES] == [9001, 9002, 9003, 9000]
    told = {node.environment(service, "redis://x")["BERSINAR_DATABASE_URL"] for service in SERVICES}
    assert told == {f"postgresql+asyncpg://u@h/bersinar_{service}" for service in SERVICES}


def test_one_database_for_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="BERSINAR_DATABASE_URL"):
        plan(NodeSettings(data_dir=tmp_path, database_url="postgresql+asyncpg://u@h/one"))


def test_a_given_redis_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plan(NodeSettings(data_dir=tmp_path)).given_redis_url is None
    monkeypatch.setenv("BERSINAR_REDIS_URL", "redis://elsewhere:6379/0")
    assert plan(NodeSettings(data_dir=tmp_path)).given_redis_url == "redis://elsewhere:6379/0"


def test_a_taken_port_names_the_port_and_the_setting(tmp_path: Path) -> None:
    base = free_base_port()
    node = plan(NodeSettings(data_dir=tmp_path, port=base))
    refuse_taken_ports(node)
    with socket.socket() as other:
        other.bind(("127.0.0.1", base + 2))
        other.listen()
        with pytest.raises(NodeError, match=rf"Port {base + 2} \(scoring\).*BERSINAR_PORT"):
            refuse_taken_ports(node)
