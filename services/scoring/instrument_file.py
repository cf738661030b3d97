"""Reading an instrument file: its models, its catalogue, and the plain form the arithmetic uses.

An instrument is data. A new edition is a new file, named ``<key>.yaml``, in ``instruments/`` or published; every year
is scored with the edition of its subject that is valid in it. :mod:`services.scoring.instrument` finds what is wrong
in a file, with the line; loading refuses a file that has any problem.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.scoring.domain import instrument as plain
from services.scoring.domain.instrument import Stretch

Mark = Literal["R", "I", "P"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
InstrumentKey = Annotated[str, Field(pattern=r"^[a-z]+-\d{4}(-[a-z0-9]+)?$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]

Place = tuple[str | int, ...]
"""The way to an element: keys and positions from the top of the file."""

FIRST_YEAR, LAST_YEAR = 2015, 2100


class Part(BaseModel):
    """Strict: an unknown or misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """A text in both languages."""

    id: Text
    en: Text


class Marked(Part):
    """An element with its mark (R printed, I inferred, P placeholder) and the key of its source."""

    mark: Mark
    source: Annotated[str, Field(min_length=1)]


Level = Literal["kabkota", "village"]
"""What an index is of: a kab/kota (KOTAN) or a desa/kelurahan (IKRN)."""


class Subject(Marked):
    """What the index is of."""

    level: Level


class Validity(Marked):
    """The years the edition is in force, both inclusive; without ``until`` up to the next edition of its subject."""

    first: Annotated[int, Field(alias="from", ge=FIRST_YEAR, le=LAST_YEAR)]
    until: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None


class Scale(Marked):
    """The lowest and highest score."""

    lowest: int
    highest: int


class Label(Part):
    """What one answer is called."""

    value: int
    text: Words


class Answers(Marked):
    """The lowest and highest answer and what each is called; answers are stretched evenly over the scale."""

    lowest: int
    highest: int
    labels: Annotated[tuple[Label, ...], Field(min_length=2)]


class Rollup(Marked):
    """How the indices of several areas become one: each counts the same, or by its number of villages."""

    weight: Literal["equal", "villages"]


class Rounding(Marked):
    """How a score is rounded before it's classified."""

    method: Literal["half_up"]
    places: Annotated[int, Field(ge=0, le=6)]


class Aggregation(Marked):
    """How items become indicators and indicators variables."""

    method: Literal["mean"]


class Band(Marked):
    """A named stretch of the scale; both ends inclusive, on rounded values."""

    key: Key
    name: Words
    lower: Annotated[Decimal, Field(alias="from")]
    upper: Annotated[Decimal, Field(alias="to")]


class Quota(Marked):
    """Answers wanted."""

    value: Annotated[int, Field(ge=1, le=100_000)]


class Group(Marked):
    """A respondent group."""

    key: Key
    name: Words
    quota: Quota


class Item(Marked):
    """A statement answered on the scale, put to some respondent groups; to every group when it names none."""

    key: Key
    text: Words
    groups: tuple[str, ...] = ()


class SurveyIndicator(Marked):
    """Items that belong together."""

    key: Key
    name: Words
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


class Measure(Part):
    """A sum of counters; with ``over`` their ratio to another sum."""

    of: Annotated[tuple[str, ...], Field(min_length=1)]
    over: tuple[str, ...] = ()


class EvidenceIndicator(Marked):
    """Evidence from the registry, mapped to the scale: straight lines between breakpoints, level outside them."""

    key: Key
    name: Words
    unit: Words
    measure: Measure
    breakpoints: Annotated[tuple[tuple[Decimal, Decimal], ...], Field(min_length=2)]


class Weight(Marked):
    """The variable's part in the index; all weights sum to 1."""

    value: Annotated[Decimal, Field(gt=0, le=1)]


class Variable(Marked):
    """A variable of the index with the indicators of both readings."""

    key: Key
    name: Words
    weight: Weight
    survey: Annotated[tuple[SurveyIndicator, ...], Field(min_length=1)]
    evidence: tuple[EvidenceIndicator, ...] = ()


