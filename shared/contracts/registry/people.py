"""People, under pseudonyms."""

from datetime import date
from typing import ClassVar

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import AgeBand, Group, Id, Sex, type_of


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


PAYLOADS: tuple[type[Payload], ...] = (ParticipantRegistered,)
