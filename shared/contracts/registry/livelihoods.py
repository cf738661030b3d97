"""Mentored groups, businesses, and the visits that follow them up.

What a household earns is recorded in the registry only: an event carries no income.
"""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, PlainData, VillageCode
from shared.contracts.registry.words import BusinessStatus, Count, EndedWith, FollowUpMonth, Id, Rupiah, type_of

GroupLeaveReason = Literal["moved", "working", "health", "graduated", "group_dissolved", "other"]
DissolveReason = Literal["goal_reached", "too_few_members", "conflict", "other"]
CloseReason = Literal["loss", "moved", "working", "health", "disaster", "other"]
SupportKind = Literal["tools", "capital", "material", "place", "licence", "other"]


class GroupFormed(Payload):
    """A mentored group (kelompok dampingan) was formed. ``mentor`` is an organisation, never a person's name."""

    TYPE: ClassVar[str] = type_of("group", "formed")
    group_id: Id
    programme_id: Id | None = None
    sector: str
    village: VillageCode
    mentor: str | None = None
    members: Count
    on: date
    synthetic: bool = False


class GroupTerms(PlainData):
    """What a group works on, and who mentors it."""

    sector: str
    mentor: str | None = None
    on: date


class GroupChanged(Payload):
    """A group's record was mended."""

    TYPE: ClassVar[str] = type_of("group", "changed")
    group_id: Id
    village: VillageCode
    terms: GroupTerms
    previous: GroupTerms
    synthetic: bool = False


class GroupMemberJoined(Payload):
    """A participant joined a mentored group; ``members`` is how many it has since."""

    TYPE: ClassVar[str] = type_of("group", "member-joined")
    group_id: Id
    membership_id: Id
    participant_id: Id
    village: VillageCode
    members: Count
    on: date
    synthetic: bool = False


class GroupMemberLeft(Payload):
    """A participant left a mentored group."""

    TYPE: ClassVar[str] = type_of("group", "member-left")
    group_id: Id
    membership_id: Id
    participant_id: Id
    village: VillageCode
    members: Count
    reason: GroupLeaveReason
    on: date
    synthetic: bool = False
    ended_with: EndedWith | None = None


class GroupDissolved(Payload):
    """A mentored group came to its end; its members have left it."""

    TYPE: ClassVar[str] = type_of("group", "dissolved")
    group_id: Id
    village: VillageCode
    reason: DissolveReason
    on: date
    synthetic: bool = False


class BusinessStarted(Payload):
    """A participant started a business (UMKM)."""

    TYPE: ClassVar[str] = type_of("business", "started")
    business_id: Id
    participant_id: Id
    sector: str
    village: VillageCode
    on: date
    synthetic: bool = False
    mentor: str | None = None


class BusinessStartedByGroup(Payload):
    """A mentored group started a business together."""

    TYPE: ClassVar[str] = type_of("business", "started-by-group")
    business_id: Id
    group_id: Id
    sector: str
    village: VillageCode
    on: date
    synthetic: bool = False
    mentor: str | None = None


class BusinessTerms(PlainData):
    """What a business is, since when, and who mentors it."""

    sector: str
    mentor: str | None = None
    on: date


class BusinessChanged(Payload):
    """A business's record was mended: what it says now, and what it said."""

    TYPE: ClassVar[str] = type_of("business", "changed")
    business_id: Id
    village: VillageCode
    terms: BusinessTerms
    previous: BusinessTerms
    synthetic: bool = False


class BusinessClosed(Payload):
    """A business closed between two visits."""

    TYPE: ClassVar[str] = type_of("business", "closed")
    business_id: Id
    sector: str
    village: VillageCode
    reason: CloseReason
    on: date
    synthetic: bool = False


class BusinessReopened(Payload):
    """A business that was recorded as closed isn't, or not any more."""

    TYPE: ClassVar[str] = type_of("business", "reopened")
    business_id: Id
    sector: str
    village: VillageCode
    status: BusinessStatus
    on: date
    synthetic: bool = False


class SupportFigures(PlainData):
    """Tools, capital or another help for a business. ``value_rupiah`` in whole rupiah."""

    giver: str
    kind: SupportKind
    value_rupiah: Rupiah
    on: date


class SupportGiven(Payload):
    """An organisation gave a business tools, capital or other help."""

    TYPE: ClassVar[str] = type_of("support", "given")
    support_id: Id
    business_id: Id
    village: VillageCode
    support: SupportFigures
    synthetic: bool = False


class SupportCorrected(Payload):
    """The record of a help was mended."""

    TYPE: ClassVar[str] = type_of("support", "corrected")
    support_id: Id
    business_id: Id
    village: VillageCode
    support: SupportFigures
    previous: SupportFigures
    synthetic: bool = False


class FollowUpScheduled(Payload):
    """A visit to a business became due on a date; the registry schedules 1, 3, 6 and 12 months by itself.

    Said again with another date when the start of the business is corrected.
    """

    TYPE: ClassVar[str] = type_of("follow-up", "scheduled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    due_on: date
    synthetic: bool = False


class FollowUpCancelled(Payload):
    """A scheduled visit will not be made: the business has closed, or its owner may not be visited any more."""

    TYPE: ClassVar[str] = type_of("follow-up", "cancelled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    synthetic: bool = False
    ended_with: EndedWith | None = None


class FollowUpReopened(Payload):
    """A visit is to be made after all: nothing stands against it, or the visit had been recorded by mistake."""

    TYPE: ClassVar[str] = type_of("follow-up", "reopened")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    due_on: date
    synthetic: bool = False


class VisitFigures(PlainData):
    """What a visit found."""

    status: BusinessStatus
    workers: Count
    on: date


class BusinessFollowedUp(Payload):
    """A business was visited. ``follow_up_id`` names the scheduled visit this answers."""

    TYPE: ClassVar[str] = type_of("business", "followed-up")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    sector: str
    months: FollowUpMonth
    status: BusinessStatus
    workers: Count
    on: date
    synthetic: bool = False


class BusinessVisitCorrected(Payload):
    """What was recorded of a visit was mended; ``previous`` is what it said before."""

    TYPE: ClassVar[str] = type_of("business", "visit-corrected")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    sector: str
    months: FollowUpMonth
    status: BusinessStatus
    workers: Count
    on: date
    previous: VisitFigures
    synthetic: bool = False


class BusinessVisitWithdrawn(Payload):
    """A visit was recorded by mistake. Carries what was said of it, so that it can be taken back."""

    TYPE: ClassVar[str] = type_of("business", "visit-withdrawn")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    sector: str
    months: FollowUpMonth
    status: BusinessStatus
    workers: Count
    on: date
    reason: Literal["mistake", "wrong_business"]
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    GroupFormed,
    GroupChanged,
    GroupMemberJoined,
    GroupMemberLeft,
    GroupDissolved,
    BusinessStarted,
    BusinessStartedByGroup,
    BusinessChanged,
    BusinessClosed,
    BusinessReopened,
    SupportGiven,
    SupportCorrected,
    FollowUpScheduled,
    FollowUpCancelled,
    FollowUpReopened,
    BusinessFollowedUp,
    BusinessVisitCorrected,
    BusinessVisitWithdrawn,
)
