"""Survey campaigns and the answers to them, which are anonymous.

An answer says its group and, for a survey of villages, its village; never by which invitation it came.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Payload, PlainData, VillageCode
from shared.contracts.registry.words import Count, Id, RespondentGroup, Year, type_of

CampaignState = Literal["draft", "open", "closed", "approved", "locked"]
ExclusionReason = Literal["duplicate", "straight_line", "too_fast", "test", "other"]
Answers = dict[str, Annotated[int, Field(ge=1, le=4)]]


class SurveyAnswered(Payload):
    """One anonymous questionnaire. ``answers`` maps an item of the instrument to 1, 2, 3 or 4."""

    TYPE: ClassVar[str] = type_of("survey", "answered")
    answer_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    answers: Answers
    on: date
    synthetic: bool = False
    campaign_id: Id | None = None
    village: VillageCode | None = None


class SurveyAnswerExcluded(Payload):
    """A person took a questionnaire out of the count, with a reason. Carries it whole, so that it can be subtracted."""

    TYPE: ClassVar[str] = type_of("survey-answer", "excluded")
    answer_id: Id
    campaign_id: Id | None = None
    instrument: str
    year: Year
    group: RespondentGroup
    answers: Answers
    village: VillageCode | None = None
    reason: ExclusionReason
    on: date
    synthetic: bool = False


class SurveyAnswerReadmitted(Payload):
    """A questionnaire that was taken out counts again."""

    TYPE: ClassVar[str] = type_of("survey-answer", "readmitted")
    answer_id: Id
    campaign_id: Id | None = None
    instrument: str
    year: Year
    group: RespondentGroup
    answers: Answers
    village: VillageCode | None = None
    on: date
    synthetic: bool = False


class GroupQuota(PlainData):
    """Answers wanted of a group; of each village, where the survey is of villages."""

    group: RespondentGroup
    quota: Count


class SurveyPlanned(Payload):
    """A campaign was set up: which questionnaire, whom, how many, and when. ``villages`` only in one of villages."""

    TYPE: ClassVar[str] = type_of("survey", "planned")
    campaign_id: Id
    instrument: str
    year: Year
    opens_on: date
    closes_on: date
    quotas: tuple[GroupQuota, ...]
    villages: tuple[VillageCode, ...] = ()
    synthetic: bool = False


class SurveyMoved(Payload):
    """A campaign was opened, closed, opened again, approved, sent back, locked, or opened to a named revision.

    ``revision`` counts from 1. The answers as they stand when ``state`` becomes ``locked`` are the official value of
    that revision.
    """

    TYPE: ClassVar[str] = type_of("survey", "moved")
    campaign_id: Id
    instrument: str
    year: Year
    state: CampaignState
    before: CampaignState
    revision: Annotated[int, Field(ge=1, le=1_000)]
    revision_name: str | None = None
    on: date
    synthetic: bool = False


class SurveyReminded(Payload):
    """A group that hasn't met its quota is to be reminded. ``waiting`` counts its invitations not yet answered."""

    TYPE: ClassVar[str] = type_of("survey", "reminded")
    campaign_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    village: VillageCode | None = None
    addressees: tuple[str, ...] = ()
    answers: Count
    quota: Count
    waiting: Count
    closes_on: date
    on: date
    synthetic: bool = False


class SurveyInvited(Payload):
    """So many ``invitations`` to a campaign were made, each for ``places`` answers; never to whom, nor their ids."""

    TYPE: ClassVar[str] = type_of("survey", "invited")
    campaign_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    village: VillageCode | None = None
    invitations: Count
    places: Count
    on: date
    synthetic: bool = False


class SurveyInvitationWithdrawn(Payload):
    """An invitation is worthless from now on, with the ``places`` that were left of it; its answers stay."""

    TYPE: ClassVar[str] = type_of("survey", "invitation-withdrawn")
    campaign_id: Id
    instrument: str
    year: Year
    group: RespondentGroup
    village: VillageCode | None = None
    places: Count
    on: date
    synthetic: bool = False


PAYLOADS: tuple[type[Payload], ...] = (
    SurveyAnswered,
    SurveyAnswerExcluded,
    SurveyAnswerReadmitted,
    SurveyPlanned,
    SurveyMoved,
    SurveyReminded,
    SurveyInvited,
    SurveyInvitationWithdrawn,
)
