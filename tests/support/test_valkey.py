"""The embedded server: one owner to a folder, orphans are stopped, nothing is open to the neighbours."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis

from deploy import valkey
from deploy.processes import ROOT, is_running

START_AND_DIE = """
import os, pathlib, sys
from deploy import valkey
if sys.argv[2] == "orphan":
    valkey.dies_with_parent = lambda: None
print(valkey.start(pathlib.Path(sys.argv[1])).pid, flush=True)
os.kill(os.getpid(), 9)
"""


def _start_and_die(data_dir: Path, how: str) -> int:
    command = [sys.executable, "-c", START_AND_DIE, str(data_dir), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return int(done.stdout)


def test_a_second_owner_is_kept_out(tmp_path: Path) -> None:
    server = valkey.start(tmp_path)
    try:
        with pytest.raises(valkey.DataDirectoryInUseError, match="in use"):
            valkey.start(tmp_path)
    finally:
        server.stop()
    valkey.start(tmp_path).kill()


def test_writes_survive_a_kill(tmp_path: Path) -> None:
    server = valkey.start(tmp_path)
    with redis.Redis.from_url(server.url) as client:
        client.xadd("s", {"e": "1"}, id="1-0")
        assert client.config_get("appendonly", "appendfsync", "save") == {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
        }
    server.kill()
    server = valkey.start(tmp_path)
    with redis.Redis.from_url(server.url) as client:
        assert client.xlen("s") == 1
    server.stop()


def test_an_orphan_is_stopped(tmp_path: Path) -> None:
    orphan = _start_and_die(tmp_path, "orphan")
    assert is_running(orphan, valkey.EXECUTABLE, tmp_path / "valkey")
    server = valkey.start(tmp_path)
    assert not is_running(orphan, valkey.EXECUTABLE, tmp_path / "valkey")
    server.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of this system does not end orphans")
def test_the_server_dies_with_its_owner(tmp_path: Path) -> None:
    pid, deadline = _start_and_die(tmp_path, "child"), time.monotonic() + 5
    while is_running(pid, valkey.EXECUTABLE, tmp_path / "valkey") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid, valkey.EXECUTABLE, tmp_path / "valkey")


def test_a_foreign_process_with_the_old_id_is_left_alone(tmp_path: Path) -> None:
    directory = tmp_path / "valkey"
    directory.mkdir()
    (directory / "server.json").write_text(f'{{"pid": {os.getpid()}, "port": 1}}')
    valkey.start(tmp_path).stop()
    assert psutil.pid_exists(os.getpid())


def test_it_wants_a_password_that_no_command_line_shows(tmp_path: Path) -> None:
    server = valkey.start(tmp_path)
    try:
        password = (tmp_path / "valkey" / "password").read_text()
        assert stat.S_IMODE((tmp_path / "valkey" / "password").stat().st_mode) == 0o600
        assert password not in " ".join(psutil.Process(server.pid).cmdline())
        with redis.Redis(port=server.port) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
    finally:
        server.stop()
