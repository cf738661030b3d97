"""What the registry says: everything an office records, without a name, NIK, phone or address.

People appear as pseudonymous ids. ``on`` is the date a thing happened in the office's own time zone; the year of
``on`` is the year it counts for. Where an event replaces an earlier statement it carries the earlier one too
(``previous``), so that a follower can count without looking anything up.
"""

from shared.contracts.envelope import Payload
from shared.contracts.registry import indices, livelihoods, people, programmes, surveys, territory, ties
from shared.contracts.registry.indices import IndexPublished, IndexReferenceChosen
from shared.contracts.registry.livelihoods import (
    BusinessFollowedUp,
    BusinessStarted,
    FollowUpCancelled,
    FollowUpScheduled,
)
from shared.contracts.registry.people import ParticipantMoved, ParticipantRegistered, ParticipantStateChanged
from shared.contracts.registry.programmes import (
    EnrolmentAccepted,
    EnrolmentCompleted,
    EnrolmentDropped,
    ProgrammeCreated,
    SessionHeld,
)
from shared.contracts.registry.surveys import (
    CampaignState,
    ExclusionReason,
    GroupQuota,
    SurveyAnswered,
    SurveyAnswerExcluded,
    SurveyAnswerReadmitted,
    SurveyMoved,
    SurveyPlanned,
    SurveyReminded,
)
from shared.contracts.registry.territory import (
    AgentRecorded,
    AreaStatusRecorded,
    BersinarDesignated,
    InstitutionRecorded,
    InstitutionState,
    PillarRecorded,
    PotentialKindAdded,
    PotentialMapped,
    RegulationRecorded,
)
from shared.contracts.registry.ties import ReferralAnswered, ReferralSent
from shared.contracts.registry.words import (
    AgeBand,
    AreaStatus,
    BusinessStatus,
    Count,
    FollowUpMonth,
    Group,
    Id,
    KotanGroup,
    LeaveReason,
    ParticipantState,
    PillarRole,
    ProgrammeKind,
    RegulationKind,
    RespondentGroup,
    Setting,
    Sex,
    VillageGroup,
    Year,
)

PAYLOADS: tuple[type[Payload], ...] = (
    *people.PAYLOADS,
    *programmes.PAYLOADS,
    *livelihoods.PAYLOADS,
    *ties.PAYLOADS,
    *territory.PAYLOADS,
    *surveys.PAYLOADS,
    *indices.PAYLOADS,
)

__all__ = [
    "PAYLOADS",
    "AgeBand",
    "AgentRecorded",
    "AreaStatus",
    "AreaStatusRecorded",
    "BersinarDesignated",
    "BusinessFollowedUp",
    "BusinessStarted",
    "BusinessStatus",
    "CampaignState",
    "Count",
    "EnrolmentAccepted",
    "EnrolmentCompleted",
    "EnrolmentDropped",
    "ExclusionReason",
    "FollowUpCancelled",
    "FollowUpMonth",
    "FollowUpScheduled",
    "Group",
    "GroupQuota",
    "Id",
    "IndexPublished",
    "IndexReferenceChosen",
    "InstitutionRecorded",
    "InstitutionState",
    "KotanGroup",
    "LeaveReason",
    "ParticipantMoved",
    "ParticipantRegistered",
    "ParticipantState",
    "ParticipantStateChanged",
    "PillarRecorded",
    "PillarRole",
    "PotentialKindAdded",
    "PotentialMapped",
    "ProgrammeCreated",
    "ProgrammeKind",
    "ReferralAnswered",
    "ReferralSent",
    "RegulationKind",
    "RegulationRecorded",
    "RespondentGroup",
    "SessionHeld",
    "Setting",
    "Sex",
    "SurveyAnswerExcluded",
    "SurveyAnswerReadmitted",
    "SurveyAnswered",
    "SurveyMoved",
    "SurveyPlanned",
    "SurveyReminded",
    "VillageGroup",
    "Year",
]
