"""Programmes, their sessions, and places in them."""

from datetime import date
from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, PlainData, VillageCode
from shared.contracts.registry.words import (
    Count,
    EndedWith,
    EnrolmentState,
    Id,
    ProgrammeKind,
    ProgrammeState,
    Rupiah,
    type_of,
)

CancelReason = Literal["no_budget", "too_few_people", "provider_withdrew", "disaster", "other"]
DropReason = Literal["moved", "working", "health", "no_show", "programme_cancelled", "other"]
RefuseReason = Literal["not_eligible", "withdrawn", "programme_over", "other"]


class ProgrammeTerms(PlainData):
    """What a programme is to be. ``budget_rupiah`` in whole rupiah; a ``quota`` of 0 sets no limit."""

    kind: ProgrammeKind
    sector: str
    villages: tuple[VillageCode, ...]
    provider: str
    quota: Count
    budget_rupiah: Rupiah | None = None
    starts_on: date | None = None
    ends_on: date | None = None


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
    state: ProgrammeState = "running"
    budget_rupiah: Rupiah | None = None
    starts_on: date | None = None
    ends_on: date | None = None


class ProgrammeChanged(Payload):
    """A programme's terms were mended: what they are now, and what they were."""

    TYPE: ClassVar[str] = type_of("programme", "changed")
    programme_id: Id
    terms: ProgrammeTerms
    previous: ProgrammeTerms
    synthetic: bool = False


class ProgrammeStateChanged(Payload):
    """A programme moved on: draft, planned, running, then completed or cancelled."""

    TYPE: ClassVar[str] = type_of("programme", "state-changed")
    programme_id: Id
    kind: ProgrammeKind
    state: ProgrammeState
    previous: ProgrammeState
    reason: CancelReason | None = None
    on: date
    synthetic: bool = False


class SessionFigures(PlainData):
    """Where and when a session was, and how many came."""

    village: VillageCode
    attended: Count
    families: Count
    on: date


class SessionHeld(Payload):
    """One session of a programme took place. ``families`` counts the attending families (at most ``attended``).

    ``present`` and ``absent`` name the participants whose attendance was kept one by one; others may have come too.
    """

    TYPE: ClassVar[str] = type_of("session", "held")
    session_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    attended: Count
    families: Count
    on: date
    synthetic: bool = False
    present: tuple[Id, ...] = ()
    absent: tuple[Id, ...] = ()


class SessionCorrected(Payload):
    """The record of a session was mended; ``previous`` is what it said before."""

    TYPE: ClassVar[str] = type_of("session", "corrected")
    session_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    attended: Count
    families: Count
    on: date
    previous: SessionFigures
    synthetic: bool = False
    present: tuple[Id, ...] = ()
    absent: tuple[Id, ...] = ()


class SessionWithdrawn(Payload):
    """A session was recorded by mistake, or twice. Carries what was said of it, so that it can be taken back."""

    TYPE: ClassVar[str] = type_of("session", "withdrawn")
    session_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    attended: Count
    families: Count
    on: date
    reason: Literal["mistake", "duplicate"]
    synthetic: bool = False


class EnrolmentApplied(Payload):
    """A participant asked for a place in a programme."""

    TYPE: ClassVar[str] = type_of("enrolment", "applied")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False


class EnrolmentWaiting(Payload):
    """All places are taken: a participant waits for one. A smaller ``number`` is earlier in the programme's line."""

    TYPE: ClassVar[str] = type_of("enrolment", "waiting")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    number: Count
    on: date
    synthetic: bool = False


class EnrolmentAccepted(Payload):
    """A participant got a place in a programme; ``waited`` when it is one that another gave back."""

    TYPE: ClassVar[str] = type_of("enrolment", "accepted")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False
    waited: bool = False


class EnrolmentRefused(Payload):
    """A participant who had applied, or waited, gets no place."""

    TYPE: ClassVar[str] = type_of("enrolment", "refused")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    reason: RefuseReason
    on: date
    synthetic: bool = False
    ended_with: EndedWith | None = None


class EnrolmentAttending(Payload):
    """A participant with a place came for the first time."""

    TYPE: ClassVar[str] = type_of("enrolment", "attending")
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
    reason: DropReason
    on: date
    synthetic: bool = False
    ended_with: EndedWith | None = None


class EnrolmentDates(PlainData):
    """When an enrolment was made, got its place, and ended; ``None`` for what hasn't happened."""

    on: date
    accepted_on: date | None = None
    ended_on: date | None = None


class EnrolmentCorrected(Payload):
    """The dates of an enrolment were mended; ``previous`` is what they were. Its state stays."""

    TYPE: ClassVar[str] = type_of("enrolment", "corrected")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    state: EnrolmentState
    dates: EnrolmentDates
    previous: EnrolmentDates
    synthetic: bool = False


class EnrolmentReinstated(Payload):
    """The end of an enrolment was recorded by mistake: it stands again as it did before. ``ended_on`` was its end."""

    TYPE: ClassVar[str] = type_of("enrolment", "reinstated")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    state: EnrolmentState
    previous: EnrolmentState
    ended_on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    ProgrammeCreated,
    ProgrammeChanged,
    ProgrammeStateChanged,
    SessionHeld,
    SessionCorrected,
    SessionWithdrawn,
    EnrolmentApplied,
    EnrolmentWaiting,
    EnrolmentAccepted,
    EnrolmentRefused,
    EnrolmentAttending,
    EnrolmentCompleted,
    EnrolmentDropped,
    EnrolmentCorrected,
    EnrolmentReinstated,
)
