"""What the registry says: everything an office records, without a name, NIK, phone or address.

People appear as pseudonymous ids. ``on`` is the date a thing happened in the office's own time zone; the year of
``on`` is the year it counts for. Where an event replaces an earlier statement it carries the earlier one too
(``previous``), so that a follower can count without looking anything up.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Payload, PlainData, RegionCode, VillageCode, event_type

Id = Annotated[str, Field(min_length=1, max_length=64)]
Year = Annotated[int, Field(ge=2015, le=2100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]

Group = Literal["former_user", "after_rehabilitation", "vulnerable_resident", "family", "former_inmate"]
Sex = Literal["female", "male"]
AgeBand = Literal["under_18", "18_24", "25_34", "35_44", "45_54", "55_up"]
ProgrammeKind = Literal[
    "bimtek", "kewirausahaan", "magang", "kelompok_dampingan", "sosialisasi", "tes_urine", "ibm", "pelatihan_penggiat"
]
Setting = Literal["pemerintah", "swasta", "pendidikan", "masyarakat"]
RegulationKind = Literal["perda", "perbup", "perwali", "sk", "rad"]
AreaStatus = Literal["bahaya", "waspada", "siaga", "aman"]
FollowUpMonth = Literal[1, 3, 6, 12]
BusinessStatus = Literal["active", "paused", "closed"]
RespondentGroup = Literal[
    "kejaksaan", "pengadilan", "polres", "koramil", "pemda", "pendidikan", "dunia_usaha", "keluarga", "masyarakat"
]


def _type(subject: str, verb: str) -> str:
    return event_type("registry", subject, verb)


class ParticipantRegistered(Payload):
    """A person joined the office's work, under a pseudonym."""

    TYPE: ClassVar[str] = _type("participant", "registered")
    participant_id: Id
    village: VillageCode
    group: Group
    sex: Sex
    age_band: AgeBand
    on: date
    synthetic: bool = False


class ProgrammeCreated(Payload):
    """A programme was set up for one or more villages."""

    TYPE: ClassVar[str] = _type("programme", "created")
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

    TYPE: ClassVar[str] = _type("session", "held")
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

    TYPE: ClassVar[str] = _type("enrolment", "accepted")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False


class EnrolmentCompleted(Payload):
    """A participant finished a programme."""

    TYPE: ClassVar[str] = _type("enrolment", "completed")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    on: date
    synthetic: bool = False


class EnrolmentDropped(Payload):
    """A participant left a programme before its end."""

    TYPE: ClassVar[str] = _type("enrolment", "dropped")
    enrolment_id: Id
    participant_id: Id
    programme_id: Id
    kind: ProgrammeKind
    village: VillageCode
    reason: Literal["moved", "working", "health", "no_show", "other"]
    on: date
    synthetic: bool = False


class BusinessStarted(Payload):
    """A participant started a business (UMKM)."""

    TYPE: ClassVar[str] = _type("business", "started")
    business_id: Id
    participant_id: Id
    sector: str
    village: VillageCode
    on: date
    synthetic: bool = False


