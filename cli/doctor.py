"""``bersinar doctor``: is this machine fit, and is the node well? Every line that is not ok says what to do."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import redis

from deploy.local import SERVICES, NodeSettings
from deploy.processes import port_is_free
from deploy.supervisor import read_state
from shared.runtime.settings import PORT_OFFSETS
from shared.runtime.tls import trusted

FREE_BYTES_MIN = 1_000_000_000
SECRET_MODE = 0o600


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it's in order, and what to do if not."""

    ok: bool
    subject: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"ok      {self.subject}" if self.ok else f"NOT OK  {self.subject} -> {self.remedy}"


def examine(settings: NodeSettings, say: Callable[[str], Any]) -> bool:
    """Say every finding; whether all are in order."""
    all_ok = True
    for finding in _findings(settings):
        say(str(finding))
        all_ok &= finding.ok
    return all_ok


def _findings(settings: NodeSettings) -> Iterator[Finding]:
    data_dir = settings.data_dir.resolve()
    state = read_state(data_dir)
    yield _python()
    yield from _folder(data_dir)
    if not state:
        yield Finding(False, f"no node runs on {data_dir}", "start it with `bersinar up`, or set BERSINAR_DATA_DIR")
        yield from _ports(settings)
        return
    yield _redis(str(state.get("redis_url", "")))
    token = _secret(data_dir / "token")
    for service in SERVICES:
        yield from _service(service, settings.url_of(service), token)
    yield _mail()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= (3, 11), f"Python {version}", "install Python 3.11 or newer")


def _folder(data_dir: Path) -> Iterator[Finding]:
    yield Finding(
        os.access(data_dir if data_dir.exists() else data_dir.parent, os.W_OK),
        f"data folder {data_dir} can be written",
        "give this user the right to write there, or set BERSINAR_DATA_DIR",
    )
    free = shutil.disk_usage(data_dir if data_dir.exists() else data_dir.parent).free
    yield Finding(free > FREE_BYTES_MIN, f"{free / 1e9:.1f} GB free on its disk", "make room: at least 1 GB")
    for path in (data_dir / "token", data_dir / "keys" / "node.key"):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Finding(mode == SECRET_MODE, f"{path.name} has mode {mode:o}", f"chmod 600 {path}")


def _ports(settings: NodeSettings) -> Iterator[Finding]:
    for service, offset in PORT_OFFSETS.items():
        port = settings.port + offset
        free = port_is_free(port)
        remedy = "stop what listens there, or set BERSINAR_PORT to another base port"
        yield Finding(free, f"port {port} ({service}) is {'free' if free else 'taken'}", remedy)


def _redis(url: str) -> Finding:
    remedy = "look into logs and valkey/valkey.log in the data folder; `bersinar up` starts it again by itself"
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        return Finding(False, f"Redis does not answer ({type(error).__name__})", remedy)
    return Finding(True, "Redis answers")


def _secret(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _service(service: str, url: str, token: str) -> Iterator[Finding]:
    log = f"read logs/{service}.log in the data folder"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=5, trust_env=False, verify=trusted()) as client:
            reasons = client.get("/readyz").json().get("reasons", {})
            words = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
            yield Finding(not reasons, f"{service} is {'not ready: ' + words if words else 'ready'}", log)
            yield from _followers(service, client)
            yield from _parked(service, client)
    except (httpx.HTTPError, ValueError) as error:
        yield Finding(False, f"{service} does not answer at {url} ({type(error).__name__})", log)


def _followers(service: str, client: httpx.Client) -> Iterator[Finding]:
    for follower in client.get("/streams").json().get("followers", []):
        trouble = follower.get("trouble")
        subject = f"{service} follows {follower['stream']}, at {follower['sequence']}"
        yield Finding(trouble is None, subject, f"{trouble}; read logs/{service}.log in the data folder")


def _parked(service: str, client: httpx.Client) -> Iterator[Finding]:
    answer = client.get("/parked")
    if answer.is_success:
        count = len(answer.json()["items"])
        remedy = "read the reasons with `bersinar parked list`; after the fix, `bersinar parked replay`"
        yield Finding(count == 0, f"{service} has {count} parked events", remedy)


def _mail() -> Finding:
    given = bool(os.environ.get("BERSINAR_SMTP_URL"))
    return Finding(True, "a mail server is set" if given else "no mail server is set: e-mails wait (BERSINAR_SMTP_URL)")
