"""``bersinar up`` as an operator meets it: a real terminal command, real processes, real ports."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local import SERVICES
from deploy.processes import ROOT
from shared.runtime.settings import PORT_OFFSETS
from tests.support.node import free_base_port

pytestmark = pytest.mark.serial
START_SECONDS = 90.0


class Up:
    """A running ``bersinar up`` and what it has printed."""

    def __init__(self, data_dir: Path, port: int, *arguments: str) -> None:
        self.data_dir, self.port, self.lines = data_dir, port, list[str]()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", *arguments],
            cwd=ROOT,
            env=environment(data_dir, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,  # select sees what the pipe holds, not what a buffer has already taken from it
        )

    @property
    def last_line(self) -> str:
        return f"Bersinar node 3276 is up: http://127.0.0.1:{self.port}"

    def wait_until_up(self) -> float:
        """Seconds until the last line was printed."""
        began = time.monotonic()
        assert self.process.stdout is not None
        while time.monotonic() - began < START_SECONDS:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                line = self.process.stdout.readline().decode().rstrip()
                self.lines.append(line)
                if line == self.last_line:
                    return time.monotonic() - began
            if self.process.poll() is not None:
                break
        raise AssertionError("\n".join([*self.lines, *self._logs()]))

    def _logs(self) -> list[str]:
        return [f"{path.name}: {path.read_text()[-1500:]}" for path in (self.data_dir / "logs").glob("*.log")]

    def family(self) -> list[psutil.Process]:
        """The command and everything it has started."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port + PORT_OFFSETS[service]}"  # type: ignore[index]

    def get(self, service: str, path: str) -> httpx.Response:
        token = (self.data_dir / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(self.url(service) + path, headers=headers, trust_env=False, timeout=10, follow_redirects=True)


def environment(data_dir: Path, port: int) -> dict[str, str]:
    """What an operator sets; the width keeps long lines in one piece."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BERSINAR_")}
    return {**clean, "BERSINAR_DATA_DIR": str(data_dir), "BERSINAR_PORT": str(port), "PYTHONUNBUFFERED": "1"}


def gone(processes: list[psutil.Process], seconds: float = 15.0) -> bool:
    """Whether all have ended in time; a zombie has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.05)
    return False


@contextmanager
def node_up(data_dir: Path, port: int, *arguments: str) -> Iterator[Up]:
    up = Up(data_dir, port, *arguments)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
            up.process.wait(30)


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
        victim = next(p for p in up.family() if "services.scoring.app" in p.cmdline())
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
