"""Keeps a node's processes running: starts them, waits until they are ready, restarts one that dies, stops all.

Children are started from the main thread and die with it, so that a killed supervisor leaves nothing behind.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO

import httpx
import psutil

from deploy import valkey
from deploy.local import READY_TIMEOUT_SECONDS, SERVICES, NodeError, Plan, refuse_taken_ports
from deploy.processes import ROOT, dies_with_parent, stop_pid, write_private
from shared.runtime.settings import ServiceName
from shared.runtime.tls import trusted

STOP_GRACE_SECONDS = 8.0
FIRST_BACKOFF_SECONDS = 0.5
MOST_BACKOFF_SECONDS = 15.0
STEADY_AFTER_SECONDS = 30.0

Say = Callable[[str], None]


class Supervisor:
    """The processes of one node. Use :func:`running`."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self.plan = plan
        self.say = say
        self._carrier: valkey.Valkey | None = None
        self._processes: dict[ServiceName, asyncio.subprocess.Process] = {}
        self._stopping = False

    @property
    def redis_url(self) -> str:
        """The carrier's address; it may hold a password."""
        return self._carrier.url if self._carrier else self.plan.given_redis_url or ""

    def start_carrier(self) -> None:
        """Start the embedded Valkey, unless a Redis is given."""
        if self.plan.given_redis_url is None:
            port = self._carrier.port if self._carrier else None
            self._carrier = valkey.start(self.plan.data_dir, port)

    async def start(self, service: ServiceName) -> asyncio.subprocess.Process:
        """Start one service's process, its output appended to its log."""
        log_file = self.plan.log_file(service)
        log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log_file.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.plan.command(service),
                cwd=ROOT,
                env=self.plan.environment(service, self.redis_url),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which stops the others in order
                preexec_fn=dies_with_parent(),
            )
        self._processes[service] = process
        self._record()
        return process

    async def keep(self, service: ServiceName) -> None:
        """Run a service until the node stops; when it dies, say so and start it again, later each time."""
        loop, backoff = asyncio.get_running_loop(), FIRST_BACKOFF_SECONDS
        while not self._stopping:
            began = loop.time()
            code = await (await self.start(service)).wait()
            if self._stopping:
                return
            if loop.time() - began > STEADY_AFTER_SECONDS:
                backoff = FIRST_BACKOFF_SECONDS
            log_file = self.plan.log_file(service)
            self.say(f"{service} ended ({_how(code)}); starting it again in {backoff:g} s. Log: {log_file}")
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, MOST_BACKOFF_SECONDS)

    async def keep_carrier(self) -> None:
        """Start the embedded Valkey again, at the same address, whenever it dies."""
        while self._carrier and not self._stopping:
            await asyncio.to_thread(self._carrier.process.wait)
            if self._stopping:
                return
            self.say(f"valkey ended ({_how(self._carrier.process.returncode)}); starting it again.")
            self._carrier.kill()
            self.start_carrier()
            self._record()

    async def wait_until_ready(self, timeout_seconds: float = READY_TIMEOUT_SECONDS) -> None:
        """Return when every service says it is ready. Raises :class:`NodeError` naming those that don't."""
        async with httpx.AsyncClient(timeout=2, trust_env=False, verify=trusted()) as client:
            try:
                async with asyncio.timeout(timeout_seconds):
                    await asyncio.gather(*(_ready(client, self.plan.url_of(service)) for service in SERVICES))
            except TimeoutError:
                late = [f"{s} ({await _reason(client, self.plan.url_of(s))})" for s in SERVICES]
                logs = self.plan.data_dir / "logs"
                raise NodeError(
                    f"Not ready after {timeout_seconds:g} s: {', '.join(late)}. The logs are in {logs}."
                ) from None

    async def stop(self) -> None:
        """Stop the services, the last started first asked, then the carrier; whoever does not end is ended."""
        self._stopping = True
        for service in reversed(SERVICES):
            _signal(self._processes.get(service), "terminate")
        alive = [process.wait() for process in self._processes.values()]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*alive), STOP_GRACE_SECONDS)
        for process in self._processes.values():
            _signal(process, "kill")
        if self._carrier:
            await asyncio.to_thread(self._carrier.stop)
        _state_file(self.plan).unlink(missing_ok=True)

    def kill_now(self) -> None:
        """The second Ctrl-C: no more grace."""
        for process in self._processes.values():
            _signal(process, "kill")

    def _record(self) -> None:
        """Leave what other commands of this machine need; the file holds the carrier's password."""
        state = {
            "node": self.plan.node,
            "base_port": self.plan.base_port,
            "redis_url": self.redis_url,
            "supervisor": os.getpid(),
            "pids": {service: process.pid for service, process in self._processes.items()},
        }
        write_private(_state_file(self.plan), json.dumps(state, indent=1))


@contextlib.asynccontextmanager
async def running(
    plan: Plan, say: Say, before_services: Callable[[str], Awaitable[None]] | None = None
) -> AsyncIterator[Supervisor]:
    """The node's processes, ready to be used; stopped on the way out.

    ``before_services`` is awaited with the carrier's address when the carrier runs and no service does.
    Raises :class:`NodeError` when the data folder has a living owner, a port is taken or a service never gets ready.
    """
    lock = _own(plan)
    supervisor = Supervisor(plan, say)
    tasks: list[asyncio.Task[None]] = []
    try:
        _stop_orphans(plan)
        refuse_taken_ports(plan)
        supervisor.start_carrier()
        if before_services:
            await before_services(supervisor.redis_url)
        tasks = [asyncio.create_task(supervisor.keep(service)) for service in SERVICES]
        tasks.append(asyncio.create_task(supervisor.keep_carrier()))
        await supervisor.wait_until_ready()
        yield supervisor
    finally:
        await supervisor.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        lock.close()


def _own(plan: Plan) -> IO[str]:
    plan.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (plan.data_dir / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise NodeError(
            f"A node is already running on {plan.data_dir}: stop it first, or set BERSINAR_DATA_DIR to another folder."
        ) from None
    return lock


def _stop_orphans(plan: Plan) -> None:
    """Stop services a killed supervisor left behind (where the kernel does not do it for us)."""
    pids: dict[str, int] = read_state(plan.data_dir).get("pids", {})  # type: ignore[assignment]
    for service, pid in pids.items():
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            ours = process.environ().get("BERSINAR_DATA_DIR") == str(plan.data_dir)
            if ours and f"services.{service}.app" in process.cmdline():
                stop_pid(pid)


def read_state(data_dir: Path) -> dict[str, object]:
    """What a running node left for other commands of this machine; empty when none runs."""
    try:
        state = json.loads((data_dir / "node.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return state if isinstance(state, dict) else {}


def _state_file(plan: Plan) -> Path:
    return plan.data_dir / "node.json"


def _signal(process: asyncio.subprocess.Process | None, name: str) -> None:
    if process is not None and process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            getattr(process, name)()


def _how(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


async def _ready(client: httpx.AsyncClient, url: str) -> None:
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get(f"{url}/readyz")).status_code == httpx.codes.OK:
                return
        await asyncio.sleep(0.1)


async def _reason(client: httpx.AsyncClient, url: str) -> str:
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx.HTTPError:
        return "does not answer"
    if answer.status_code == httpx.codes.OK:
        return "ready"
    reasons: dict[str, str] = answer.json().get("reasons", {})
    return "; ".join(f"{name}: {reason}" for name, reason in reasons.items()) or "not ready"
