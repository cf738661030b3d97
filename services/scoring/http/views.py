"""What the API answers: the shapes, and how they're made of what is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, PlainSerializer

from services.scoring.commands.announcement import completeness_parts, facts_of, interval_part, score_part, target_part
from services.scoring.domain.score import nine_decimal
from services.scoring.domain.state import CityYear, digest
from services.scoring.domain.target import Target
from services.scoring.instrument_file import InstrumentFile
from services.scoring.storage.knowledge import Known
from services.scoring.storage.published import Published
from services.scoring.storage.retelling import Point, Told
from shared.contracts import scoring

Plain = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str)]
"""A decimal as plain digits: 0.000000120, never 1.2E-7."""


class MovementView(BaseModel):
    """One event's part in a change; the contract's movement with its place for paging."""

    ordinal: int
    event_id: str
    event_type: str
    at: datetime
    village: str | None
    detail: str | None
    reading: scoring.Reading
    variable: str
    indicator: str
    index_share: Plain | None
    variable_share: Plain | None
    synthetic: bool


class VariableView(BaseModel):
    """Both readings of a variable now."""

    variable: scoring.Variable
    survey: scoring.Score | None
    running: scoring.Score | None


class LockedView(BaseModel):
    """The official value of a revision: the survey's result when its period was locked, and the digest behind it."""

    year: int
    revision: int
    revision_name: str | None
    instrument: str
    value: Plain | None
    exact: Plain | None
    band: str | None
    variables: dict[str, Plain]
    digest: str
    at: datetime


class LockedList(BaseModel):
    """All official values of a city, the latest year and revision first."""

    items: list[LockedView]


class IndexView(BaseModel):
    """A city and year. ``includes`` names the streams and sequences whose events are in it.

    ``answered_with`` is the edition its questionnaires belong to; where ``instrument`` is another one, ``is_break``
    says that its numbers must not stand in one series with the year's own.
    """

    region: str
    year: int
    years: list[int]
    instrument: str
    edition: str
    answered_with: str
    is_break: bool
    as_of: datetime | None
    provisional: bool
    synthetic: bool
    survey: scoring.Score | None
    survey_interval: scoring.Interval | None
    running: scoring.Score | None
    variables: list[VariableView]
    target: scoring.Target | None
    official: LockedView | None
    completeness: list[scoring.GroupCompleteness]
    movements: list[MovementView]
    digest: str
    includes: dict[str, int]


class MovementPage(BaseModel):
    """The latest movements first; ``next_cursor`` goes on with earlier ones."""

    items: list[MovementView]
    next_cursor: int | None


class PointView(BaseModel):
    """The indices at one moment, rounded, with their bands, and the edition they are of."""

    at: datetime
    instrument: str
    survey_value: str | None
    survey_band: str | None
    running_value: str | None
    running_band: str | None


class PointPage(BaseModel):
    """The oldest first; ``next_cursor`` goes on with later ones."""

    items: list[PointView]
    next_cursor: int | None


class PublishedView(BaseModel):
    """An index as printed; ``is_reference`` with the reason a person gave for choosing it."""

    published_id: str
    area: str
    area_name: str
    year: int
    edition: str
    index: Plain | None
    category: str | None
    variables: dict[str, Plain]
    source: str
    is_reference: bool
    reason: str | None


class PublishedList(BaseModel):
    """All published indices of an area, the latest year first."""

    items: list[PublishedView]


class DigestLine(BaseModel):
    """The digest of one city and year: equal wherever the same events were folded."""

    region: str
    year: int
    sha256: str


class VillagesDigestLine(BaseModel):
    """The digest of all village states of one kab/kota and year: their answers, and the statuses recorded of them."""

    region: str
    year: int
    villages: int
    sha256: str


class DigestList(BaseModel):
    """One line a city and year, in order, and one for its villages, where something is known of any."""

    items: list[DigestLine]
    villages: list[VillagesDigestLine]


