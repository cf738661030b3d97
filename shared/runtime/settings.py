"""Typed settings, read from the environment. docs/settings.md is made from these classes."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime import keysource
from shared.runtime.encryption import Keyring
from shared.runtime.keysource import KeySource

ServiceName = Literal["dashboard", "registry", "scoring", "notifications"]

PORT_OFFSETS: dict[ServiceName, int] = {"dashboard": 0, "registry": 1, "scoring": 2, "notifications": 3}


def _region_codes(value: str) -> str:
    codes = [code.strip() for code in value.split(",")]
    for code in codes:
        if len(code) != 5 or code[2] != "." or not (code[:2] + code[3:]).isdigit():
            raise ValueError(f"BERSINAR_REGIONS holds '{code}': write kab/kota codes like 32.76, separated by commas")
    return ",".join(codes)


class ServiceSettings(BaseSettings):
    """What every service of a node is told."""

    model_config = SettingsConfigDict(env_prefix="BERSINAR_", extra="ignore")

    service: ClassVar[ServiceName]

    node: str = Field("3276", pattern=r"^[a-z0-9-]{1,32}$", description="Name of the node; its streams begin with it.")
    regions: Annotated[str, AfterValidator(_region_codes)] = Field(
        "32.76", description="Codes of the kab/kota this node's office serves, separated by commas."
    )
    data_dir: Path = Field(Path("var"), description="Folder of databases, keys, token and logs.")
    host: str = Field("127.0.0.1", description="Address to listen on. Keep it on loopback until sign-in is set up.")
    port: int = Field(
        8000,
        ge=1024,
        le=65_000,
        description="Base port: dashboard here, registry +1, scoring +2, notifications +3.",
    )
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis or Valkey, the carrier of the streams.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy address of this service's own database (`postgresql+asyncpg://…`); "
        "by default an SQLite file in the data folder. "
        "For a whole node (`bersinar up`) write `{service}` where the names differ.",
    )
    node_key: SecretStr | None = Field(
        None, description="The node's key, 32 bytes in base64; by default a file in the data folder, made on first use."
    )
    kms_command: str | None = Field(
        None,
        description="Command of a key management service; called with `wrap` or `unwrap` and a key's name, base64 on "
        "standard input and output. The node's keys then lie in the data folder wrapped.",
    )
    registry_url: str | None = Field(None, description="Address of the registry, when it isn't on this machine.")
    scoring_url: str | None = Field(None, description="Address of scoring, when it isn't on this machine.")
    notifications_url: str | None = Field(None, description="Address of notifications, when it isn't on this machine.")
    dashboard_url: str | None = Field(None, description="Address of the dashboard, when it isn't on this machine.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    batch_max_events: int = Field(500, ge=1, le=5_000, description="Most events a follower applies in one transaction.")
    publisher_interval_seconds: float = Field(
        5.0, gt=0, le=60, description="How often the publisher looks without having been woken."
    )
    follower_poll_seconds: float = Field(
        4.0, gt=0, le=4, description="How long one read of a stream waits for news. The Redis client gives up after 5."
    )
    stalled_after_seconds: float = Field(
        15.0, gt=0, description="A follower that is behind and hasn't moved for this long is not ready."
    )

    @property
    def region_codes(self) -> tuple[str, ...]:
        """The kab/kota codes this node serves."""
        return tuple(self.regions.split(","))

    @property
    def listen_port(self) -> int:
        """The port of this service."""
        return self.port + PORT_OFFSETS[self.service]

    @property
    def own_database_url(self) -> str:
        """Where this service's own data is."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / self.service}.db"

    @property
    def keys(self) -> KeySource:
        """Where this node's own keys come from."""
        return keysource.source(self.data_dir / "keys", self.kms_command)

    @property
    def keyring(self) -> Keyring:
        """The node's key: given, or from where the node keeps its keys."""
        if self.node_key is None:
            return Keyring.of(self.keys)
        return Keyring(keysource.decoded(self.node_key.get_secret_value(), "BERSINAR_NODE_KEY"))

    def stream(self, producer: ServiceName) -> str:
        """The name of a producer's stream on this node."""
        return f"{self.node}.{producer}"

    def url_of(self, service: ServiceName) -> str:
        """Where another service of this node answers."""
        given: str | None = getattr(self, f"{service}_url")
        return given or f"http://{self.host}:{self.port + PORT_OFFSETS[service]}"
