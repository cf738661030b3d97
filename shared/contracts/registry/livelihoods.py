"""Businesses and the visits that follow them up."""

from datetime import date
from typing import ClassVar

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import BusinessStatus, Count, FollowUpMonth, Id, type_of


class BusinessStarted(Payload):
    """A participant started a business (UMKM)."""

    TYPE: ClassVar[str] = type_of("business", "started")
    business_id: Id
    participant_id: Id
    sector: str
    village: VillageCode
    on: date
    synthetic: bool = False


class FollowUpScheduled(Payload):
    """A visit to a business became due on a date; the registry schedules 1, 3, 6 and 12 months by itself."""

    TYPE: ClassVar[str] = type_of("follow-up", "scheduled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    due_on: date
    synthetic: bool = False


class FollowUpCancelled(Payload):
    """A scheduled visit will not be made: the business has closed."""

    TYPE: ClassVar[str] = type_of("follow-up", "cancelled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    synthetic: bool = False


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


PAYLOADS: tuple[type[Payload], ...] = (
    BusinessStarted,
    FollowUpScheduled,
    FollowUpCancelled,
    BusinessFollowedUp,
)
