"""The one way a rule says no."""

from typing import Literal

Code = Literal[
    "age_missing",
    "age_twice",
    "address_unreadable",
    "already_enrolled",
    "already_recorded",
    "already_visited",
    "before_start",
    "birth_in_future",
    "body_differs",
    "cursor_unreadable",
    "date_in_future",
    "date_too_early",
    "due_before_sent",
    "enrolment_over",
    "families_above_attended",
    "if_match_missing",
    "index_missing",
    "index_off_scale",
    "item_name",
    "key_unreadable",
    "nik_shape",
    "nik_taken",
    "nothing_to_change",
    "nothing_published",
    "personal_text",
    "quota_full",
    "referral_over",
    "region_outside",
    "stale",
    "unknown_enrolment",
    "unknown_participant",
    "unknown_programme",
    "unknown_record",
    "unknown_region",
    "unknown_village",
    "village_not_in_programme",
    "village_outside",
    "villages_in_two_cities",
    "visit_cancelled",
    "year_in_future",
]


class Refusal(Exception):
    """A request that can't be granted. ``code`` names the reason, ``field`` what to mend.

    ``values`` fill the wording in http/wording.py. They are never a person's data: they end up in answers and logs.
    """

    def __init__(self, code: Code, field: str | None = None, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


class StaleVersion(Refusal):
    """The record changed since the caller read it; ``version`` is the current one."""

    def __init__(self, version: int) -> None:
        super().__init__("stale", "If-Match", version=version)
        self.version = version
