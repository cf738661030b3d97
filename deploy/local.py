"""A whole node on one machine: which processes, in which order, with which settings and ports.

    carrier        Valkey of the data folder, or the Redis that BERSINAR_REDIS_URL names
    registry       base port + 1    records, journal <node>.registry
    scoring        base port + 2    follows registry; journal <node>.scoring
    notifications  base port + 3    follows registry and scoring; journal <node>.notifications
    dashboard      base port        follows all three; pages and live push

Everything a process is told, it is told by environment variables; :mod:`deploy.supervisor` keeps them running.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from deploy.processes import port_is_free
from shared.runtime.settings import PORT_OFFSETS, ServiceName, ServiceSettings

SERVICES: tuple[ServiceName, ...] = ("registry", "scoring", "notifications", "dashboard")
"""In starting order; they stop in the opposite one, the carrier last."""

READY_TIMEOUT_SECONDS = 60.0


class NodeSettings(ServiceSettings):
    """What ``bersinar up`` reads itself; the services read the same variables."""

    service = "dashboard"

    case: str = Field(
        "depok", pattern=r"^[a-z]*$", description="The case loaded on the first start; empty for an office's own data."
    )


class NodeError(RuntimeError):
    """The node can't start; the message is one line that says what to do."""


@dataclass(frozen=True)
class Plan:
    """One node, ready to be started."""

    node: str
    data_dir: Path
    base_port: int
    given_redis_url: str | None
    database_url: str | None
    regions: str = "32.76"
    case: str = "depok"

    def port_of(self, service: ServiceName) -> int:
        """Where a service listens."""
        return self.base_port + PORT_OFFSETS[service]

    def url_of(self, service: ServiceName) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.port_of(service)}"

    def command(self, service: ServiceName) -> tuple[str, ...]:
        """The arguments after the Python interpreter."""
        return ("-m", f"services.{service}")

    def environment(self, service: ServiceName, redis_url: str) -> dict[str, str]:
        """All that a service is told; what the caller's environment says of other things stays."""
        told = {
            "BERSINAR_NODE": self.node,
            "BERSINAR_REGIONS": self.regions,
            "BERSINAR_CASE": self.case,
            "BERSINAR_DATA_DIR": str(self.data_dir),
            "BERSINAR_PORT": str(self.base_port),
            "BERSINAR_REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # each thread with a heap of its own costs memory and gains nothing here
        }
        if self.database_url:
            told["BERSINAR_DATABASE_URL"] = self.database_url.replace("{service}", service)
        return {**os.environ, **told}

    def log_file(self, service: str) -> Path:
        """Where a process' standard output and error go."""
        return self.data_dir / "logs" / f"{service}.log"


def plan(settings: NodeSettings) -> Plan:
    """The node these settings describe. Raises :class:`NodeError` when it could not run."""
    if settings.database_url and "{service}" not in settings.database_url:
        raise NodeError(
            "BERSINAR_DATABASE_URL must hold {service}, so that every service gets a database of its own "
            "(postgresql+asyncpg://…/bersinar_{service})"
        )
    return Plan(
        node=settings.node,
        data_dir=settings.data_dir.resolve(),
        base_port=settings.port,
        given_redis_url=settings.redis_url if "redis_url" in settings.model_fields_set else None,
        database_url=settings.database_url,
        regions=settings.regions,
        case=settings.case,
    )


def refuse_taken_ports(plan: Plan) -> None:
    """Raise :class:`NodeError` with one line that names the first taken port and the setting that moves it."""
    for service in sorted(SERVICES, key=plan.port_of):
        port = plan.port_of(service)
        if not port_is_free(port):
            raise NodeError(
                f"Port {port} ({service}) is taken by another program: stop it, or set BERSINAR_PORT to a base port "
                f"with four free ports (for instance BERSINAR_PORT={plan.base_port + 100})."
            )
