"""What the registry is told by its environment."""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator

from services.registry.data.vocabulary_file import vocabulary
from shared import regions
from shared.runtime.settings import ServiceName, ServiceSettings


class RegistrySettings(ServiceSettings):
    """Settings of the registry."""

    service: ClassVar[ServiceName] = "registry"

    idempotency_keep_days: int = Field(
        7, ge=1, le=90, description="How long the registry can repeat its answer to an Idempotency-Key."
    )
    case: str = Field(
        "depok", pattern=r"^[a-z]*$", description="The case loaded on the first start; empty for an office's own data."
    )

    vocabulary_file: Path | None = Field(
        None, description="The office's own kinds of programmes and sectors, beside those every office has (YAML)."
    )

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
