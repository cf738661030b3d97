"""What notifications says: somebody is to be told, and how the delivery went. Recipients appear as ids."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Payload, event_type

Rule = Literal[
    "band_changed",
    "below_target",
    "referral_due",
    "follow_up_due",
    "event_parked",
    "survey_short",
    "survey_invited",
]
Channel = Literal["inbox", "email"]


class AlertRaised(Payload):
    """One recipient is to be told of one cause, once. ``recipient`` is the organisation's name, never a person's."""

    TYPE: ClassVar[str] = event_type("notifications", "alert", "raised")
    alert_id: str
    rule: Rule
    cause: str
    recipient_id: str
    recipient: str
    channels: tuple[Channel, ...]
    year: int | None = None
    summary_id: str
    summary_en: str
    at: AwareDatetime
    synthetic: bool = False


class AlertRaisedV2(Payload):
    """The same, of a rule that came later: ``rule`` is any word. Rules of the first version are told in that."""

    TYPE: ClassVar[str] = event_type("notifications", "alert", "raised", 2)
    alert_id: str
    rule: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,23}$")]
    cause: str
    recipient_id: str
    recipient: str
    channels: tuple[Channel, ...]
    year: int | None = None
    summary_id: str
    summary_en: str
    at: AwareDatetime
    synthetic: bool = False


class AlertDelivered(Payload):
    """A channel took the alert, or the sender gave up on it."""

    TYPE: ClassVar[str] = event_type("notifications", "alert", "delivered")
    alert_id: str
    channel: Channel
    outcome: Literal["delivered", "failed"]
    attempts: int


class EventParked(Payload):
    """A follower could not read or apply an event and set it aside; the rest flows on."""

    TYPE: ClassVar[str] = event_type("notifications", "event", "parked")
    stream: str
    seq: int
    error: str


PAYLOADS: tuple[type[Payload], ...] = (AlertRaised, AlertRaisedV2, AlertDelivered, EventParked)
