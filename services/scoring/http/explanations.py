"""Why an index moved, and why a variable is where it is: down to the items, counters and events."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.domain import composition as parts
from services.scoring.domain.fold import ReadingName
from services.scoring.domain.score import nine_decimal
from services.scoring.domain.window import Window
from services.scoring.http.parameters import AsOf, Edition, Kabkota
from services.scoring.http.reading import current_routes, known_or_refused, no_index, unknown_instrument
from services.scoring.http.sentences import Sentence, change_sentence
from services.scoring.http.views import Plain
from services.scoring.instrument_file import (
    Catalogue,
    EvidenceIndicator,
    InstrumentFile,
    SurveyIndicator,
    UnknownInstrumentError,
    Variable,
)
from services.scoring.storage import knowledge, states
from shared.regions import tree
from shared.runtime.database import Database
from shared.runtime.exact import AwareMoment
from shared.runtime.web import Routes

EVENTS_SHOWN_MAX = 100
MOMENT = "A moment with its zone, like 2023-06-30T23:59:59+07:00."


class EvidenceShare(BaseModel):
    """An item's or counter's part of a change."""

    evidence: str
    index_share: Plain


class IndicatorShare(BaseModel):
    """An indicator's part of a change; the sum of its evidence."""

    indicator: str
    index_share: Plain
    evidence: list[EvidenceShare]


class VariableShare(BaseModel):
    """A variable's part of a change; the sum of its indicators."""

    variable: str
    index_share: Plain
    indicators: list[IndicatorShare]


class WayShare(BaseModel):
    """What an event moved the index by through one item or counter, its indicator and variable."""

    variable: str
    indicator: str
    evidence: str
    index_share: Plain


class EventShare(BaseModel):
    """An event's part of a change; the sum over the ways it took, the largest first."""

    event_id: str
    event_type: str
    at: datetime
    village: str | None
    detail: str | None
    synthetic: bool
    index_share: Plain
    ways: list[WayShare]


class ReadingExplanation(BaseModel):
    """One reading between two moments. ``before`` is the index the shares are counted from: the one at the first
    moment, or the one with which it ``came_to_be`` in between. The variables' shares, and the events' with
    ``left_out``, sum exactly to ``change``."""

    reading: ReadingName
    before: Plain | None
    after: Plain | None
    change: Plain | None
    came_to_be: datetime | None
    variables: list[VariableShare]
    events: list[EventShare]
    events_left_out: int
    share_left_out: Plain
    sentence: Sentence


class Explanation(BaseModel):
    """What moved an index between two moments."""

    region: str
    year: int
    instrument: str
    provisional: bool
    is_break: bool
    begin: datetime | None
    end: datetime | None
    readings: list[ReadingExplanation]


class ItemView(BaseModel):
    """An item: how often it was answered, the mean, its part of the variable."""

    item: str
    text: dict[str, str]
    answers: int
    mean: Plain
    variable_part: Plain


class CounterView(BaseModel):
    """A counter as it stands; ``over`` when another is divided by it."""

    counter: str
    value: int
    over: bool


class IndicatorView(BaseModel):
    """An indicator: its score, its parts, what it's made of, and the next point of its curve."""

    indicator: str
    name: dict[str, str]
    mark: str
    value: Plain | None
    variable_part: Plain | None
    index_part: Plain | None
    items: list[ItemView]
    counters: list[CounterView]
    next_breakpoint: dict[str, str] | None


class VariableExplanation(BaseModel):
    """A variable taken apart. The indicators' ``variable_part`` sum exactly to ``value``, their ``index_part`` to the
    variable's."""

    region: str
    year: int
    instrument: str
    provisional: bool
    is_break: bool
    as_of: datetime | None
    reading: ReadingName
    variable: str
    name: dict[str, str]
    weight: Plain
    value: Plain | None
    index_part: Plain | None
    index: Plain | None
    indicators: list[IndicatorView]


def explanation_router(database: Database, catalogue: Catalogue) -> Routes:
    """Explanations of changes and of values."""
    router = current_routes(database, catalogue, prefix="/v1/indices", tags=["explanations"])

    @router.get("/{region}/explanation", summary="What moved the index between two moments, exactly")
    async def explain_index(
        region: Kabkota,
        year: Annotated[int | None, Query(ge=2015, le=2100, description="Without it, the year ``to`` lies in.")] = None,
        begin: Annotated[AwareMoment | None, Query(alias="from", description=MOMENT)] = None,
        end: Annotated[AwareMoment | None, Query(alias="to", description=MOMENT)] = None,
        instrument: Edition = None,
        events: Annotated[int, Query(ge=0, le=EVENTS_SHOWN_MAX)] = 20,
    ) -> Explanation:
        async with database.read() as connection:
            if year is None:
                year = await _year_of(connection, region, end)
            try:
                found = await knowledge.moved_between(
                    connection, catalogue, region, year, begin=begin, end=end, instrument=instrument
                )
                known = await known_or_refused(connection, catalogue, region, year, instrument=instrument)
            except UnknownInstrumentError:
                raise unknown_instrument(catalogue) from None
        if found is None:
            raise no_index(region, year, [])
        return Explanation(
            region=region,
            year=year,
            instrument=known.instrument.key,
            provisional=known.instrument.provisional,
            is_break=known.is_break,
            begin=begin,
            end=end,
            readings=[_reading(name, window, known.instrument, events) for name, window in found.items()],
        )

    @router.get("/{region}/variables/{variable}/explanation", summary="Why a variable is where it is")
    async def explain_variable(
        region: Kabkota,
        variable: str,
        year: Annotated[int | None, Query(ge=2015, le=2100)] = None,
        reading: ReadingName = "running",
        as_of: AsOf = None,
        instrument: Edition = None,
    ) -> VariableExplanation:
        async with database.read() as connection:
            known = await known_or_refused(
                connection, catalogue, region, year, as_of=as_of, instrument=instrument, variable=variable
            )
        return _variable(known, reading, variable)

    return router


