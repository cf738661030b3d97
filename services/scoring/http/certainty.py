"""How sure an index is: the interval of the survey, differences that mean something, and what the weights decide."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands.announcement import score_part
from services.scoring.domain import sensitivity, statistics
from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.rescoring import under
from services.scoring.domain.score import Score, score_of
from services.scoring.domain.sensitivity import BoundsError, Values, Weights
from services.scoring.http.parameters import Kabkota, Year
from services.scoring.http.reading import current_routes, known_or_refused
from services.scoring.http.refusals import Refusal
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue, InstrumentFile
from services.scoring.storage import knowledge, published, states
from services.scoring.storage.knowledge import Known
from shared.contracts import scoring
from shared.runtime.database import Database
from shared.runtime.web import Routes


class ComparisonView(BaseModel):
    """The survey index beside another value of the same edition. ``margin`` is the 95% half-width of the difference;
    a published value is taken as it stands, because nobody printed how sure it is."""

    other: str
    year: int
    value: Plain
    difference: Plain
    margin: Plain
    significant: bool


class VariableCertainty(BaseModel):
    """A variable of the survey and its interval."""

    variable: str
    survey: scoring.Score | None
    interval: scoring.Interval | None


class StatisticsView(BaseModel):
    """The survey index, how sure it is, and against what a difference would count."""

    region: str
    year: int
    edition: str
    provisional: bool
    method: str
    respondents: int
    survey: scoring.Score | None
    interval: scoring.Interval | None
    variables: list[VariableCertainty]
    comparisons: list[ComparisonView]


class YearPoint(BaseModel):
    """One year of a city. ``break`` where the year before was of another edition: the two don't compare."""

    year: int
    instrument: str
    edition: str
    is_break: Annotated[bool, Field(serialization_alias="break")]
    provisional: bool
    survey: scoring.Score | None
    interval: scoring.Interval | None
    running: scoring.Score | None


class YearsView(BaseModel):
    """All years of a city, the oldest first."""

    region: str
    items: list[YearPoint]


class WeighedView(BaseModel):
    """The index under one set of weights, and the place among the cities that have one."""

    weights: dict[str, Plain]
    score: scoring.Score
    rank: int


class SensitivityView(BaseModel):
    """What the weights decide. ``lowest`` and ``highest`` are exact over all weights within the bounds; the ranks there
    are bounds, which one choice of weights needn't reach at once."""

    region: str
    year: int
    reading: scoring.Reading
    cities: int
    named: dict[str, WeighedView]
    lowest: scoring.Score
    highest: scoring.Score
    rank_best: int
    rank_worst: int


METHOD = "stratified by respondent group; linearised; normal 95% interval; no finite population correction"
Bound = Annotated[Decimal, Query(ge=0, le=1)]


def certainty_router(database: Database, catalogue: Catalogue) -> Routes:
    """Statistics, years and sensitivity."""
    router = current_routes(database, catalogue, prefix="/v1/indices", tags=["certainty"])

    @router.get("/{region}/statistics", summary="How sure the survey index is, and which differences mean something")
    async def read_statistics(region: Kabkota, year: Year) -> StatisticsView:
        async with database.read() as connection:
            known = await known_or_refused(connection, catalogue, region, year)
            before = await knowledge.known(connection, catalogue, region, year - 1)
            printed = await published.of_area(connection, region)
        return statistics_view(known, before, printed)

    @router.get("/{region}/years", summary="A city year by year, with a break where the edition changes")
    async def read_years(region: Kabkota) -> YearsView:
        points: list[YearPoint] = []
        async with database.read() as connection:
            latest = await known_or_refused(connection, catalogue, region, None)
            for year in latest.years:
                known = await known_or_refused(connection, catalogue, region, year)
                points.append(_point(known, points[-1].edition if points else None))
        return YearsView(region=region, items=points)

    @router.get("/{region}/sensitivity", summary="What the weights decide about the index and the rank")
    async def read_sensitivity(
        region: Kabkota,
        year: Year,
        reading: ReadingName = "survey",
        lowest: Bound = Decimal(0),
        highest: Bound = Decimal(1),
    ) -> SensitivityView:
        async with database.read() as connection:
            known = await known_or_refused(connection, catalogue, region, year)
            return await sensitivity_of(connection, catalogue, known, reading, (lowest, highest))

    return router


def statistics_view(known: Known, before: Known | None, printed: list[published.Published]) -> StatisticsView:
    """The answer about one city and year."""
    scored, instrument = known.scored, known.instrument.plain
    survey = scored.scores().survey
    interval = statistics.interval(scored.survey.index, scored.state, instrument)
    comparisons = []
    if survey is not None and interval is not None:
        comparisons = _comparisons(known, survey, interval.standard_error, before, printed)
    return StatisticsView.model_validate(
        {
            "region": scored.state.region,
            "year": scored.state.year,
            "edition": instrument.edition,
            "provisional": instrument.provisional,
            "method": METHOD,
            "respondents": sum(scored.state.group_answers.values()),
            "survey": score_part(survey),
            "interval": interval._asdict() if interval else None,
            "variables": [_variable(known, place) for place in range(len(instrument.variables))],
            "comparisons": comparisons,
        }
    )


