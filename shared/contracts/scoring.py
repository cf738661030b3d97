"""What scoring says: a score changed, by how much, and which events moved it.

Values are decimal numbers written as strings. ``value`` is rounded as the instrument says (KOTAN: half-up to three
places) and is what people read; ``exact`` has nine places. Shares have nine places too and sum exactly to the
change of ``exact``.
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, PlainSerializer

from shared.contracts.envelope import Payload, PlainData, RegionCode, VillageCode, event_type

Number = Annotated[Decimal, PlainSerializer(lambda number: format(number, "f"), return_type=str, when_used="json")]
"""A decimal number written out: ``0.000000000``, never ``0E-9``."""

Reading = Literal["survey", "running"]
Variable = Literal["keluarga", "masyarakat", "kewilayahan", "kelembagaan", "hukum"]


class Score(PlainData):
    """An index or a variable at one moment. ``band`` is the key of a band in the instrument, e.g. ``tanggap``."""

    value: Number
    exact: Number
    band: str


class Interval(PlainData):
    """How sure a survey index is: its standard error, stratified by respondent group, and the 95% interval."""

    standard_error: Number
    lower: Number
    upper: Number


class Change(PlainData):
    """A score before and after; ``None`` where there is none (a missing variable gives no index, never zero)."""

    before: Score | None = None
    after: Score | None = None


class VariableChange(PlainData):
    """Both readings of one of the five variables."""

    variable: Variable
    survey: Change
    running: Change


class GroupCompleteness(PlainData):
    """Answers of one respondent group against its quota."""

    group: str
    answers: int
    quota: int


class Target(PlainData):
    """The value to reach: the reference of an earlier year, or what was set by hand for this one.

    The gaps are ``score - target``, three places.
    """

    value: Number
    from_year: int
    set_by_hand: bool = False
    survey_gap: Number | None = None
    running_gap: Number | None = None


class Movement(PlainData):
    """One event's part in the change of one reading's index, through one indicator of one variable.

    ``index_share`` and ``variable_share`` have nine places; over all movements of a reading the index shares sum
    exactly to the change of the index, the variable's shares to the change of the variable. When a reading comes to
    be or ceases to be, there is no change to share and the shares are ``None``.
    """

    event_id: str
    event_type: str
    at: AwareDatetime
    village: VillageCode | None = None
    detail: str | None = None
    reading: Reading
    variable: Variable
    indicator: str
    index_share: Number | None = None
    variable_share: Number | None = None
    synthetic: bool = False


class ScoreChanged(Payload):
    """Scores of one kab/kota and year changed with one batch of events.

    ``movements`` holds the largest shares when a batch moved the score many times over; ``movements_left_out``
    counts the rest and ``index_share_left_out`` is their sum for each reading.
    """

    TYPE: ClassVar[str] = event_type("scoring", "score", "changed")
    area: RegionCode
    year: int
    instrument: str
    provisional: bool
    synthetic: bool
    survey: Change
    running: Change
    variables: tuple[VariableChange, ...]
    target: Target | None = None
    completeness: tuple[GroupCompleteness, ...]
    survey_interval: Interval | None = None
    movements: tuple[Movement, ...]
    movements_left_out: int = 0
    index_share_left_out: dict[Reading, Number] = Field(default_factory=dict)


class VillageScored(Payload):
    """The survey of a village and year changed. The band of ``survey`` is the status its answers give: bahaya, waspada,
    siaga or aman; there is none before every group has answered.

    ``recovered`` says whether that is safer than the latest earlier status, and ``is_break`` whether that one was found
    in another way; ``None`` when there is nothing to compare. The label is for officers.
    """

    TYPE: ClassVar[str] = event_type("scoring", "village", "scored")
    village: VillageCode
    year: int
    instrument: str
    provisional: bool
    synthetic: bool
    survey: Change
    survey_interval: Interval | None = None
    earlier_year: int | None = None
    earlier_status: str | None = None
    recovered: bool | None = None
    is_break: bool = False
    completeness: tuple[GroupCompleteness, ...]


class InstrumentPublished(Payload):
    """An edition was published: in force from ``from_year`` on, until ``until_year`` or the next edition of its level,
    and never edited. ``text`` is the file itself and ``sha256`` the hash of its UTF-8 bytes, hex."""

    TYPE: ClassVar[str] = event_type("scoring", "instrument", "published")
    key: str
    edition: str
    level: Literal["kabkota", "village"]
    from_year: int
    until_year: int | None = None
    sha256: str
    text: str


class EventParked(Payload):
    """A follower could not read or apply an event and set it aside; the rest flows on."""

    TYPE: ClassVar[str] = event_type("scoring", "event", "parked")
    stream: str
    seq: int
    error: str


class TargetSet(Payload):
    """Somebody set what a kab/kota is to reach in a year, or took it back (no ``value``). Why is kept by scoring."""

    TYPE: ClassVar[str] = event_type("scoring", "target", "set")
    area: RegionCode
    year: int
    edition: str
    value: Number | None = None
    set_by: str


class ActionCostsSet(Payload):
    """The office said what actions cost it; an action without a cost is priced by the placeholder again."""

    TYPE: ClassVar[str] = event_type("scoring", "action-costs", "set")
    costs: dict[str, Number | None]
    set_by: str


PAYLOADS: tuple[type[Payload], ...] = (
    ScoreChanged,
    VillageScored,
    InstrumentPublished,
    EventParked,
    TargetSet,
    ActionCostsSet,
)
