"""Programmes, their sessions, and places in them."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, VillageCode
from shared.contracts.registry.words import Count, Id, ProgrammeKind, type_of


class ProgrammeCreated(Payload):
    """A programme was set up for one or more villages."""

    TYPE: ClassVar[str] = type_of("programme", "created")
    programme_id: Id
    kind: ProgrammeKind
    sector: str
    villages: tuple[VillageCode, ...]
    provider: str
    quota: Count
    on: date
    synthetic: bool = False


class SessionHeld(Payload):
    """One session of a programme took place. ``families`` counts the attending families (at most ``attended``)."""

    TYPE: ClassVar[str] = type_of("session", "held")
    session_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    attended: Count
    families: Count
    on: date
    synthetic: bool = False


class EnrolmentAccepted(Payload):
    """A participant got a place in a programme."""

    TYPE: ClassVar[str] = type_of("enrolment", "accepted")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False


class EnrolmentCompleted(Payload):
    """A participant finished a programme."""

    TYPE: ClassVar[str] = type_of("enrolment", "completed")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False


class EnrolmentDropped(Payload):
    """A participant left a programme before its end."""

    TYPE: ClassVar[str] = type_of("enrolment", "dropped")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    reason: Literal["moved", "working", "health", "no_show", "other"]
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    ProgrammeCreated,
    SessionHeld,
    EnrolmentAccepted,
    EnrolmentCompleted,
    EnrolmentDropped,
)