def _variable(known: Known, place: int) -> dict[str, object]:
    scored, instrument = known.scored, known.instrument.plain
    value = scored.survey.variables[place]
    interval = statistics.variable_interval(value, place, scored.state, instrument)
    return {
        "variable": instrument.variables[place].key,
        "survey": score_part(score_of(value, instrument)),
        "interval": interval._asdict() if interval else None,
    }


def _comparisons(
    known: Known, survey: Score, error: Decimal, before: Known | None, printed: list[published.Published]
) -> list[ComparisonView]:
    edition, year = known.instrument.edition, known.scored.state.year
    found = [
        _compared(survey, error, f"published:{p.published_id}", p.year, p.value)
        for p in printed
        if p.value is not None and p.edition == edition and p.year <= year
    ]
    if before is not None and before.instrument.edition == edition:
        scored = before.scored
        last, interval = (
            scored.scores().survey,
            statistics.interval(scored.survey.index, scored.state, before.instrument.plain),
        )
        if last is not None and interval is not None:
            found.append(_compared(survey, error, "survey", scored.state.year, last.value, interval.standard_error))
    return found


def _compared(
    survey: Score, error: Decimal, other: str, year: int, value: Decimal, other_error: Decimal | None = None
) -> ComparisonView:
    compared = statistics.compare(survey.value, error, value, other_error)
    return ComparisonView.model_validate({"other": other, "year": year, "value": value, **compared._asdict()})


def _point(known: Known, edition_before: str | None) -> YearPoint:
    scored, instrument = known.scored, known.instrument
    scores = scored.scores()
    interval = statistics.interval(scored.survey.index, scored.state, instrument.plain)
    return YearPoint.model_validate(
        {
            "year": scored.state.year,
            "instrument": instrument.key,
            "edition": instrument.edition,
            "is_break": edition_before is not None and edition_before != instrument.edition,
            "provisional": instrument.provisional,
            "survey": score_part(scores.survey),
            "interval": interval._asdict() if interval else None,
            "running": score_part(scores.running),
        }
    )


def weight_sets(instrument: InstrumentFile, catalogue: Catalogue) -> dict[str, Weights]:
    """The instrument's own weights, equal ones, and those of every other edition with the same variables."""
    keys = [v.key for v in instrument.variables]
    sets = {
        "own": tuple(Fraction(v.weight.value) for v in instrument.variables),
        "equal": tuple(Fraction(1, len(keys)) for _ in keys),
    }
    for edition in catalogue.editions(instrument.level):
        weights = {v.key: Fraction(v.weight.value) for v in edition.variables}
        if edition.key != instrument.key and weights.keys() == set(keys):
            sets[edition.key] = tuple(weights[key] for key in keys)
    return sets


async def sensitivity_of(
    connection: AsyncConnection,
    catalogue: Catalogue,
    known: Known,
    reading: ReadingName,
    bounds: tuple[Decimal, Decimal],
) -> SensitivityView:
    """The answer about one city and year, among all cities of the year. Raises :class:`Refusal`."""
    instrument, own = known.instrument, known.scored.state
    mine = _values(known.scored, reading)
    if mine is None:
        raise Refusal("reading_missing", "reading", reading=reading)
    others = [
        values
        for state in await states.every(connection, year=own.year)
        if state.region != own.region and (values := _values(under(state, instrument.plain), reading)) is not None
    ]
    try:
        return sensitivity_view(known, reading, mine, others, weight_sets(instrument, catalogue), bounds)
    except BoundsError:
        raise Refusal("weights_impossible", "lowest", count=len(mine)) from None


def sensitivity_view(
    known: Known,
    reading: ReadingName,
    mine: Values,
    others: list[Values],
    sets: dict[str, Weights],
    bounds: tuple[Decimal, Decimal],
) -> SensitivityView:
    """The answer about one city and year. Raises :class:`BoundsError`."""
    instrument = known.instrument.plain
    low, high = Fraction(bounds[0]), Fraction(bounds[1])
    least, most = sensitivity.extremes(mine, low, high)
    ranks = sensitivity.possible_ranks(mine, others, low, high)
    keys = [v.key for v in instrument.variables]
    named = {
        name: {
            "weights": {k: Decimal(w.numerator) / Decimal(w.denominator) for k, w in zip(keys, weights, strict=True)},
            "score": _score(sensitivity.index(mine, weights), known),
            "rank": sensitivity.rank(mine, others, weights),
        }
        for name, weights in sets.items()
    }
    return SensitivityView.model_validate(
        {
            "region": known.scored.state.region,
            "year": known.scored.state.year,
            "reading": reading,
            "cities": 1 + len(others),
            "named": named,
            "lowest": _score(least, known),
            "highest": _score(most, known),
            "rank_best": ranks.best,
            "rank_worst": ranks.worst,
        }
    )


def _score(value: Fraction, known: Known) -> dict[str, object] | None:
    return score_part(score_of(value.as_integer_ratio(), known.instrument.plain))


def _values(scored: ScoredYear, reading: ReadingName) -> Values | None:
    read = scored.survey if reading == "survey" else scored.running
    if read.index is None:
        return None
    return tuple(Fraction(*value) for value in read.variables if value is not None)
