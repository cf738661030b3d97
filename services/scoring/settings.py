"""What scoring is told by its environment."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from services.scoring.instrument import INSTRUMENTS_DIR
from shared.runtime.settings import ServiceName, ServiceSettings


class ScoringSettings(ServiceSettings):
    """The node's settings, and those of the index."""

    service: ClassVar[ServiceName] = "scoring"

    instruments_dir: Path = Field(INSTRUMENTS_DIR, description="Folder of the instruments, one YAML file an edition.")
    movements_max_per_event: int = Field(
        400, ge=1, le=500, description="Most movements one score.changed names; the rest is summed."
    )
    batch_max_events: int = Field(
        5_000, ge=1, le=5_000, description="Most events applied in one transaction, when there are so many to catch up."
    )
    lease_seconds: float = Field(
        10.0, gt=0.5, le=120, description="How long a replica that died keeps its streams before another takes over."
    )
