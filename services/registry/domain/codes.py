"""The reasons a rule can give for saying no, by subject; each has its wording in http/wording/."""

from typing import Literal

GeneralCode = Literal[
    "address_unreadable",
    "already_recorded",
    "before_start",
    "body_differs",
    "cursor_unreadable",
    "date_in_future",
    "date_too_early",
    "if_match_missing",
    "key_unreadable",
    "nothing_to_change",
    "personal_text",
    "stale",
    "unknown_record",
    "year_in_future",
]
AccessCode = Literal["outside_scope",]
PeopleCode = Literal[
    "age_missing",
    "age_twice",
    "birth_in_future",
    "consent_given",
    "consent_missing",
    "consent_over",
    "consent_text",
    "consent_withdrawn",
    "move_nowhere",
    "nik_shape",
    "nik_taken",
    "participant_erased",
    "participant_left",
    "participant_merged",
    "participant_moved",
    "participant_state",
    "processing_remains",
    "search_empty",
    "unknown_participant",
    "unknown_purpose",
]
WorkCode = Literal[
    "already_enrolled",
    "already_visited",
    "enrolment_over",
    "families_above_attended",
    "quota_full",
    "unknown_enrolment",
    "unknown_programme",
    "village_not_in_programme",
    "villages_in_two_cities",
    "visit_cancelled",
]
TiesCode = Literal[
    "due_before_sent",
    "referral_over",
]
TerritoryCode = Literal[
    "document_link",
    "ended_already",
    "ends_before_start",
    "pillar_taken",
    "potential_kind_taken",
    "region_outside",
    "unknown_potential_kind",
    "unknown_region",
    "unknown_village",
    "village_outside",
]
SurveysCode = Literal[
    "already_excluded",
    "answer_off_scale",
    "campaign_elsewhere",
    "campaign_exists",
    "campaign_not_begun",
    "campaign_over",
    "campaign_settled",
    "campaign_too_long",
    "closes_before_opening",
    "group_not_asked",
    "instrument_unknown",
    "instrument_unreachable",
    "invitation_full",
    "invitation_unknown",
    "invitation_used",
    "item_name",
    "item_unknown",
    "not_excluded",
    "opens_in_another_year",
    "period_closed",
    "reason_missing",
    "same_hand",
    "too_few_answers",
    "village_missing",
    "village_not_surveyed",
    "villages_missing",
    "villages_not_wanted",
]
ExchangeCode = Literal[
    "filter_twice",
    "filter_unknown",
    "sort_unknown",
]
IndicesCode = Literal[
    "index_missing",
    "index_off_scale",
    "nothing_published",
]
Code = Literal[
    GeneralCode, AccessCode, PeopleCode, WorkCode, TiesCode, TerritoryCode, SurveysCode, IndicesCode, ExchangeCode
]
