"""What notifications is told by its environment."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.notifications.domain.deliveries import RetryPlan
from services.notifications.domain.due import Patience
from services.notifications.mail import MailServer
from services.notifications.sender import SenderRules
from shared.runtime.settings import ServiceName, ServiceSettings


class NotificationsSettings(ServiceSettings):
    """The node's settings, and those of alerts and e-mail."""

    # An error about a setting must not print the mail server's password.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    service: ClassVar[ServiceName] = "notifications"

    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server, `smtp://user:password@host:587` or `smtps://host:465`. Without it, e-mails wait.",
    )
    smtp_sender: str | None = Field(
        None,
        description="Sender of e-mails, for instance `Bersinar <bersinar@kota.example>`. Needed with a mail server.",
    )
    smtp_starttls: Literal["auto", "always", "never"] = Field(
        "auto", description="Encryption with STARTTLS on `smtp://`: `auto` demands it everywhere but on loopback."
    )
    smtp_timeout_seconds: float = Field(
        20.0, gt=0, le=300, description="An e-mail the server hasn't accepted by then is tried again later."
    )
    email_attempts_max: int = Field(
        20, ge=1, le=100, description="Attempts before an e-mail is given up; with the default pauses about two days."
    )
    email_retry_base_seconds: float = Field(
        30.0, gt=0, le=3_600, description="Pause after the first failed attempt; it doubles with every further one."
    )
    email_retry_cap_seconds: float = Field(14_400.0, gt=0, le=86_400, description="Longest pause between attempts.")
    email_lease_seconds: float = Field(
        60.0,
        gt=0,
        le=3_600,
        description="How long a sender may hold an e-mail before another takes it; at least twice the SMTP timeout.",
    )
    email_age_max_hours: float = Field(
        168.0,
        gt=0,
        le=8_760,
        description="An e-mail about an older alert is not sent any more; the inbox still has it.",
    )
    sender_interval_seconds: float = Field(
        5.0, gt=0, le=3_600, description="How often the sender looks for e-mails without having been woken."
    )
    due_sweep_seconds: float = Field(60.0, gt=0, le=86_400, description="How often work past its date is looked for.")
    commitment_notice_days: int = Field(
        7, ge=0, le=366, description="How many days before its date a commitment is brought to mind."
    )
    escalate_to_head_days: int = Field(
        7, ge=0, le=366, description="How many days past its date undone work goes on to the head of the office, once."
    )
    escalate_to_province_days: int = Field(
        14, ge=0, le=366, description="How many days past its date undone work goes on to the province, once."
    )
    seed_default_subscriptions: bool = Field(
        True,
        description="Put the office's and its partners' inboxes in place on the first start, while there are none.",
    )

    @property
    def patience(self) -> Patience:
        """When undone work goes on to the next one who answers for it."""
        return Patience(self.escalate_to_head_days, self.escalate_to_province_days)

    @property
    def retry_plan(self) -> RetryPlan:
        """When a failed e-mail is tried again."""
        return RetryPlan(self.email_attempts_max, self.email_retry_base_seconds, self.email_retry_cap_seconds)

    @property
    def sender_rules(self) -> SenderRules:
        """How the sender works."""
        return SenderRules(
            self.retry_plan, self.email_lease_seconds, self.sender_interval_seconds, self.email_age_max_hours
        )

    @property
    def mail_server(self) -> MailServer | None:
        """Where e-mails go, or ``None`` while no server is set."""
        if self.smtp_url is None or self.smtp_sender is None:
            return None
        return MailServer.from_url(
            self.smtp_url.get_secret_value(), self.smtp_sender, self.smtp_starttls, self.smtp_timeout_seconds
        )

    @model_validator(mode="after")
    def _mail_makes_sense(self) -> "NotificationsSettings":
        if self.smtp_url is None:
            return self
        if self.smtp_sender is None:
            raise ValueError("BERSINAR_SMTP_URL is set without a sender: set BERSINAR_SMTP_SENDER too")
        if self.email_lease_seconds < 2 * self.smtp_timeout_seconds:
            raise ValueError("BERSINAR_EMAIL_LEASE_SECONDS must be at least twice BERSINAR_SMTP_TIMEOUT_SECONDS")
        # Reading the address here lets a wrong one stop the start instead of every e-mail.
        MailServer.from_url(
            self.smtp_url.get_secret_value(), self.smtp_sender, self.smtp_starttls, self.smtp_timeout_seconds
        )
        return self
