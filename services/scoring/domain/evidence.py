"""What one event contributes: additions to named counters, or one questionnaire.

Counters are the vocabulary an instrument's evidence indicators may use. A *flow* counts what happened within a
year. A *stock* counts what stands: it carries over into later years until an event takes it back.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

FLOWS: Final[Mapping[str, str]] = {
    "participants.registered": "people who joined the office's work",
    "sessions.held": "sessions held, of any programme",
    "sessions.attended": "attendances at sessions",
    "families.reached": "families attending sessions",
    "enrolments.accepted": "places given in a programme",
    "enrolments.completed": "programmes finished by a participant",
    "businesses.started": "businesses started",
    "businesses.visited": "follow-up visits, all months",
    "businesses.visited_active": "follow-up visits that found the business active",
    "businesses.visited.1": "follow-up visits after 1 month",
    "businesses.visited.3": "follow-up visits after 3 months",
    "businesses.visited.6": "follow-up visits after 6 months",
    "businesses.visited.12": "follow-up visits after 12 months",
    "businesses.visited_active.1": "businesses active after 1 month",
    "businesses.visited_active.3": "businesses active after 3 months",
    "businesses.visited_active.6": "businesses active after 6 months",
    "businesses.visited_active.12": "businesses active after 12 months",
    "areas.recorded": "villages with a status for the year",
    "areas.level": "sum of the status levels: bahaya 1, waspada 2, siaga 3, aman 4",
    "areas.safe_or_better": "villages that are aman, or safer than the last earlier year",
    "areas.bersinar": "villages designated as Desa or Kelurahan Bersinar for the year",
    "forums.held": "meetings of stakeholders held",
    "commitments.made": "commitments of organisations made in them",
    "commitments.settled": "commitments found kept or not kept",
    "commitments.kept": "commitments found kept",
    "synthetic.events": "synthetic events of the year",
}

STOCKS: Final[Mapping[str, str]] = {
    "agents.recovery": "active recovery agents (agen pemulihan)",
    "agents.penggiat": "active penggiat",
    "institutions.recorded": "institutions recorded",
    "institutions.with_policy": "institutions with a P4GN policy",
    "institutions.penggiat": "penggiat in institutions",
    "institutions.urine_tests": "urine tests in institutions",
    "regulations.in_force": "regional regulations and decrees on P4GN in force",
    "action_plans.in_force": "action plans (RAD) in force",
    "tim_terpadu": "decrees of a Tim Terpadu in force",
    "synthetic.records": "synthetic standing records",
}

COUNTERS: Final[Mapping[str, str]] = {**FLOWS, **STOCKS}

NO_ANSWERS: Final[Mapping[str, int]] = {}


class Evidence(NamedTuple):
    """One event's contribution to one city.

    ``counters`` holds (counter, addition) pairs, each name once. With ``carries`` they are stocks and count for
    ``year`` and every later year. ``answers`` maps items to 1..4 and belongs to respondent ``group`` and to
    ``instrument``; ``sign`` is -1 when a questionnaire is taken out of the count again.
    """

    year: int
    counters: tuple[tuple[str, int], ...] = ()
    carries: bool = False
    instrument: str | None = None
    group: str | None = None
    answers: Mapping[str, int] = NO_ANSWERS
    synthetic: bool = False
    sign: int = 1


class EvidenceRefusedError(ValueError):
    """The evidence doesn't fit the instrument of its year; nothing was changed."""


Misfit = Literal["answer_outside", "instrument_other", "group_unknown", "item_unknown", "without_answers"]


class MisfitError(EvidenceRefusedError):
    """Answers that don't fit, said in English; ``code`` and ``values`` are for other languages."""

    def __init__(self, code: Misfit, said: str, **values: object) -> None:
        super().__init__(said.format(**values))
        self.code, self.values = code, values
