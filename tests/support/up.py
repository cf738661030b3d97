"""A running ``bersinar up``, as an operator has it: the command, its processes, what it prints."""

import os
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

from deploy.processes import ROOT
from shared.runtime.settings import PORT_OFFSETS
from shared.runtime.tls import trusted

START_SECONDS = 90.0


class Up:
    """A running ``bersinar up`` and what it has printed."""

    def __init__(self, data_dir: Path, port: int, *arguments: str, node: str = "3276") -> None:
        self.data_dir, self.port, self.lines, self.node = data_dir, port, list[str](), node
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
        return f"Bersinar node {self.node} is up: http://127.0.0.1:{self.port}"

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
        options = {"trust_env": False, "verify": trusted(), "timeout": 10, "follow_redirects": True}
        return httpx.get(self.url(service) + path, headers=headers, **options)


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
def node_up(data_dir: Path, port: int, *arguments: str, node: str = "3276") -> Iterator[Up]:
    up = Up(data_dir, port, *arguments, node=node)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
            up.process.wait(30)
