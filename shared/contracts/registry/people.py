"""People, under pseudonyms."""

from datetime import date
from typing import ClassVar

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import AgeBand, Group, Id, LeaveReason, ParticipantState, Sex, type_of


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


PAYLOADS: tuple[type[Payload], ...] = (
    ParticipantRegistered,
    ParticipantStateChanged,
    ParticipantMoved,
)
