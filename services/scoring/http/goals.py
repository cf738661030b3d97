"""What would bring the index to a target, and what the office's actions cost."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring import actions
from services.scoring.commands import steering
from services.scoring.commands.announcement import score_part
from services.scoring.domain.goal import Plan, cheapest_plans
from services.scoring.domain.score import Score
from services.scoring.domain.target import target_of
from services.scoring.http.bodies import Body
from services.scoring.http.parameters import Kabkota
from services.scoring.http.reading import current_routes, known_or_refused
from services.scoring.http.refusals import Refusal, listed
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue
from services.scoring.storage import costs, knowledge, published, targets
from shared.access import current
from shared.contracts import scoring
from shared.journal import Journal
from shared.runtime.web import Routes

PLANS_MAX = 20


class GoalSeek(Body):
    """What is to be reached: a value, a band, or (with neither) the year's target; and on which terms."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"year": 2023, "band": "tanggap", "costs": {"sesi": "1.5"}, "plans": 3}]},
    )

    year: Annotated[int | None, Field(ge=2015, le=2100)] = None
    target: Decimal | None = None
    band: str | None = None
    costs: dict[str, actions.Cost] = Field(default_factory=dict)
    most: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    plans: Annotated[int, Field(ge=1, le=PLANS_MAX)] = 5


class PlannedAction(BaseModel):
    """Units of one action."""

    action: str
    name: dict[str, str]
    units: int
    cost: Plain


class PlanView(BaseModel):
    """A set of actions that reaches the target and could do with none less."""

    actions: list[PlannedAction]
    cost: Plain
    running: scoring.Score


class GoalView(BaseModel):
    """The cheapest sets first. They're worked out from counts of places and events; a person decides, and no person
    is scored. ``best`` is as far as all actions together go when no set reaches the target."""

    region: str
    year: int
    instrument: str
    provisional: bool
    target: Plain
    now: scoring.Score
    reached: bool
    plans: list[PlanView]
    best: scoring.Score | None
    cost_unit: dict[str, str]
    costs_are: dict[str, str]


class ActionView(BaseModel):
    """An action with the cost in force; ``cost_set_by_office`` or the placeholder's."""

    action: str
    name: dict[str, str]
    adds: dict[str, int]
    cost: Plain
    cost_set_by_office: bool
    most: int
    mark: str


class ActionList(BaseModel):
    """The actions goal-seek chooses from."""

    cost_unit: dict[str, str]
    items: list[ActionView]


class Costs(Body):
    """Action -> cost; null leaves one to the placeholder again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"costs": {"sesi": "1.5"}}]})

    costs: Annotated[dict[str, actions.Cost | None], Field(min_length=1)]


def goal_router(journal: Journal, catalogue: Catalogue, node_region: str) -> Routes:
    """Goal-seek, its actions and their costs. ``node_region`` stands for the node in what it says of its costs."""
    router = current_routes(journal.database, catalogue, prefix="/v1", tags=["steering"])
    database = journal.database

    @router.post("/indices/{region}/goal-seek", summary="The smallest sets of actions that reach a target")
    async def goal_seek(region: Kabkota, body: GoalSeek) -> GoalView:
        async with database.read() as connection:
            known = await known_or_refused(connection, catalogue, region, body.year)
            target = await _wanted(connection, known, body)
            own = await costs.all_costs(connection)
        return _planned(known, body, target, own)

    @router.get("/actions", summary="The actions goal-seek chooses from, with what they cost")
    async def list_actions() -> ActionList:
        async with database.read() as connection:
            own = await costs.all_costs(connection)
        return _listed(own)

    @router.put("/action-costs", summary="Say what actions cost the office")
    async def set_action_costs(body: Costs) -> ActionList:
        _refuse_unknown_actions(body.costs, "costs")
        async with journal.writing() as unit:
            await steering.set_costs(unit, node_region, body.costs, current().id)
            own = await costs.all_costs(unit.connection)
        return _listed(own)

    return router


async def _wanted(connection: AsyncConnection, known: knowledge.Known, body: GoalSeek) -> Decimal:
    """The value to reach."""
    file, state = known.instrument, known.scored.state
    if body.target is not None:
        if not file.scale.lowest <= body.target <= file.scale.highest:
            raise Refusal("target_off_scale", "target", lowest=file.scale.lowest, highest=file.scale.highest)
        return body.target
    if body.band is not None:
        found = next((band.lower for band in file.bands if band.key == body.band), None)
        if found is None:
            raise Refusal("band_unknown", "band", known=listed(b.key for b in file.bands))
        return found
    references = (await published.references(connection, [state.region])).get(state.region, [])
    by_hand = (await targets.of_regions(connection, [state.region])).get(state.region, [])
    target = target_of(state.year, file.edition, references, by_hand)
    if target is None:
        raise Refusal("target_unknown", "target", year=state.year)
    return target.value


def _planned(known: knowledge.Known, body: GoalSeek, target: Decimal, own: dict[str, Decimal]) -> GoalView:
    for given, field in ((body.costs, "costs"), (body.most, "most")):
        _refuse_unknown_actions(given, field)
    scored, file, listed = known.scored, known.instrument, actions.load()
    now = scored.running.index_score()
    if now is None:
        raise Refusal("evidence_missing", "year")
    priced = [action.priced({**own, **body.costs}, body.most) for action in listed.actions]
    goal = cheapest_plans(scored, priced, target, body.plans)
    names = {action.key: action.name.model_dump() for action in listed.actions}
    cost_of = {action.key: action.cost for action in priced}
    return GoalView(
        region=scored.state.region,
        year=scored.state.year,
        instrument=file.key,
        provisional=file.provisional,
        target=target,
        now=_score(now),
        reached=now.value >= target,
        plans=[_plan(plan, names, cost_of) for plan in goal.plans],
        best=_score(goal.best) if goal.best else None,
        cost_unit=listed.unit_of_cost.model_dump(),
        costs_are={
            action.key: "request" if action.key in body.costs else "office" if action.key in own else f"{listed.mark}"
            for action in listed.actions
        },
    )


def _listed(own: dict[str, Decimal]) -> ActionList:
    listed = actions.load()
    return ActionList(
        cost_unit=listed.unit_of_cost.model_dump(),
        items=[
            ActionView(
                action=action.key,
                name=action.name.model_dump(),
                adds=action.adds,
                cost=own.get(action.key, action.cost),
                cost_set_by_office=action.key in own,
                most=action.most,
                mark=listed.mark,
            )
            for action in listed.actions
        ],
    )


def _refuse_unknown_actions(given: dict[str, Any], field: str) -> None:
    known = [action.key for action in actions.load().actions]
    for key in given:
        if key not in known:
            raise Refusal("action_unknown", f"{field}.{key}", known=listed(known))


def _plan(plan: Plan, names: dict[str, dict[str, str]], cost_of: dict[str, Decimal]) -> PlanView:
    return PlanView(
        actions=[
            PlannedAction(action=key, name=names[key], units=units, cost=cost_of[key] * units)
            for key, units in plan.units
        ],
        cost=plan.cost,
        running=_score(plan.score),
    )


def _score(score: Score) -> scoring.Score:
    return scoring.Score.model_validate(score_part(score))
