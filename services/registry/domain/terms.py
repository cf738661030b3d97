"""From when until when something stands (a regulation in force, an agent active), and how followers are told of it.

Followers count what stands by adding one when it begins and taking one away when it ends. So a correction says only
what differs, year by year: the counts then are as if the right dates had been given at first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.registry.domain.refusal import Refusal

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """From this day on it stands (``up``), or stands no longer."""

    on: date
    up: bool


@dataclass(frozen=True)
class Term:
    """``since`` is the first day (``None``: never yet), ``until`` the last, ``after`` the last of an earlier one."""

    since: date | None
    until: date | None = None
    after: date | None = None

    def stands(self, day: date) -> bool:
        """Whether it stands on a day."""
        return self.since is not None and self.since <= day and (self.until is None or day <= self.until)

    def turns(self, said_on: date) -> list[Turn]:
        """What has turned up to a day, that day included."""
        if self.since is None:
            return []
        found = [Turn(self.since, up=True)]
        if self.until is not None:
            found.append(Turn(self.until + DAY, up=False))
        return [turn for turn in found if turn.on <= said_on]


def begin(term: Term, on: date, today: date) -> Term:
    """It stands from a day on: a first term, the coming one sooner, or a new one after one that has ended."""
    if term.stands(today) and term.stands(on):
        return term
    if term.since is None or term.since > today:
        return check(Term(on, None, term.after))
    if term.until is None or on <= term.until:
        raise Refusal("terms_overlap", "on", after=(term.until or term.since).isoformat())
    return Term(on, None, term.until)


def end(term: Term, on: date, today: date) -> Term:
    """It stands no longer from a day on. One that has no day of its own then, never was."""
    if term.since is None or (term.until is not None and term.until < on):
        return term
    if term.since > today or on == term.since:
        return Term(None, None, term.after)
    if on < term.since:
        raise Refusal("ends_before_start", "on", start=term.since.isoformat())
    return replace(term, until=on - DAY)


def check(term: Term) -> Term:
    """Refuses a term that ends before it begins, one without a beginning, and one that overlaps the term before."""
    if term.since is None:
        if term.until is not None:
            raise Refusal("until_without_since", "until")
        return term
    if term.until is not None and term.until < term.since:
        raise Refusal("ends_before_start", "until", start=term.since.isoformat())
    if term.after is not None and term.since <= term.after:
        raise Refusal("terms_overlap", "since", after=term.after.isoformat())
    return term


def restated(old: Sequence[Turn], new: Sequence[Turn]) -> list[Turn]:
    """The turns to say so that what was said (``old``) becomes ``new`` for every year, the earliest year first."""
    net: Counter[int] = Counter()
    for turns, sign in ((new, 1), (old, -1)):
        for turn in turns:
            net[turn.on.year] += sign if turn.up else -sign
    return [
        Turn(_day(year, change > 0, (*new, *old)), up=change > 0)
        for year, change in sorted(net.items())
        for _ in range(abs(change))
    ]


def _day(year: int, up: bool, turns: Sequence[Turn]) -> date:
    """The day in a year a change is about: of a turn that way, else of any turn of that year."""
    days = [turn.on for turn in turns if turn.on.year == year]
    same = [turn.on for turn in turns if turn.on.year == year and turn.up == up]
    return (same or days)[0]
