"""What the registry is told by its environment."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

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

    @model_validator(mode="after")
    def _regions_exist(self) -> Self:
        """A code nobody has would refuse every village later, without saying why."""
        for code in self.region_codes:
            try:
                regions.name_of(code)
            except regions.UnknownRegion:
                raise ValueError(f"BERSINAR_REGIONS names {code}, which is no kab/kota") from None
        return self
