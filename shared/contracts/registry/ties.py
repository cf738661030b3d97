"""Organisations an office works with, referrals to them, the forums they meet in and what they commit to there.

What was agreed and why something failed are texts that stay in the registry; events carry ids, codes, dates and the
names of organisations.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import Id, type_of

KindCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
ReasonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class OrganisationRecorded(Payload):
    """An organisation the office works with, as it now stands; ``region`` of the event is where."""

    TYPE: ClassVar[str] = type_of("organisation", "recorded")
    organisation_id: Id
    organisation: str
    kind: KindCode
    language: Literal["id", "en"]
    time_zone: str
    active: bool
    on: date
    synthetic: bool = False


class ContactRecorded(Payload):
    """A person in an organisation became its contact, changed, or stopped."""

    TYPE: ClassVar[str] = type_of("contact", "recorded")
    contact_id: Id
    organisation_id: Id
    active: bool
    synthetic: bool = False


class ReferralSent(Payload):
    """A participant was referred to an organisation, which is to answer by ``due_on``, and to say by ``receive_by``
    that it has the referral."""

    TYPE: ClassVar[str] = type_of("referral", "sent")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    on: date
    due_on: date
    synthetic: bool = False
    organisation_id: Id | None = None
    receive_by: date | None = None


class ReferralReceived(Payload):
    """The organisation has the referral and is to answer by ``due_on``."""

    TYPE: ClassVar[str] = type_of("referral", "received")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    organisation_id: Id | None = None
    on: date
    due_on: date
    synthetic: bool = False


class ReferralAnswered(Payload):
    """The organisation answered a referral, or took it a step on. ``due_on`` is when the next step is due."""

    TYPE: ClassVar[str] = type_of("referral", "answered")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    outcome: Literal["accepted", "declined", "placed", "closed"]
    on: date
    synthetic: bool = False
    organisation_id: Id | None = None
    reason: ReasonCode | None = None
    due_on: date | None = None


class ReferralStepUndone(Payload):
    """The last step of a referral was wrong and counts no longer: it stands where it stood before (``state``)."""

    TYPE: ClassVar[str] = type_of("referral", "step-undone")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    organisation_id: Id | None = None
    undone: Literal["received", "accepted", "declined", "placed", "closed"]
    state: Literal["sent", "received", "accepted", "declined", "placed"]
    on: date
    due_on: date
    synthetic: bool = False


class ForumPlanned(Payload):
    """A meeting of stakeholders was put on the calendar, or moved to another day."""

    TYPE: ClassVar[str] = type_of("forum", "planned")
    forum_id: Id
    on: date
    synthetic: bool = False


class ForumHeld(Payload):
    """A meeting of stakeholders took place: who was there, and which open commitments of earlier ones it took up."""

    TYPE: ClassVar[str] = type_of("forum", "held")
    forum_id: Id
    organisations: tuple[Id, ...]
    carried: tuple[Id, ...]
    on: date
    synthetic: bool = False


class ForumHoldingUndone(Payload):
    """What was said of a meeting held on this day counts no longer."""

    TYPE: ClassVar[str] = type_of("forum", "holding-undone")
    forum_id: Id
    on: date
    synthetic: bool = False


class ForumCancelled(Payload):
    """A planned meeting won't take place."""

    TYPE: ClassVar[str] = type_of("forum", "cancelled")
    forum_id: Id
    on: date
    synthetic: bool = False


class CommitmentMade(Payload):
    """An organisation committed itself in a forum to something by ``due_on``."""

    TYPE: ClassVar[str] = type_of("commitment", "made")
    commitment_id: Id
    forum_id: Id
    organisation_id: Id
    organisation: str
    on: date
    due_on: date
    synthetic: bool = False


class CommitmentPostponed(Payload):
    """A commitment got another date."""

    TYPE: ClassVar[str] = type_of("commitment", "postponed")
    commitment_id: Id
    organisation_id: Id
    organisation: str
    due_on: date
    previous_due_on: date
    synthetic: bool = False


class CommitmentSettled(Payload):
    """A commitment was kept, or it is clear that it was not."""

    TYPE: ClassVar[str] = type_of("commitment", "settled")
    commitment_id: Id
    organisation_id: Id
    organisation: str
    outcome: Literal["kept", "not_kept"]
    on: date
    made_on: date
    due_on: date
    synthetic: bool = False


class CommitmentReopened(Payload):
    """What was settled on ``on`` counts no longer; the commitment is open again."""

    TYPE: ClassVar[str] = type_of("commitment", "reopened")
    commitment_id: Id
    organisation_id: Id
    organisation: str
    outcome: Literal["kept", "not_kept"]
    on: date
    due_on: date
    synthetic: bool = False


class CommitmentWithdrawn(Payload):
    """A commitment recorded as made on ``on`` was never made, or was taken back; it counts no longer."""

    TYPE: ClassVar[str] = type_of("commitment", "withdrawn")
    commitment_id: Id
    organisation_id: Id
    organisation: str
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    OrganisationRecorded,
    ContactRecorded,
    ReferralSent,
    ReferralReceived,
    ReferralAnswered,
    ReferralStepUndone,
    ForumPlanned,
    ForumHeld,
    ForumHoldingUndone,
    ForumCancelled,
    CommitmentMade,
    CommitmentPostponed,
    CommitmentSettled,
    CommitmentReopened,
    CommitmentWithdrawn,
)
