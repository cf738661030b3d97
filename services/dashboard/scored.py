"""What scoring answers, as far as pages show it: read leniently, a field they don't know is scoring's business."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.dashboard.campaigns import Official
from services.dashboard.view import Names
from shared.contracts.scoring import Interval, Reading, Score, Variable

Status = Literal["bahaya", "waspada", "siaga", "aman"]


class Answer(BaseModel):
    """A part of what scoring answers; fields the pages don't show are scoring's business."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Weighed(Answer):
    """The index under one set of weights."""

    weights: Mapping[str, Decimal]
    score: Score
    rank: int


class Sensitivity(Answer):
    """What the weights decide about an index and its rank among ``cities``."""

    reading: Reading
    cities: int
    named: Mapping[str, Weighed]
    lowest: Score
    highest: Score
    rank_best: int
    rank_worst: int


class Pace(Answer):
    """One reading against the target, and how fast it rises and would have to."""

    reading: Reading
    value: Decimal | None
    gap: Decimal | None
    needed_a_week: Decimal | None
    risen_a_week: Decimal | None


class YearTarget(Answer):
    """What a year is to reach."""

    value: Decimal | None
    source: str | None
    from_year: int | None
    reason: str | None
    days_left: int
    paces: Sequence[Pace]

    def pace(self, reading: Reading) -> Pace | None:
        """That of one reading."""
        return next((pace for pace in self.paces if pace.reading == reading), None)


class Standing(Answer):
    """What a city's page says besides its numbers: locked values, the target's pace, what the weights decide."""

    official: Sequence[Official] = ()
    target: YearTarget | None = None
    sensitivity: Sensitivity | None = None
    is_away: bool = False

    def locked(self, year: int) -> Official | None:
        """The official value of a year: the latest revision."""
        return next((one for one in self.official if one.year == year), None)


class Recovery(Answer):
    """The change from the latest earlier status; ``is_break`` where that one was found in another way."""

    earlier_year: int
    earlier_status: Status
    earlier_edition: str
    steps: int
    recovered: bool
    is_break: bool


class VillageOfficial(Answer):
    """What a village's survey gave when it was locked; each correction is a revision with a name."""

    revision: int
    revision_name: str | None
    value: Decimal | None
    band: Status | None
    at: datetime


class VillageStatus(Answer):
    """A village's status in a year, and how it was found; none where only the locked one is left of it."""

    year: int
    status: Status | None
    source: Literal["survey", "recorded"] | None
    edition: str
    survey: Score | None
    provisional: bool
    synthetic: bool
    recovery: Recovery | None
    official: Sequence[VillageOfficial] = ()

    @property
    def has_moved_on(self) -> bool:
        """Whether the survey gives something else now than what was locked."""
        if not self.official:
            return False
        now = (self.survey.value, self.survey.band) if self.survey else (None, None)
        return now != (self.official[0].value, self.official[0].band)


class VillageHistory(Answer):
    """The statuses of one village, the oldest first."""

    village: str
    statuses: Sequence[VillageStatus]


class VillageYear(Answer):
    """The villages of a year by status."""

    year: int
    counts: Mapping[Status, int]
    compared: int
    recovered: int
    fell: int
    breaks: int


class Villages(Answer):
    """The villages of a city over the years."""

    years: Sequence[VillageYear]
    items: Sequence[VillageHistory]


class Printed(Answer):
    """An index as printed."""

    published_id: str
    index: Decimal | None
    category: str | None
    source: str
    is_reference: bool
    reason: str | None


class Computed(Answer):
    """What was computed here: of a kab/kota its index, of a wider area a mean."""

    survey: Decimal | None
    band: str | None
    interval: Interval | None
    running: Decimal | None
    running_band: str | None
    answers: int
    quota: int
    cities: int
    scored: int
    provisional: bool
    synthetic: bool
    against_reference: Decimal | None


