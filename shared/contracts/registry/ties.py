"""Referrals to organisations, and what was agreed with them."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import Id, type_of


class ReferralSent(Payload):
    """A participant was referred to an organisation, which is to answer by ``due_on``."""

    TYPE: ClassVar[str] = type_of("referral", "sent")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    on: date
    due_on: date
    synthetic: bool = False


class ReferralAnswered(Payload):
    """The organisation answered a referral."""

    TYPE: ClassVar[str] = type_of("referral", "answered")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    outcome: Literal["accepted", "declined", "placed", "closed"]
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    ReferralSent,
    ReferralAnswered,
)
