"""What a city's page shows, as data: made by the read model, drawn by the templates, served as JSON.

Language-free: keys, decimals and moments. Words come from the catalogues and, for what an instrument names
itself, from the instrument (``names``: language -> text).
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.scoring import GroupCompleteness, Interval, Movement, Reading, Score, Target

Names = Mapping[str, str]
Mark = Literal["R", "I", "P"]
Part = Literal["feed", "alerts", "work", "areas"]
Edition = Literal["kotan-2019", "kotan-2022"]


class ViewPart(BaseModel):
    """A part of the view."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Place(ViewPart):
    """A kab/kota with what stands above it and its zone, e.g. ``Asia/Jakarta``, ``WIB``."""

    code: str
    name: str
    province_code: str
    province_name: str
    time_zone: str
    zone_label: str


class Band(ViewPart):
    """A stretch of the scale from ``floor`` (inclusive) up to the next band's floor."""

    key: str
    floor: Decimal
    names: Names
    mark: Mark = "P"


class Group(ViewPart):
    """A respondent group and the answers wanted from it."""

    key: str
    names: Names
    quota: int


class InstrumentOutline(ViewPart):
    """What the city's page needs of an instrument: scale, bands from low to high, names."""

    key: str
    edition: str
    names: Names
    lowest: Decimal
    highest: Decimal
    bands: tuple[Band, ...]
    groups: tuple[Group, ...]
    variables: Mapping[str, Names]
    indicators: Mapping[str, Names]


class ReadingView(ViewPart):
    """One of the two indices: the score, or ``None``, and its last change."""

    score: Score | None = None
    interval: Interval | None = None
    last_change: Decimal | None = None
    changed_at: AwareDatetime | None = None


class VariableView(ViewPart):
    """Both readings of a variable; ``reference`` is the published value of the target's year, when there is one."""

    variable: str
    survey: Score | None
    running: Score | None
    reference: Decimal | None = None


class FeedRow(ViewPart):
    """One event's part in one reading. ``share`` is the sum over ``movements``, ``None`` when there was no index to
    share.

    Answers to the survey that came together are one row: ``answers`` of them, ``details`` naming their respondent
    groups. Such a row has the key, id and time of its oldest answer, and its movements are summed by variable and
    indicator.
    """

    key: str
    event_id: str
    event_type: str
    at: AwareDatetime
    reading: Reading
    place: str | None
    detail: str | None
    details: tuple[str, ...] = ()
    answers: int = 1
    share: Decimal | None
    movements: tuple[Movement, ...]
    synthetic: bool = False


class AlertRow(ViewPart):
    """An organisation was told of something; ``outcomes`` maps a channel to waiting, delivered or failed."""

    alert_id: str
    rule: str
    recipient: str
    summary_id: str
    summary_en: str
    at: AwareDatetime
    outcomes: Mapping[str, Literal["waiting", "delivered", "failed"]]
    synthetic: bool = False


class OverdueReferrals(ViewPart):
    """Referrals an organisation has not answered by their date."""

    organisation: str
    count: int


class OpenWork(ViewPart):
    """What waits for somebody, on the city's own date."""

    referrals_open: int = 0
    referrals_overdue: tuple[OverdueReferrals, ...] = ()
    follow_ups_overdue: int = 0
    follow_ups_due_this_week: int = 0


class PublishedPoint(ViewPart):
    """An index as printed. ``chosen`` when a person made it the reference of its year."""

    published_id: str
    year: int
    edition: Edition
    index: Decimal | None
    category: str | None
    source: str
    chosen: bool = False


class ComputedPoint(ViewPart):
    """The survey index this software computed for a year."""

    year: int
    edition: str
    index: Decimal
    band: str
    provisional: bool
    lowest: Decimal | None = None
    highest: Decimal | None = None
    interval: Interval | None = None


class AreaCounts(ViewPart):
    """Villages of the city by status, for the latest year with any: officers see it, the public doesn't."""

    year: int
    counts: Mapping[str, int]


class CityView(ViewPart):
    """A city and year. ``push_id`` is the last pushed change this view contains: live updates go on after it.

    ``underway`` counts events recorded but not in here yet; ``None`` when that can't be found out. ``hidden`` names the
    parts that are empty because the caller's role or scope doesn't see them.
    """

    place: Place
    year: int
    years: tuple[int, ...]
    instrument: InstrumentOutline | None
    provisional: bool = True
    synthetic: bool = False
    survey: ReadingView = ReadingView()
    running: ReadingView = ReadingView()
    target: Target | None = None
    variables: tuple[VariableView, ...] = ()
    completeness: tuple[GroupCompleteness, ...] = ()
    feed: tuple[FeedRow, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    work: OpenWork = OpenWork()
    published: tuple[PublishedPoint, ...] = ()
    computed: tuple[ComputedPoint, ...] = ()
    areas: AreaCounts | None = None
    hidden: tuple[Part, ...] = ()
    underway: int | None = 0
    push_id: int = 0
    as_of: datetime | None = None

    @property
    def answers(self) -> int:
        """Questionnaires of the year."""
        return sum(group.answers for group in self.completeness)

    @property
    def quota(self) -> int:
        """Questionnaires wanted."""
        return sum(group.quota for group in self.completeness)

    @property
    def silent_groups(self) -> tuple[str, ...]:
        """Respondent groups that have not answered at all: without them there is no survey index."""
        return tuple(group.group for group in self.completeness if group.answers == 0)
