"""Children that end with their parent, and the check that a process id still is who we think it is."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
"""The folder the packages live in: where ``python -m services.<name>.app`` is started."""

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1


def dies_with_parent(signal_number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """A ``preexec_fn`` that has the kernel signal the child when its parent is gone. ``None`` outside Linux.

    The parent is the *thread* that starts the child, so children are started from the main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    return partial(die_with, os.getpid(), int(signal_number), ctypes.CDLL(None))


def die_with(parent: int, signal_number: int, libc: ctypes.CDLL) -> None:
    """Asks the kernel to send this process the signal when its parent is gone."""
    libc.prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # the parent ended between fork and prctl
        os.kill(os.getpid(), signal_number)


def write_private(path: Path, content: str) -> None:
    """Replace a file in one step by one that only its owner may read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    draft.replace(path)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """The preferred loopback port when it's free, else one the kernel picks."""
    if preferred and port_is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_running(pid: int, executable: str, working_dir: Path) -> bool:
    """Whether this process runs that executable in that folder: a process id alone may have been given away."""
    try:
        process = psutil.Process(pid)
        same_program = Path(process.exe()).name == executable
        same_place = Path(process.cwd()).resolve() == working_dir.resolve()
        return bool(same_program and same_place and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess, FileNotFoundError):
        return False


def stop_pid(pid: int, grace_seconds: float = 5.0) -> None:
    """Ask a process to end, then end it. One that is gone already is fine."""
    try:
        process = psutil.Process(pid)
        process.terminate()
        if not _ended(process, grace_seconds):
            process.kill()
            _ended(process, grace_seconds)
    except psutil.NoSuchProcess:
        return


def _ended(process: psutil.Process, timeout_seconds: float) -> bool:
    """Whether it ended in time. A zombie has: only its parent can take it off the list."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