class InstrumentFile(Part):
    """A whole instrument file."""

    key: InstrumentKey
    edition: InstrumentKey
    subject: Subject
    valid: Validity
    name: Words
    sources: Mapping[str, Text]
    scale: Scale
    answers: Answers
    rounding: Rounding
    aggregation: Aggregation
    rollup: Rollup
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    variables: Annotated[tuple[Variable, ...], Field(min_length=1)]

    @property
    def level(self) -> Level:
        """What the index is of."""
        return self.subject.level

    @property
    def from_year(self) -> int:
        """The first year it is in force."""
        return self.valid.first

    @property
    def until_year(self) -> int | None:
        """The last year it is in force; ``None`` up to the next edition."""
        return self.valid.until

    def asked(self, item: Item) -> tuple[str, ...]:
        """The keys of the groups an item is put to."""
        return item.groups or tuple(g.key for g in self.groups)

    @cached_property
    def provisional(self) -> bool:
        """Whether any element is a placeholder (P): scores are then shown as perhitungan sementara."""
        return any(element.mark == "P" for _, element in marked_places(self))

    @cached_property
    def plain(self) -> plain.Instrument:
        """The form the arithmetic uses."""
        return plain.Instrument(
            key=self.key,
            edition=self.edition,
            from_year=self.from_year,
            lowest=self.scale.lowest,
            highest=self.scale.highest,
            places=self.rounding.places,
            variables=tuple(_plain_variable(v, self._stretch) for v in self.variables),
            bands=tuple(plain.Band(b.key, Fraction(b.lower)) for b in self.bands),
            groups=tuple(plain.Group(g.key, g.quota.value) for g in self.groups),
            provisional=self.provisional,
            level=self.level,
            lowest_answer=self.answers.lowest,
            highest_answer=self.answers.highest,
            rollup=self.rollup.weight,
        )

    @property
    def _stretch(self) -> Stretch | None:
        """From answers to scores; ``None`` where they are the same."""
        answers, scale = self.answers, self.scale
        if (answers.lowest, answers.highest) == (scale.lowest, scale.highest):
            return None
        width, wide = answers.highest - answers.lowest, scale.highest - scale.lowest
        return wide, scale.lowest * width - answers.lowest * wide, width


def _plain_variable(variable: Variable, stretch: Stretch | None) -> plain.Variable:
    return plain.Variable(
        key=variable.key,
        weight=Fraction(variable.weight.value),
        survey=tuple(plain.SurveyIndicator(i.key, tuple(x.key for x in i.items), stretch) for i in variable.survey),
        evidence=tuple(
            plain.EvidenceIndicator(
                e.key,
                e.measure.of,
                e.measure.over,
                plain.Curve([(Fraction(x), Fraction(y)) for x, y in e.breakpoints]),
            )
            for e in variable.evidence
        ),
    )


def marked_places(part: Any, place: Place = ()) -> Iterator[tuple[Place, Marked]]:
    """Every element below ``part`` that carries a mark, with the way to it."""
    if isinstance(part, Marked):
        yield place, part
    if isinstance(part, tuple):
        for position, inner in enumerate(part):
            yield from marked_places(inner, (*place, position))
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from marked_places(getattr(part, name), (*place, name))


class UnknownInstrumentError(LookupError):
    """No instrument has this key."""


@dataclass
class Catalogue:
    """All instruments there are, by key: those that were shipped, and those that were published since."""

    instruments: Mapping[str, InstrumentFile]
    published: frozenset[str] = frozenset()

    def adopt(self, instruments: Iterable[InstrumentFile]) -> None:
        """Take published editions in; everyone who holds this catalogue sees them from now on."""
        added = {instrument.key: instrument for instrument in instruments}
        self.instruments = {**self.instruments, **added}
        self.published |= added.keys()

    def get(self, key: str) -> InstrumentFile:
        """The instrument of a key. Raises :class:`UnknownInstrumentError`."""
        try:
            return self.instruments[key]
        except KeyError:
            raise UnknownInstrumentError(key) from None

    def of_year(self, year: int, level: Level = "kabkota") -> InstrumentFile:
        """The edition in force in a year: the latest not newer than the year, else the earliest there is.

        A year after the ``until`` of the last edition, or in a gap between two, keeps the one before it.
        """
        by_age = self.editions(level)
        if not by_age:
            raise UnknownInstrumentError(level)
        fitting = [i for i in by_age if i.from_year <= year]
        return fitting[-1] if fitting else by_age[0]

    def editions(self, level: Level = "kabkota") -> list[InstrumentFile]:
        """The editions of a subject, the oldest first."""
        return sorted((i for i in self.instruments.values() if i.level == level), key=lambda i: (i.from_year, i.key))
