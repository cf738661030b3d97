"""What the dashboard is told by its environment."""

from typing import ClassVar

from pydantic import Field

from shared.runtime.settings import ServiceName, ServiceSettings


class DashboardSettings(ServiceSettings):
    """The node's settings, and those of the pages and the live push."""

    service: ClassVar[ServiceName] = "dashboard"

    feed_rows: int = Field(12, ge=3, le=100, description="Rows of 'what moved the index' on a city's page.")
    alert_rows: int = Field(8, ge=1, le=100, description="Rows of 'who has been told' on a city's page.")
    push_max_kept: int = Field(
        10_000, ge=100, description="Pushed changes kept for browsers that come back; older ones load the page anew."
    )
    push_queue_max: int = Field(
        256, ge=8, description="Changes waiting for one browser. A slower one is disconnected and resumes."
    )
    push_clients_max: int = Field(500, ge=1, description="Open live connections at the same time.")
    push_poll_seconds: float = Field(
        1.0, gt=0, le=30, description="How often changes applied by another replica are looked for."
    )
    heartbeat_seconds: float = Field(15.0, gt=0, le=30, description="Longest silence of a live connection.")
    oidc_issuer: str | None = Field(
        None, description="Address of an OIDC provider; with it people may also sign in there (docs/how-to/sign-in.md)."
    )
    session_days: int = Field(30, ge=1, le=365, description="Days until a browser has to sign in again.")
