"""What there is to tell of a survey that may fall short: the office, and each institution that hasn't answered."""

from dataclasses import dataclass
from datetime import date

from services.notifications.domain.matters import Json, Matter


@dataclass(frozen=True)
class Shortfall:
    """A respondent group (of one village, in a survey of villages) that has not met its quota."""

    event_id: str
    region: str
    year: int
    group: str
    village: str | None
    addressees: tuple[str, ...]
    answers: int
    quota: int
    closes_on: date
    synthetic: bool


def survey_short(short: Shortfall) -> Matter:
    """The office hears how many answers are missing, while there is time to do something."""
    return Matter("survey_short", short.event_id, short.region, short.year, short.synthetic, _facts(short))


def survey_invited(short: Shortfall) -> Matter | None:
    """The institutions whose invitation has not been used are reminded of it; nobody else is."""
    if not short.addressees:
        return None
    silent = frozenset(short.addressees)
    return Matter(
        "survey_invited", short.event_id, short.region, short.year, short.synthetic, _facts(short), organisations=silent
    )


def _facts(short: Shortfall) -> dict[str, Json]:
    return {
        "region": short.region,
        "village": short.village,
        "year": short.year,
        "group": short.group,
        "answers": short.answers,
        "quota": short.quota,
        "due_on": short.closes_on.isoformat(),
    }
