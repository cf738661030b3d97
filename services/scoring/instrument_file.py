"""Reading an instrument file: its models, its catalogue, and the plain form the arithmetic uses.

An instrument is data. A new edition is a new file in ``instruments/``, named ``<key>.yaml``; for every year the file
with the latest ``from_year`` not after it counts. :mod:`services.scoring.instrument` finds what is wrong in a
file, with the line; loading refuses a file that has any problem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.scoring.domain import instrument as plain

Mark = Literal["R", "I", "P"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
InstrumentKey = Annotated[str, Field(pattern=r"^[a-z]+-\d{4}(-[a-z0-9]+)?$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]

Place = tuple[str | int, ...]
"""The way to an element: keys and positions from the top of the file."""


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
    source: str


class Scale(Marked):
    """The lowest and highest answer and score."""

    lowest: int
    highest: int


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
    """A statement answered on the scale."""

    key: Key
    text: Words


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
    evidence: Annotated[tuple[EvidenceIndicator, ...], Field(min_length=1)]


class InstrumentFile(Part):
    """A whole instrument file."""

    key: InstrumentKey
    edition: InstrumentKey
    from_year: Annotated[int, Field(ge=2015, le=2100)]
    name: Words
    sources: Mapping[str, Text]
    scale: Scale
    rounding: Rounding
    aggregation: Aggregation
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    variables: Annotated[tuple[Variable, ...], Field(min_length=1)]

    @property
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
            variables=tuple(_plain_variable(v) for v in self.variables),
            bands=tuple(plain.Band(b.key, Fraction(b.lower)) for b in self.bands),
            groups=tuple(plain.Group(g.key, g.quota.value) for g in self.groups),
            provisional=self.provisional,
        )


def _plain_variable(variable: Variable) -> plain.Variable:
    return plain.Variable(
        key=variable.key,
        weight=Fraction(variable.weight.value),
        survey=tuple(plain.SurveyIndicator(i.key, tuple(x.key for x in i.items)) for i in variable.survey),
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


@dataclass(frozen=True)
class Catalogue:
    """All instruments there are, by key."""

    instruments: Mapping[str, InstrumentFile]

    def get(self, key: str) -> InstrumentFile:
        """The instrument of a key. Raises :class:`UnknownInstrumentError`."""
        try:
            return self.instruments[key]
        except KeyError:
            raise UnknownInstrumentError(key) from None

    def of_year(self, year: int) -> InstrumentFile:
        """The instrument a year is scored with: the latest not newer than the year, else the earliest there is."""
        by_age = sorted(self.instruments.values(), key=lambda i: (i.from_year, i.key))
        fitting = [i for i in by_age if i.from_year <= year]
        return fitting[-1] if fitting else by_age[0]
