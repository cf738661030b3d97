"""The life of a survey campaign: opened, closed, approved by the head, locked by the province, revised by name.

Who may take which step is in the permission file; here is only what can follow on what, when a questionnaire may
still be answered, and whether the quota will be met.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Literal, NamedTuple

from services.registry.domain.refusal import Refusal

State = Literal["draft", "open", "closed", "approved", "locked"]
StepName = Literal["open", "close", "reopen", "approve", "send_back", "lock", "revise"]
Outlook = Literal["met", "not_started", "on_track", "at_risk", "short"]

DAYS_MAX = 366
NODE = "node"
"""The node's own token: an office without accounts signs with it, and nobody can be told apart by it."""


class Step(NamedTuple):
    """From which states a step leads where; whether it needs a reason, and other eyes than the step before."""

    sources: frozenset[State]
    target: State
    needs_reason: bool = False
    other_hand: bool = False


STEPS: Mapping[StepName, Step] = {
    "open": Step(frozenset({"draft"}), "open"),
    "close": Step(frozenset({"open"}), "closed"),
    "reopen": Step(frozenset({"closed"}), "open", needs_reason=True),
    "approve": Step(frozenset({"closed"}), "approved", other_hand=True),
    "send_back": Step(frozenset({"approved"}), "closed", needs_reason=True),
    "lock": Step(frozenset({"approved"}), "locked", other_hand=True),
    "revise": Step(frozenset({"locked"}), "closed", needs_reason=True),
}


def follow(state: State, step: StepName) -> State:
    """The state after a step; refused when the step can't be taken from where the campaign stands."""
    taken = STEPS[step]
    if state not in taken.sources:
        possible = ", ".join(name for name, other in STEPS.items() if state in other.sources)
        raise Refusal("campaign_elsewhere", "step", state=state, possible=possible)
    return taken.target


def check_other_hand(step: StepName, actor: str, earlier: str | None) -> None:
    """Refuses the signature of whoever signed the step before: closing, approving and locking are three people's."""
    if STEPS[step].other_hand and actor == earlier and actor != NODE:
        raise Refusal("same_hand", "step")


def check_period(year: int, opens_on: date, closes_on: date) -> None:
    """A campaign opens in its year, closes after that, and lasts a year at the most."""
    if opens_on.year != year:
        raise Refusal("opens_in_another_year", "opens_on", year=year)
    if closes_on < opens_on:
        raise Refusal("closes_before_opening", "closes_on", opens=opens_on.isoformat())
    if (closes_on - opens_on).days >= DAYS_MAX:
        raise Refusal("campaign_too_long", "closes_on", days=DAYS_MAX)


def check_answerable(state: State, opens_on: date, closes_on: date, today: date) -> None:
    """Refuses an answer before the first day, after the last one, and whenever the campaign isn't open."""
    if state == "draft" or (state == "open" and today < opens_on):
        raise Refusal("campaign_not_begun", None, opens=opens_on.isoformat())
    if state != "open" or today > closes_on:
        raise Refusal("campaign_over", None)


def check_mutable(state: State) -> None:
    """Refuses to touch answers whose figure a head has approved or a province has locked."""
    if state in ("approved", "locked"):
        raise Refusal("campaign_settled", None, state=state)


@dataclass(frozen=True)
class Forecast:
    """Where a group stands and where it is heading. ``expected`` is at the end of the last day, at today's pace."""

    answers: int
    quota: int
    days_left: int
    pace_per_day: Fraction
    needed_per_day: int
    expected: int
    outlook: Outlook


def forecast(answers: int, quota: int, opens_on: date, closes_on: date, today: date) -> Forecast:
    """Whether the quota will be met if answers keep coming as they did since the first day.

    Days are whole: the first counts from its morning, the last to its evening, today counts as gone.
    """
    gone = max(min(today, closes_on) - opens_on, opens_on - opens_on).days + 1
    begun = today >= opens_on
    left = max((closes_on - max(today, opens_on)).days + (0 if begun else 1), 0)
    pace = Fraction(answers, gone) if begun else Fraction(0)
    expected = int(answers + pace * left)
    missing = max(quota - answers, 0)
    needed = 0 if not missing else ceil(Fraction(missing, left)) if left else missing
    return Forecast(answers, quota, left, pace, needed, expected, _outlook(begun, missing, left, expected >= quota))


def _outlook(begun: bool, missing: int, left: int, reaching: bool) -> Outlook:
    if not missing:
        return "met"
    if not begun:
        return "not_started"
    if not left:
        return "short"
    return "on_track" if reaching else "at_risk"
