"""``bersinar up`` as an operator meets it: a real terminal command, real processes, real ports."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from deploy.local import SERVICES
from deploy.processes import ROOT
from tests.support.node import free_base_port
from tests.support.up import Up, environment, gone, node_up

pytestmark = pytest.mark.serial


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture(scope="module")
def port() -> int:
    return free_base_port()


def test_the_first_start_loads_data_plays_the_chain_and_ends_with_ctrl_c(data_dir: Path, port: int) -> None:
    with node_up(data_dir, port) as up:
        up.wait_until_up()
        assert up.lines[-1] == up.last_line
        printed = "\n".join(up.lines)
        assert "idn-area-data 4.0.1" in printed
        assert printed.count(" ms") >= 10, printed
        assert "BNNK Depok" in printed, "nobody was told of the change of the band"
        for service in SERVICES:
            assert up.get(service, "/readyz").json() == {"ready": True, "reasons": {}}
        assert "Depok" in up.get("dashboard", "/").text
        family = up.family()
        assert len(family) >= 6
        os.kill(up.process.pid, signal.SIGINT)
        assert up.process.wait(20) == 0
        assert gone(family, 1)


def test_the_second_start_finds_the_data(data_dir: Path, port: int) -> None:
    with node_up(data_dir, port) as up:
        up.wait_until_up()
        assert "idn-area-data" not in "\n".join(up.lines)
        digest = run(data_dir, port, "digest")
        assert re.search(r"^3276\.registry [1-9]\d* [0-9a-f]{64}$", digest.stdout, re.MULTILINE)
        assert re.search(r"^32\.76 2023 [0-9a-f]{64}$", digest.stdout, re.MULTILINE)
        assert "Nothing is parked." in run(data_dir, port, "parked", "list").stdout
        doctor = run(data_dir, port, "doctor")
        assert "NOT OK" not in doctor.stdout
        assert doctor.returncode == 0

        second = run(data_dir, port + 10, "up")
        assert second.returncode == 1
        assert "already running" in second.stdout

        taken = run(data_dir.parent / "other", port, "up")
        assert taken.returncode == 1
        assert f"Port {port} " in taken.stdout
        assert "BERSINAR_PORT" in taken.stdout


def test_a_service_that_dies_is_started_again(data_dir: Path, port: int) -> None:
    with node_up(data_dir, port) as up:
        up.wait_until_up()
        victim = next(p for p in up.family() if "services.scoring" in p.cmdline())
        victim.kill()
        gone([victim])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if up.get("scoring", "/readyz").status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        assert up.get("scoring", "/readyz").json()["ready"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of this system does not end orphans")
def test_nothing_outlives_a_killed_supervisor(data_dir: Path, port: int) -> None:
    up = Up(data_dir, port)
    up.wait_until_up()
    family = up.family()
    up.process.kill()
    up.process.wait()
    assert gone(family)
    with node_up(data_dir, port) as again:
        again.wait_until_up()


def run(data_dir: Path, port: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
