"""What the index would be, if: hypothetical events, evidence and survey means, on a copy."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from services.scoring import handlers
from services.scoring.commands.announcement import score_part
from services.scoring.commands.fold import Observed
from services.scoring.domain.evidence import COUNTERS, FLOWS, Evidence, MisfitError
from services.scoring.domain.fold import Moved, Scores, refuse_misfit
from services.scoring.domain.score import nine_decimal
from services.scoring.domain.whatif import SurveyMeans, suppose
from services.scoring.http.bodies import Body
from services.scoring.http.parameters import Kabkota
from services.scoring.http.reading import current_routes, known_or_refused
from services.scoring.http.refusals import Refusal, listed
from services.scoring.http.views import Plain, VariableView
from services.scoring.http.wording import Said, said_of
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import knowledge
from shared.contracts import scoring
from shared.contracts.envelope import Event, short_type
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.language import in_indonesian
from shared.runtime.web import Routes

EVENTS_MAX, COUNT_MAX = 50, 1_000

EVENT_TYPES = {short_type(name): name for name in handlers.STEPS}

EXAMPLE_EVENTS: list[JsonValue] = [
    {"type": "session.held", "count": 3, "data": {"attended": 20, "families": 12, "kind": "sosialisasi"}},
    {"type": "business.started", "count": 2, "data": {"sector": "lele"}},
]


class SupposedEvent(Body):
    """An event as the registry would say it. What ``data`` leaves out and only names a record is filled in."""

    type: str
    count: Annotated[int, Field(ge=1, le=COUNT_MAX)] = 1
    data: dict[str, Any] = Field(default_factory=dict)


class Means(Body):
    """Supposed means: of items in answers, of indicators and variables in scores."""

    items: dict[str, Decimal] = Field(default_factory=dict)
    indicators: dict[str, Decimal] = Field(default_factory=dict)
    variables: dict[str, Decimal] = Field(default_factory=dict)


class WhatIf(Body):
    """What is supposed: events, additions to counters, survey means; any of them, all at once."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"year": 2023, "events": EXAMPLE_EVENTS, "evidence": {"agents.penggiat": 5}}]},
    )

    year: Annotated[int | None, Field(ge=2015, le=2100)] = None
    instrument: str | None = None
    events: Annotated[list[SupposedEvent], Field(max_length=EVENTS_MAX)] = Field(default_factory=list)
    evidence: dict[str, Annotated[int, Field(ge=-1_000_000, le=1_000_000)]] = Field(default_factory=dict)
    survey: Means = Field(default_factory=Means)


class Standing(BaseModel):
    """Both indices and the variables."""

    survey: scoring.Score | None
    running: scoring.Score | None
    variables: list[VariableView]


class Step(BaseModel):
    """What one supposed step brings; ``None`` where there was no index to move."""

    step: str
    survey_share: Plain | None
    running_share: Plain | None


class WhatIfView(BaseModel):
    """What would be. Nothing was changed."""

    region: str
    year: int
    instrument: str
    provisional: bool
    is_break: bool
    before: Standing
    after: Standing
    steps: list[Step]
    survey_assumed_complete: bool


def what_if_router(database: Database, catalogue: Catalogue) -> Routes:
    """``POST /v1/indices/{region}/what-if``."""
    router = current_routes(database, catalogue, prefix="/v1/indices", tags=["steering"])

    @router.post("/{region}/what-if", summary="What the index would be; nothing is changed")
    async def what_if(region: Kabkota, body: WhatIf) -> WhatIfView:
        async with database.read() as connection:
            known = await known_or_refused(connection, catalogue, region, body.year, instrument=body.instrument)
        return _supposed(region, body, known)

    return router


def _supposed(region: str, body: WhatIf, known: knowledge.Known) -> WhatIfView:
    scored, file = known.scored, known.instrument
    labels, evidence = [], []
    for place, event in enumerate(body.events):
        own = _evidence_of(region, scored.state.year, place, event, known)
        labels += [event.type] * (event.count * len(own))
        evidence += own * event.count
    for counter, addition in body.evidence.items():
        if counter not in COUNTERS:
            raise Refusal("counter_unknown", f"evidence.{counter}", known=listed(COUNTERS))
        labels.append(counter)
        evidence.append(Evidence(scored.state.year, ((counter, addition),), carries=counter not in FLOWS))
    means = _means(body.survey, known)
    supposed = suppose(scored, evidence, means)
    return WhatIfView(
        region=region,
        year=scored.state.year,
        instrument=file.key,
        provisional=file.provisional,
        is_break=known.is_break,
        before=_standing(scored.scores()),
        after=_standing(supposed.scores),
        steps=_steps(labels, supposed.moved),
        survey_assumed_complete=bool(means),
    )


