"""A node's services as real processes, to be started, killed, started again and looked into."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from deploy import valkey
from deploy.local import SERVICES, Plan
from deploy.processes import port_is_free
from shared.runtime.identity import load_or_create_token
from shared.runtime.settings import ServiceName
from shared.runtime.tls import trusted
from tests.support.forked import Forked

READY_TIMEOUT_SECONDS = 30.0
_FIRST_PORT, _LAST_PORT = 20_000, 32_000


def free_base_port() -> int:
    """A base port with four free ports, below the range the kernel hands out; workers look in different places."""
    start = _FIRST_PORT + (os.getpid() * 53 + int(time.monotonic() * 1000) * 7) % (_LAST_PORT - _FIRST_PORT)
    base: int
    for base in (*range(start, _LAST_PORT, 4), *range(_FIRST_PORT, start, 4)):
        if all(port_is_free(base + offset) for offset in range(4)):
            return base
    raise RuntimeError("no four free ports in a row")


class Node:
    """One data folder, four ports, a Valkey of its own (unless ``redis_url`` is given), services on demand."""

    def __init__(self, data_dir: Path, redis_url: str | None = None, **environment: str) -> None:
        self.data_dir = data_dir.resolve()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.environment = environment
        self.token = load_or_create_token(self.data_dir)
        self.valkey = None if redis_url else valkey.start(self.data_dir)
        self.redis_url = redis_url or (self.valkey.url if self.valkey else "")
        self.plan = Plan("3276", self.data_dir, free_base_port(), self.redis_url, None)
        self.processes: dict[ServiceName, Forked] = {}

    def start(self, *services: ServiceName, wait: bool = True, environment: Mapping[str, str] | None = None) -> None:
        """Start services (all of them when none is named), or start them again; wait until they are ready.

        ``environment`` is added to the node's, for instance ``{"BERSINAR_CRASH_AT": "publisher.numbered"}``.
        """
        for service in services or SERVICES:
            log = self.plan.log_file(service)
            log.parent.mkdir(parents=True, exist_ok=True)
            told = self.plan.environment(service, self.redis_url) | self.environment | dict(environment or {})
            self.processes[service] = Forked(f"services.{service}.app", (), told, log)
        if wait:
            self.wait_ready(*(services or SERVICES))

    def wait_ready(self, *services: ServiceName, timeout_seconds: float = READY_TIMEOUT_SECONDS) -> None:
        """Wait for ``/readyz``. A service that ends meanwhile, or is late, fails with the end of its log."""
        deadline = time.monotonic() + timeout_seconds
        for service in services or SERVICES:
            while not self.is_ready(service):
                code = self.processes[service].poll()
                if code is not None or time.monotonic() > deadline:
                    state = "is not ready" if code is None else f"ended with {code}"
                    raise AssertionError(f"{service} {state}:\n{self.log(service)[-3000:]}")
                time.sleep(0.05)

    def is_ready(self, service: ServiceName) -> bool:
        """What ``/readyz`` says now; a service that doesn't answer isn't ready."""
        try:
            return (
                httpx.get(f"{self.url(service)}/readyz", timeout=2, trust_env=False, verify=trusted()).status_code
                == 200
            )
        except httpx.HTTPError:
            return False

    def kill(self, *services: ServiceName) -> None:
        """SIGKILL, and wait until they are gone."""
        for service in services or SERVICES:
            self.processes[service].kill()
            self.processes[service].wait()

    def stop(self, *services: ServiceName) -> None:
        """SIGTERM, and wait until they have ended."""
        chosen: Iterable[ServiceName] = services or tuple(self.processes)
        for service in chosen:
            self.processes[service].terminate()
        for service in chosen:
            self.processes[service].wait(15)

    def wait_dead(self, service: ServiceName, timeout_seconds: float = 20.0) -> int:
        """Wait until a service has ended by itself (a crash point); its exit code, negative for a signal."""
        return self.processes[service].wait(timeout_seconds)

    def restart_valkey(self, *, empty: bool = False) -> None:
        """Kill the node's Valkey and start it at the same address, with its data or without."""
        self.kill_valkey()
        self.start_valkey(empty=empty)

    def kill_valkey(self) -> None:
        """SIGKILL for the node's Valkey."""
        assert self.valkey is not None
        self.valkey.kill()

    def start_valkey(self, *, empty: bool = False) -> None:
        """Start the node's Valkey again at the same address."""
        assert self.valkey is not None
        self.valkey = valkey.start(self.data_dir, self.valkey.port, empty=empty)

    def url(self, service: ServiceName) -> str:
        """Where a service answers."""
        return self.plan.url_of(service)

    def client(self, service: ServiceName, **options: Any) -> httpx.Client:
        """A signed-in HTTP client of a service."""
        return httpx.Client(**self._options(service), **options)

    def async_client(self, service: ServiceName, **options: Any) -> httpx.AsyncClient:
        """A signed-in asynchronous HTTP client of a service."""
        return httpx.AsyncClient(**self._options(service), **options)

    def _options(self, service: ServiceName) -> dict[str, Any]:
        return {"base_url": self.url(service), "headers": self.headers, "trust_env": False, "verify": trusted()}

    @property
    def headers(self) -> dict[str, str]:
        """The bearer token's header."""
        return {"Authorization": f"Bearer {self.token}"}

    def log(self, service: ServiceName) -> str:
        """Everything a service has written."""
        path = self.plan.log_file(service)
        return path.read_text() if path.exists() else ""

    def log_lines(self, service: ServiceName) -> list[dict[str, Any]]:
        """The JSON lines of a service's log; lines that aren't JSON are left out."""
        return [json.loads(line) for line in self.log(service).splitlines() if line.startswith("{")]

    def close(self) -> None:
        """End everything at once."""
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        if self.valkey and self.valkey.process.poll() is None:
            self.valkey.kill()