async def _year_of(connection: AsyncConnection, region: str, end: datetime | None) -> int:
    """The year a moment lies in where the city is; the latest with entries when nothing was recorded for that one."""
    years = {state.year for state in await states.of_region(connection, region)}
    if not years:
        raise no_index(region, None, [])
    wanted = None if end is None else end.astimezone(ZoneInfo(tree.time_zone(region))).year
    return wanted if wanted in years else max(years)


def _reading(name: ReadingName, window: Window, instrument: InstrumentFile, shown: int) -> ReadingExplanation:
    ranked = sorted(window.events.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    left_out = ranked[shown:]
    return ReadingExplanation(
        reading=name,
        before=_nine(window.base),
        after=_nine(window.after),
        change=_nine(window.change),
        came_to_be=window.came_to_be.cause.at if window.came_to_be else None,
        variables=_variables(window),
        events=[_event(window, number, share) for number, share in ranked[:shown]],
        events_left_out=len(left_out),
        share_left_out=nine_decimal(sum(share for _, share in left_out)),
        sentence=change_sentence(name, window, instrument),
    )


def _event(window: Window, number: int, share: int) -> EventShare:
    ways = sorted(window.ways[number], key=lambda way: (-abs(way[1]), way[0]))
    return EventShare(
        **window.entries[number].cause._asdict(),
        index_share=nine_decimal(share),
        ways=[
            WayShare(variable=variable, indicator=indicator, evidence=evidence, index_share=nine_decimal(part))
            for (variable, indicator, evidence), part in ways
        ],
    )


def _variables(window: Window) -> list[VariableShare]:
    tree: dict[str, dict[str, list[EvidenceShare]]] = {}
    units: dict[str, dict[str, int]] = {}
    for (variable, indicator, evidence), share in sorted(window.parts.items()):
        found = tree.setdefault(variable, {}).setdefault(indicator, [])
        found.append(EvidenceShare(evidence=evidence, index_share=nine_decimal(share)))
        own = units.setdefault(variable, {})
        own[indicator] = own.get(indicator, 0) + share
    return [
        VariableShare(
            variable=variable,
            index_share=nine_decimal(sum(units[variable].values())),
            indicators=[
                IndicatorShare(indicator=key, index_share=nine_decimal(units[variable][key]), evidence=evidence)
                for key, evidence in indicators.items()
            ],
        )
        for variable, indicators in tree.items()
    ]


def _variable(known: knowledge.Known, reading: ReadingName, key: str) -> VariableExplanation:
    scored, file = known.scored, known.instrument
    part = next(p for p in parts.composition(scored, reading) if p.variable == key)
    described = next(v for v in file.variables if v.key == key)
    index = (scored.running if reading == "running" else scored.survey).index_nine
    return VariableExplanation(
        region=scored.state.region,
        year=scored.state.year,
        instrument=file.key,
        provisional=file.provisional,
        is_break=known.is_break,
        as_of=known.as_of,
        reading=reading,
        variable=key,
        name=described.name.model_dump(),
        weight=described.weight.value,
        value=_nine(part.value),
        index_part=_nine(part.index_part),
        index=_nine(index),
        indicators=[_indicator(file, key, indicator) for indicator in part.indicators],
    )


def _indicator(file: InstrumentFile, variable: str, part: parts.IndicatorPart) -> IndicatorView:
    own = next(v for v in file.variables if v.key == variable)
    described = next(i for i in _described(own) if i.key == part.indicator)
    texts = {item.key: item.text.model_dump() for v in own.survey for item in v.items}
    point = part.next_breakpoint
    return IndicatorView(
        indicator=part.indicator,
        name=described.name.model_dump(),
        mark=described.mark,
        value=_nine(part.value),
        variable_part=_nine(part.variable_part),
        index_part=_nine(part.index_part),
        items=[
            ItemView(
                item=item.item,
                text=texts[item.item],
                answers=item.answers,
                mean=nine_decimal(item.total * 10**9 // item.answers),
                variable_part=nine_decimal(item.variable_part),
            )
            for item in part.items
        ],
        counters=[CounterView(**counter._asdict()) for counter in part.counters],
        next_breakpoint={"measure": point[0], "score": point[1]} if point else None,
    )


def _described(variable: Variable) -> Iterator[SurveyIndicator | EvidenceIndicator]:
    yield from variable.survey
    yield from variable.evidence


def _nine(units: int | None) -> Plain | None:
    return None if units is None else nine_decimal(units)
