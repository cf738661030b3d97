"""What the registry is told by its environment."""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator

from services.registry.data.vocabulary_file import vocabulary
from services.registry.keys.stones import StoneFile
from services.registry.keys.store import KeyStore
from services.registry.keys.vault import Vault
from shared import regions
from shared.runtime import keysource
from shared.runtime.settings import ServiceName, ServiceSettings


class RegistrySettings(ServiceSettings):
    """Settings of the registry."""

    service: ClassVar[ServiceName] = "registry"

    idempotency_keep_days: int = Field(
        7, ge=1, le=90, description="How long the registry can repeat its answer to an Idempotency-Key."
    )
    oidc_issuer: str | None = Field(
        None, description="Address of an OIDC provider, exactly as it names itself; with it people may sign in there."
    )
    oidc_client_id: str = Field("bersinar", description="What the OIDC provider calls this node.")
    oidc_client_secret: str = Field("", repr=False, description="The secret shared with the OIDC provider.")
    oidc_claims_file: Path = Field(
        Path("oidc-claims.yaml"),
        description="Which claims of the OIDC provider give which role (docs/how-to/sign-in.md).",
    )
    session_hours: int = Field(12, ge=1, le=24 * 30, description="Hours until somebody has to sign in again.")
    import_max_bytes: int = Field(
        268_435_456, ge=1_048_576, le=2_000_000_000, description="Largest spreadsheet that is taken in."
    )
    import_keep_days: int = Field(
        7, ge=1, le=90, description="How long the report of an import is kept; then its key is destroyed."
    )
    export_hours_max: int = Field(
        72, ge=1, le=24 * 14, description="How long a list with names may be kept as a file; then its key is destroyed."
    )
    case: str = Field(
        "depok", pattern=r"^[a-z]*$", description="The case loaded on the first start; empty for an office's own data."
    )

    public_url: str = Field(
        "",
        max_length=200,
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address of the dashboard as respondents reach it; it stands in survey links. Empty for the "
        "node's own.",
    )

    @property
    def own_public_url(self) -> str:
        """Where survey links lead."""
        return self.public_url or self.url_of("dashboard")

    vocabulary_file: Path | None = Field(
        None, description="The office's own kinds of programmes and sectors, beside those every office has (YAML)."
    )

    keys_database_url: str | None = Field(
        None,
        description="SQLAlchemy address of the store of people's keys, a database apart from the data; by default the "
        "SQLite file `keys/people.db` in the data folder.",
    )
    people_keys: SecretStr | None = Field(
        None,
        description="Keys that wrap people's keys, 32 bytes in base64 each, separated by commas, the newest first; by "
        "default the node makes its own and keeps it where its other keys are.",
    )

    erased_file: Path | None = Field(
        None,
        description="Where it is kept in mind who was erased, apart from both databases: after both came back from "
        "older backups, these people are erased again. By default `erased.jsonl` in the data folder.",
    )

    @property
    def vault(self) -> Vault:
        """The store of people's keys."""
        url = self.keys_database_url or f"sqlite+aiosqlite:///{self.data_dir / 'keys' / 'people.db'}"
        given = self.people_keys.get_secret_value().split(",") if self.people_keys else []
        keys = [keysource.decoded(one, "BERSINAR_PEOPLE_KEYS") for one in given]
        return Vault(KeyStore(url), self.keys, keys, StoneFile(self.erased_file or self.data_dir / "erased.jsonl"))

    @model_validator(mode="after")
    def _vocabulary_readable(self) -> Self:
        """A file with a mistake stops the start, not the first entry that needs it."""
        vocabulary(self.vocabulary_file)
        return self

    @model_validator(mode="after")
    def _regions_exist(self) -> Self:
        """A code nobody has would refuse every village later, without saying why."""
        for code in self.region_codes:
            try:
                regions.name_of(code)
            except regions.UnknownRegion:
                raise ValueError(f"BERSINAR_REGIONS names {code}, which is no kab/kota") from None
        return self
