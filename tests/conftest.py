"""What every suite shares: servers, fixtures, and a loud word about what could not run."""

import gc
import os
import signal
import sys

import hypothesis
import pytest

from shared.runtime.web import GARBAGE_THRESHOLD
from tests.support import schema, scratch, servers
from tests.support.fixtures import (  # noqa: F401 - fixtures are found by being here
    MISSING,
    _worker_redis,
    database_kind,
    database_url,
    new_database,
    node,
    own_valkey,
    postgres_url,
    redis_url,
    token,
)
from tests.support.seeded import loaded, seeded  # noqa: F401

# A deadline measures the machine, not the code: how fast something is, `make bench` says.
hypothesis.settings.register_profile("bersinar", deadline=None)
hypothesis.settings.load_profile("bersinar")


# httpx looks for it at every request to an app in this process, and each time through the whole path: it isn't there.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()
    if not hasattr(config, "workerinput"):
        scratch.use_memory()
        servers.open_run()
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _as_if_interrupted)


def _as_if_interrupted(_number: int, _frame: object) -> None:
    """A run that is told to end stops its servers, as one that is interrupted from the keyboard does."""
    raise KeyboardInterrupt


def pytest_sessionfinish() -> None:
    schema.forget()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.close_run()


def pytest_report_header() -> list[str]:
    return [f"{kind}: {servers.choose(kind).words}" for kind in servers.GIVEN]


def pytest_collection_finish() -> None:
    """What has been loaded stays: looking through it for garbage again and again takes a quarter of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    gc.enable()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for a minute, and no core should wait with them."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test after the folder it lies in, so that ``-m`` can choose suites."""
    for item in items:
        for suite in ("integration", "system", "browser", "faults"):
            if suite in item.path.parts:
                item.add_marker(suite)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MISSING in words:
            reason = words[words.index(MISSING) :]
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("SUITES THAT DID NOT RUN", sep="!", red=True, bold=True)
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count} tests: {reason}", red=True)
