"""People, under pseudonyms."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import AgeBand, Count, Group, Id, LeaveReason, ParticipantState, Sex, type_of


class ParticipantRegistered(Payload):
    """A person joined the office's work, under a pseudonym."""

    TYPE: ClassVar[str] = type_of("participant", "registered")
    participant_id: Id
    village: VillageCode
    group: Group
    sex: Sex
    age_band: AgeBand
    on: date
    synthetic: bool = False


class ParticipantStateChanged(Payload):
    """A person became active, graduated, left, or moved out of the office's area."""

    TYPE: ClassVar[str] = type_of("participant", "state-changed")
    participant_id: Id
    village: VillageCode
    state: ParticipantState
    previous: ParticipantState
    reason: LeaveReason | None = None
    on: date
    synthetic: bool = False


class ParticipantMoved(Payload):
    """A person moved to another village of the office; ``region`` of the event is the new one."""

    TYPE: ClassVar[str] = type_of("participant", "moved")
    participant_id: Id
    village: VillageCode
    previous: VillageCode
    on: date
    synthetic: bool = False


class ParticipantCorrected(Payload):
    """What was recorded of a person was mended. ``fields`` names what; of what is encrypted it names no more."""

    TYPE: ClassVar[str] = type_of("participant", "corrected")
    participant_id: Id
    village: VillageCode
    group: Group
    sex: Sex
    age_band: AgeBand
    fields: tuple[str, ...]
    synthetic: bool = False


class ConsentGiven(Payload):
    """A person agreed that their data are processed for a purpose."""

    TYPE: ClassVar[str] = type_of("consent", "given")
    consent_id: Id
    participant_id: Id
    village: VillageCode
    purpose: str
    text_version: str
    on: date
    synthetic: bool = False


class ConsentWithdrawn(Payload):
    """A person no longer agrees. Work under way for the purpose (``remaining``) must have ended by the deadline."""

    TYPE: ClassVar[str] = type_of("consent", "withdrawn")
    consent_id: Id
    participant_id: Id
    village: VillageCode
    purpose: str
    deadline_at: AwareDatetime
    remaining: Count
    on: date
    synthetic: bool = False


class ConsentSettled(Payload):
    """What remained of the processing after a withdrawal has ended."""

    TYPE: ClassVar[str] = type_of("consent", "settled")
    consent_id: Id
    participant_id: Id
    village: VillageCode
    purpose: str
    on: date
    synthetic: bool = False


class ConsentDeadlinePassed(Payload):
    """The 72 hours after a withdrawal are over, and work for the purpose (``remaining``) is still under way."""

    TYPE: ClassVar[str] = type_of("consent", "deadline-passed")
    consent_id: Id
    participant_id: Id
    village: VillageCode
    purpose: str
    deadline_at: AwareDatetime
    remaining: Count
    synthetic: bool = False


class ParticipantErased(Payload):
    """A person's readable data are gone for ever; counts and pseudonym stay. No backup may bring the key back."""

    TYPE: ClassVar[str] = type_of("participant", "erased")
    participant_id: Id
    village: VillageCode
    on: date
    synthetic: bool = False


class ParticipantsMerged(Payload):
    """Two registrations are of one person: ``merged_id`` counts no longer. ``village`` and ``registered_on`` are those
    its registration was counted with, as is the ``region`` of the event."""

    TYPE: ClassVar[str] = type_of("participants", "merged")
    participant_id: Id
    merged_id: Id
    village: VillageCode
    registered_on: date
    on: date
    synthetic: bool = False


class ParticipantsUnmerged(Payload):
    """A merge was a mistake: ``merged_id`` is a person of their own, and counts again."""

    TYPE: ClassVar[str] = type_of("participants", "unmerged")
    participant_id: Id
    merged_id: Id
    village: VillageCode
    registered_on: date
    on: date
    synthetic: bool = False


class DoubleOffered(Payload):
    """Two registrations, the older first, may be of one person: an officer is asked. ``likeness`` is of 100."""

    TYPE: ClassVar[str] = type_of("double", "offered")
    double_id: Id
    first_id: Id
    second_id: Id
    village: VillageCode
    likeness: Annotated[int, Field(ge=0, le=100)]
    synthetic: bool = False


class DoubleToldApart(Payload):
    """An officer decided that two registrations are two people; they aren't offered again."""

    TYPE: ClassVar[str] = type_of("double", "told-apart")
    double_id: Id
    first_id: Id
    second_id: Id
    village: VillageCode
    reason: Literal["seen", "documents", "asked", "other"]
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    ParticipantRegistered,
    ParticipantStateChanged,
    ParticipantMoved,
    ParticipantCorrected,
    ConsentGiven,
    ConsentWithdrawn,
    ConsentSettled,
    ConsentDeadlinePassed,
    ParticipantErased,
    ParticipantsMerged,
    ParticipantsUnmerged,
    DoubleOffered,
    DoubleToldApart,
)
