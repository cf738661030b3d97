"""An instrument as scoring's API describes it (``GET /v1/instruments/{key}``), as far as pages show it.

Read leniently: a field this page doesn't know is scoring's business. A mark says where an element comes from:
R printed by BNN, I inferred, P a placeholder of this project.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.dashboard.view import Band, Group, InstrumentOutline, Mark, Names


class Part(BaseModel):
    """A part of the document."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Marked(Part):
    """An element with its mark and the key of its source."""

    mark: Mark
    source: str


class SubjectElement(Marked):
    """What the index is of: ``kabkota`` or ``village``."""

    level: str


class ValidElement(Marked):
    """The years in force."""

    first: Annotated[int, Field(alias="from")]
    until: int | None = None


class ScaleElement(Marked):
    """The lowest and the highest score."""

    lowest: Decimal
    highest: Decimal


class RuleElement(Marked):
    """How scores are averaged or rounded."""

    method: str
    places: int | None = None


class BandElement(Marked):
    """A band, both ends inclusive on rounded values."""

    key: str
    name: Names
    lower: Annotated[Decimal, Field(alias="from")]
    upper: Annotated[Decimal, Field(alias="to")]


class ValueElement(Marked):
    """A quota or a weight."""

    value: Decimal


class GroupElement(Marked):
    """A respondent group."""

    key: str
    name: Names
    quota: ValueElement


class ItemElement(Marked):
    """A statement of the questionnaire."""

    key: str
    text: Names


class SurveyElement(Marked):
    """An indicator of the survey."""

    key: str
    name: Names
    items: tuple[ItemElement, ...]


class Measure(Part):
    """The counters added up, and those they are divided by."""

    of: tuple[str, ...]
    over: tuple[str, ...] = ()


class EvidenceElement(Marked):
    """An indicator of the running index; ``breakpoints`` are (amount, score), straight lines between them."""

    key: str
    name: Names
    unit: Names = {}
    measure: Measure
    breakpoints: tuple[tuple[Decimal, Decimal], ...]


class VariableElement(Marked):
    """One of the five variables."""

    key: str
    name: Names
    weight: ValueElement
    survey: tuple[SurveyElement, ...]
    evidence: tuple[EvidenceElement, ...]


class InstrumentDocument(Part):
    """A whole instrument. ``sources`` maps a source's key to its description."""

    key: str
    edition: str
    subject: SubjectElement
    valid: ValidElement
    name: Names
    sources: Mapping[str, str]
    scale: ScaleElement
    rounding: RuleElement
    aggregation: RuleElement
    bands: tuple[BandElement, ...]
    groups: tuple[GroupElement, ...]
    variables: tuple[VariableElement, ...]

    @property
    def from_year(self) -> int:
        """The first year in force."""
        return self.valid.first

    def outline(self) -> InstrumentOutline:
        """What a city's page needs of it."""
        return InstrumentOutline(
            key=self.key,
            edition=self.edition,
            names=self.name,
            lowest=self.scale.lowest,
            highest=self.scale.highest,
            bands=tuple(Band(key=b.key, floor=b.lower, names=b.name, mark=b.mark) for b in self.bands),
            groups=tuple(Group(key=g.key, names=g.name, quota=int(g.quota.value)) for g in self.groups),
            variables={v.key: v.name for v in self.variables},
            indicators=self._indicator_names(),
        )

    def _indicator_names(self) -> dict[str, Names]:
        names = {indicator.key: indicator.name for v in self.variables for indicator in v.survey}
        return names | {indicator.key: indicator.name for v in self.variables for indicator in v.evidence}