class InstrumentSummary(BaseModel):
    """An instrument in a list. ``level`` says what its index is of; it is in force from ``from_year`` until
    ``until_year``, or up to the next edition of the same level."""

    key: str
    edition: str
    level: str
    from_year: int
    until_year: int | None
    name: dict[str, str]
    provisional: bool


class InstrumentList(BaseModel):
    """All instruments there are."""

    items: list[InstrumentSummary]


def index_view(
    known: Known,
    *,
    target: Target | None,
    movements: Sequence[Told],
    official: Mapping[str, Any] | None,
    includes: Mapping[str, int],
) -> IndexView:
    """The answer about one city and year."""
    scored = known.scored
    scores, instrument = scored.scores(), scored.instrument
    return IndexView.model_validate(
        {
            "region": scored.state.region,
            "year": scored.state.year,
            "years": known.years,
            "instrument": instrument.key,
            "edition": instrument.edition,
            "answered_with": scored.state.instrument,
            "is_break": known.is_break,
            "as_of": known.as_of,
            "provisional": instrument.provisional,
            "synthetic": scored.state.is_synthetic,
            "survey": score_part(scores.survey),
            "survey_interval": interval_part(scored),
            "running": score_part(scores.running),
            "variables": [
                {"variable": v.variable, "survey": score_part(v.survey), "running": score_part(v.running)}
                for v in scores.variables
            ],
            "target": target_part(target, scores, instrument.places),
            "official": official,
            "completeness": completeness_parts(scored),
            "movements": [movement_view(told) for told in movements],
            "digest": digest(scored.state),
            "includes": includes,
        }
    )


def movement_view(told: Told) -> MovementView:
    """A movement, its shares in decimals."""
    moved = told.moved
    return MovementView.model_validate(
        facts_of(told.cause)
        | {
            "ordinal": told.ordinal,
            "reading": moved.reading,
            "variable": moved.variable,
            "indicator": moved.indicator,
            "index_share": _decimal(moved.index_share),
            "variable_share": _decimal(moved.variable_share),
        }
    )


def point_view(point: Point) -> PointView:
    """The indices at one moment, rounded."""
    survey, running = point.scores.survey, point.scores.running
    return PointView(
        at=point.at,
        instrument=point.instrument,
        survey_value=str(survey.value) if survey else None,
        survey_band=survey.band if survey else None,
        running_value=str(running.value) if running else None,
        running_band=running.band if running else None,
    )


def published_view(published: Published) -> PublishedView:
    """A published index, as printed."""
    fields = published._asdict()
    return PublishedView.model_validate(
        fields | {"index": fields.pop("value"), "is_reference": published.reason is not None}
    )


def digest_line(state: CityYear) -> DigestLine:
    """The digest of a state."""
    return DigestLine(region=state.region, year=state.year, sha256=digest(state))


def instrument_summary(instrument: InstrumentFile) -> InstrumentSummary:
    """An instrument without its parts."""
    return InstrumentSummary(
        key=instrument.key,
        edition=instrument.edition,
        level=instrument.level,
        from_year=instrument.from_year,
        until_year=instrument.until_year,
        name=instrument.name.model_dump(),
        provisional=instrument.provisional,
    )


def instrument_view(instrument: InstrumentFile) -> dict[str, Any]:
    """The whole file as JSON, with its marks and sources; decimals as text. Every item names the groups it's put to."""
    document: dict[str, Any] = instrument.model_dump(mode="json", by_alias=True)
    everyone = [group["key"] for group in document["groups"]]
    for indicator in (i for variable in document["variables"] for i in variable["survey"]):
        for item in indicator["items"]:
            item["groups"] = item["groups"] or everyone
    return document | {
        "level": instrument.level,
        "from_year": instrument.from_year,
        "until_year": instrument.until_year,
        "provisional": instrument.provisional,
    }


def _decimal(units: int | None) -> Decimal | None:
    return None if units is None else nine_decimal(units)