def _steps(labels: list[str], moved: list[list[Moved]]) -> list[Step]:
    """One line for each kind of step, in order."""
    shares: dict[str, dict[str, int | None]] = {}
    for label, movements in zip(labels, moved, strict=True):
        own = shares.setdefault(label, {"survey": 0, "running": 0})
        for movement in movements:
            before, share = own[movement.reading], movement.index_share
            own[movement.reading] = None if before is None or share is None else before + share
    return [
        Step(step=label, survey_share=_nine(own["survey"]), running_share=_nine(own["running"]))
        for label, own in shares.items()
    ]


def _evidence_of(region: str, year: int, place: int, event: SupposedEvent, known: knowledge.Known) -> list[Evidence]:
    field = f"events.{place}"
    type_name = EVENT_TYPES.get(event.type)
    if type_name is None:
        raise Refusal("event_unknown", f"{field}.type", known=listed(sorted(EVENT_TYPES)))
    payload = next(p for p in handlers.CONSUMED if type_name == p.TYPE)
    village = f"{region}.01.1001"
    named = {name: "what-if" for name in payload.model_fields if name.endswith("_id")}
    where = {"village": village, "area": region, "on": date(year, 6, 30), "year": year, "synthetic": False}
    where |= {"sector": "lain"}  # a trade tells businesses apart for a reader and moves no score
    filled = {name: value for name, value in (named | where).items() if name in payload.model_fields}
    try:
        data = payload.model_validate(filled | event.data)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        inner = ".".join(map(str, first["loc"]))
        wrong = Said(in_indonesian(first["type"], first.get("ctx", {})), first["msg"])
        raise Refusal("event_field_wrong", f"{field}.data.{inner}", said=wrong) from None
    said = Event.model_construct(
        id="what-if",
        source="/what-if",
        subject="what-if",
        type=type_name,
        time=clock.now(),
        region=region,
        data=data,
    )
    found = [step.evidence for step in handlers.STEPS[type_name](said) if isinstance(step, Observed)]
    if not found:
        raise Refusal("event_without_effect", f"{field}.type")
    for evidence in found:
        _refuse_unfitting(evidence, year, f"{field}.data", known)
    return found


def _refuse_unfitting(evidence: Evidence, year: int, field: str, known: knowledge.Known) -> None:
    if evidence.year > year or (evidence.year != year and not evidence.carries):
        raise Refusal("event_elsewhen", field, counts_in=evidence.year, year=year)
    try:
        refuse_misfit(evidence, known.scored.instrument)
    except MisfitError as error:
        raise Refusal("event_misfit", field, instrument=known.instrument.key, said=said_of(error)) from None


def _means(means: Means, known: knowledge.Known) -> SurveyMeans:
    instrument = known.scored.instrument
    answers = (instrument.lowest_answer, instrument.highest_answer)
    scores = (instrument.lowest, instrument.highest)
    indicators = {i.key for v in instrument.variables for i in v.survey}
    return SurveyMeans(
        _fractions("items", means.items, set(instrument.items), answers, instrument.key),
        _fractions("indicators", means.indicators, indicators, scores, instrument.key),
        _fractions("variables", means.variables, {v.key for v in instrument.variables}, scores, instrument.key),
    )


def _fractions(
    kind: str, means: dict[str, Decimal], known: set[str], bounds: tuple[int, int], instrument: str
) -> dict[str, Fraction]:
    lowest, highest = bounds
    for key, value in means.items():
        field = f"survey.{kind}.{key}"
        if key not in known:
            raise Refusal("instrument_key_unknown", field, instrument=instrument)
        if not lowest <= value <= highest:
            raise Refusal("mean_off_scale", field, lowest=lowest, highest=highest)
    return {key: Fraction(value) for key, value in means.items()}


def _standing(scores: Scores) -> Standing:
    return Standing.model_validate(
        {
            "survey": score_part(scores.survey),
            "running": score_part(scores.running),
            "variables": [
                {"variable": v.variable, "survey": score_part(v.survey), "running": score_part(v.running)}
                for v in scores.variables
            ],
        }
    )


def _nine(units: int | None) -> Decimal | None:
    return None if units is None else nine_decimal(units)