class YearValues(Answer):
    """One year under one edition: printed, chosen, computed, locked."""

    year: int
    edition: str
    is_break: Annotated[bool, Field(alias="break")]
    published: Sequence[Printed]
    conflict: bool
    spread: Decimal | None
    chosen: Printed | None
    computed: Computed | None
    official: Sequence[Official]


class Values(Answer):
    """All years of an area, the latest first."""

    area: str
    name: str
    items: Sequence[YearValues]


class Way(Answer):
    """A part of a change through one item or counter."""

    variable: Variable
    indicator: str
    evidence: str
    index_share: Decimal


class MovingEvent(Answer):
    """An event's part of a change, and the ways it took."""

    event_id: str
    event_type: str
    at: datetime
    village: str | None
    detail: str | None
    synthetic: bool
    index_share: Decimal
    ways: Sequence[Way]


class EvidenceShare(Answer):
    """An item's or counter's part."""

    evidence: str
    index_share: Decimal


class IndicatorShare(Answer):
    """An indicator's part."""

    indicator: str
    index_share: Decimal
    evidence: Sequence[EvidenceShare]


class VariableShare(Answer):
    """A variable's part."""

    variable: Variable
    index_share: Decimal
    indicators: Sequence[IndicatorShare]


class Moved(Answer):
    """What moved one reading between two moments; the shares sum exactly to the change."""

    reading: Reading
    before: Decimal | None
    after: Decimal | None
    change: Decimal | None
    came_to_be: datetime | None
    variables: Sequence[VariableShare]
    events: Sequence[MovingEvent]
    events_left_out: int
    share_left_out: Decimal
    sentence: Names


class Explanation(Answer):
    """What moved an index between two moments."""

    instrument: str
    provisional: bool
    readings: Sequence[Moved]


class VariablePair(Answer):
    """Both readings of a variable."""

    variable: Variable
    survey: Score | None
    running: Score | None


class Numbers(Answer):
    """Both indices and the variables."""

    survey: Score | None
    running: Score | None
    variables: Sequence[VariablePair]


class Step(Answer):
    """What one supposed step brings."""

    step: str
    survey_share: Decimal | None
    running_share: Decimal | None


class Supposed(Answer):
    """What would be."""

    year: int
    instrument: str
    provisional: bool
    before: Numbers
    after: Numbers
    steps: Sequence[Step]
    survey_assumed_complete: bool


class Action(Answer):
    """Something an office can do: what one unit adds and costs."""

    action: str
    name: Names
    adds: Mapping[str, int]
    cost: Decimal
    cost_set_by_office: bool
    most: int
    mark: str


class Actions(Answer):
    """The actions there are."""

    cost_unit: Names
    items: Sequence[Action]


class PlannedAction(Answer):
    """Units of an action."""

    action: str
    name: Names
    units: int
    cost: Decimal


class Plan(Answer):
    """A set of actions that reaches the target."""

    actions: Sequence[PlannedAction]
    cost: Decimal
    running: Score


class Plans(Answer):
    """The cheapest sets first; ``best`` is as far as all actions go when none reaches the target."""

    target: Decimal
    now: Score
    reached: bool
    plans: Sequence[Plan]
    best: Score | None
    cost_unit: Names


class ProvinceLine(Answer):
    """A province within the nation."""

    province: str
    name: str
    scored: int
    mean: Decimal | None
    bands: Mapping[str, int]


class CityLine(Answer):
    """One city of an area."""

    region: str
    name: str
    value: Decimal | None
    band: str | None
    complete: bool
    synthetic: bool


class EditionRollup(Answer):
    """The cities of one edition."""

    instrument: str
    edition: str
    provisional: bool
    cities: int
    scored: int
    complete: int
    synthetic: int
    mean: Decimal | None
    median: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    bands: Mapping[str, int]
    at_least: Mapping[str, int]
    provinces: Sequence[ProvinceLine]
    items: Sequence[CityLine]


class Rollup(Answer):
    """An area as the sum of its kab/kota."""

    area: str
    name: str
    year: int
    reading: Reading
    cities: int
    missing: Sequence[str]
    editions: Sequence[EditionRollup]
