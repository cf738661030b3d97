"""Service processes forked from one that has loaded the services already: a start takes 0.2 s where it took 3.

They are processes like any other, with a pid to kill. Only the loading of modules is shared; the suites in
tests/system start services as an operator does.
"""

import ctypes
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.processes import ROOT, die_with
from shared.runtime import faults

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.loaded"])


class Forked:
    """What the suites use of ``subprocess.Popen``, of a forked process."""

    def __init__(self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._process = _context.Process(target=_run, args=(module, tuple(arguments), dict(environment), log))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """The exit code, negative for a signal; ``None`` while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code once it has ended; :class:`subprocess.TimeoutExpired` when it hasn't in time."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return code

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()


def _run(module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Becomes ``python -m MODULE ARGUMENTS``."""
    if sys.platform.startswith("linux"):
        die_with(os.getppid(), signal.SIGKILL, ctypes.CDLL(None))
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    sys.argv[1:] = arguments
    importlib.reload(faults)  # it looks into the environment when it is loaded
    importlib.import_module(module).main()