class FollowUpScheduled(Payload):
    """A visit to a business became due on a date; the registry schedules 1, 3, 6 and 12 months by itself."""

    TYPE: ClassVar[str] = _type("follow-up", "scheduled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    due_on: date
    synthetic: bool = False


class FollowUpCancelled(Payload):
    """A scheduled visit will not be made: the business has closed."""

    TYPE: ClassVar[str] = _type("follow-up", "cancelled")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    months: FollowUpMonth
    synthetic: bool = False


class BusinessFollowedUp(Payload):
    """A business was visited. ``follow_up_id`` names the scheduled visit this answers."""

    TYPE: ClassVar[str] = _type("business", "followed-up")
    follow_up_id: Id
    business_id: Id
    village: VillageCode
    sector: str
    months: FollowUpMonth
    status: BusinessStatus
    workers: Count
    on: date
    synthetic: bool = False


class ReferralSent(Payload):
    """A participant was referred to an organisation, which is to answer by ``due_on``."""

    TYPE: ClassVar[str] = _type("referral", "sent")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    on: date
    due_on: date
    synthetic: bool = False


class ReferralAnswered(Payload):
    """The organisation answered a referral."""

    TYPE: ClassVar[str] = _type("referral", "answered")
    referral_id: Id
    participant_id: Id
    village: VillageCode
    to_organisation: str
    outcome: Literal["accepted", "declined", "placed", "closed"]
    on: date
    synthetic: bool = False


class InstitutionState(PlainData):
    """What an institution does against drugs. ``penggiat`` and ``urine_tests`` are numbers of people and of tests."""

    has_policy: bool
    penggiat: Count
    urine_tests: Count


class InstitutionRecorded(Payload):
    """An institution in one of the four settings was recorded, or its record replaced."""

    TYPE: ClassVar[str] = _type("institution", "recorded")
    institution_id: Id
    setting: Setting
    state: InstitutionState
    previous: InstitutionState | None = None
    on: date
    synthetic: bool = False


class RegulationRecorded(Payload):
    """A regional regulation, decree or action plan (RAD) on P4GN was recorded, or came in or out of force."""

    TYPE: ClassVar[str] = _type("regulation", "recorded")
    regulation_id: Id
    kind: RegulationKind
    number: str
    in_force: bool
    previously_in_force: bool = False
    on: date
    synthetic: bool = False


class AgentRecorded(Payload):
    """A recovery agent or a penggiat of a village was recorded as active or not."""

    TYPE: ClassVar[str] = _type("agent", "recorded")
    agent_id: Id
    kind: Literal["agen_pemulihan", "penggiat"]
    village: VillageCode
    active: bool
    previously_active: bool = False
    on: date
    synthetic: bool = False


class AreaStatusRecorded(Payload):
    """A village's status for a year. ``before`` is the status of the last earlier year, when there is one.

    ``previous`` and ``previous_before`` are what this statement replaces for the same year: its status and its
    ``before``. When an earlier year is recorded or corrected later, the next year's status is said again with its
    new ``before``.
    """

    TYPE: ClassVar[str] = _type("area-status", "recorded")
    village: VillageCode
    year: Year
    status: AreaStatus
    previous: AreaStatus | None = None
    before: AreaStatus | None = None
    previous_before: AreaStatus | None = None
    method: Literal["IKRN", "8+5"]
    on: date
    synthetic: bool = False


class SurveyAnswered(Payload):
    """One anonymous questionnaire. ``answers`` maps an item of the instrument to 1, 2, 3 or 4."""

    TYPE: ClassVar[str] = _type("survey", "answered")
    answer_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    answers: dict[str, Annotated[int, Field(ge=1, le=4)]]
    on: date
    synthetic: bool = False


class IndexPublished(Payload):
    """An index as somebody published it. Kept as printed and never recomputed; ``index`` may be missing where only
    the category was printed. ``variables`` holds the printed variables under their instrument names."""

    TYPE: ClassVar[str] = _type("index", "published")
    published_id: Id
    area: RegionCode
    area_name: str
    year: Year
    edition: Literal["kotan-2019", "kotan-2022"]
    index: Decimal | None = None
    category: str | None = None
    variables: dict[str, Decimal] = Field(default_factory=dict)
    source: str


class IndexReferenceChosen(Payload):
    """A person chose which published index of a kab/kota and year is the reference."""

    TYPE: ClassVar[str] = _type("index", "reference-chosen")
    published_id: Id
    area: RegionCode
    year: Year
    edition: Literal["kotan-2019", "kotan-2022"]
    index: Decimal
    reason: str


PAYLOADS: tuple[type[Payload], ...] = (
    ParticipantRegistered,
    ProgrammeCreated,
    SessionHeld,
    EnrolmentAccepted,
    EnrolmentCompleted,
    EnrolmentDropped,
    BusinessStarted,
    FollowUpScheduled,
    FollowUpCancelled,
    BusinessFollowedUp,
    ReferralSent,
    ReferralAnswered,
    InstitutionRecorded,
    RegulationRecorded,
    AgentRecorded,
    AreaStatusRecorded,
    SurveyAnswered,
    IndexPublished,
    IndexReferenceChosen,
)
