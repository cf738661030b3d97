"""The page an officer plans with: what the index would be if, and which sets of actions would reach the target.

A plan is its address: every number somebody sets is a parameter, so a plan can be kept, sent and opened again. Nothing
on it changes anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import get_args

from services.dashboard.chart import percent
from services.dashboard.indices import Indices, Refused
from services.dashboard.scored import Action, Actions, Plan, Plans, Supposed, YearTarget
from services.dashboard.view import InstrumentOutline
from shared.contracts.scoring import Score, Variable

UNITS, MEAN, COST, TARGET, SEEK = "u.", "v.", "c.", "target", "cari"
"""The parameters: units of an action, a supposed mean of a variable, a cost, what to reach, whether to look."""
VARIABLES: tuple[Variable, ...] = get_args(Variable)
PLANS_SHOWN = 5
PLACES = Decimal("0.001")


@dataclass(frozen=True)
class Asked:
    """What an address says. ``wrong`` are the parameters that can't be read, by name."""

    units: Mapping[str, int] = field(default_factory=dict)
    means: Mapping[str, Decimal] = field(default_factory=dict)
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    target: Decimal | None = None
    seeks: bool = False
    wrong: Sequence[str] = ()


@dataclass(frozen=True)
class Lever:
    """An action with the units supposed and the cost in force."""

    action: Action
    units: int
    cost: Decimal
    is_wrong: bool

    @property
    def total(self) -> Decimal:
        """What the units cost."""
        return self.cost * self.units


@dataclass(frozen=True)
class Slider:
    """A variable's survey value: as it is, and as supposed. ``x`` is its place on the scale."""

    variable: Variable
    now: Score | None
    supposed: Decimal | None
    is_wrong: bool

    @property
    def value(self) -> Decimal | None:
        """What the control stands at."""
        return self.supposed if self.supposed is not None else self.now.value if self.now else None


@dataclass(frozen=True)
class PlanPage:
    """What the page shows. ``problem`` is why something of it can't be worked out."""

    levers: Sequence[Lever]
    sliders: Sequence[Slider]
    cost_unit: Mapping[str, str]
    supposed: Supposed | None
    plans: Plans | None
    target: YearTarget | None
    asked: Asked
    lowest: Decimal
    highest: Decimal
    problem: str | None = None

    @property
    def total_cost(self) -> Decimal:
        """What all supposed units cost."""
        return sum((lever.total for lever in self.levers), Decimal(0))

    @property
    def goal(self) -> Decimal | None:
        """What is to be reached: what was asked for, else the year's target."""
        return self.asked.target or (self.target.value if self.target else None)

    def at(self, value: Decimal) -> float:
        """The place of a score on the scale, percent."""
        return percent(value, self.lowest, self.highest)

    def link_of(self, plan: Plan) -> str:
        """The parameters that suppose a plan."""
        return "&".join(f"{UNITS}{action.action}={action.units}" for action in plan.actions)


def read(query: Mapping[str, str], actions: Actions, outline: InstrumentOutline | None) -> Asked:
    """The parameters of an address; nothing is guessed of one that can't be read."""
    known = {action.action: action for action in actions.items}
    lowest = outline.lowest if outline else Decimal(1)
    highest = outline.highest if outline else Decimal(4)
    units: dict[str, int] = {}
    means: dict[str, Decimal] = {}
    costs: dict[str, Decimal] = {}
    wrong: list[str] = []
    target: Decimal | None = None
    for name, given in query.items():
        text = given.strip()
        key = name[2:]
        if not text or not (name == TARGET or (name[:2] in (UNITS, COST) and key in known) or name[:2] == MEAN):
            continue
        value = _number(text)
        if name[:2] == UNITS and value is not None and value == int(value) and 0 <= value <= known[key].most:
            units[key] = int(value)
        elif name[:2] == COST and value is not None and 0 <= value <= 1_000_000:
            costs[key] = value
        elif name[:2] == MEAN and key in VARIABLES and value is not None and lowest <= value <= highest:
            means[key] = value
        elif name == TARGET and value is not None and lowest <= value <= highest:
            target = value
        else:
            wrong.append(name)
    return Asked({k: n for k, n in units.items() if n}, means, costs, target, SEEK in query, tuple(wrong))


def _number(text: str) -> Decimal | None:
    """A number with a decimal point or comma."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


async def page_of(
    indices: Indices,
    region: str,
    year: int,
    query: Mapping[str, str],
    outline: InstrumentOutline | None,
    now: Mapping[str, Score | None],
) -> PlanPage:
    """The page of a city and year. ``now`` are the survey's values of the variables. Raises ``Away``."""
    actions = await indices.actions()
    asked = read(query, actions, outline)
    supposed, plans, target, problem = None, None, None, None
    means = {key: value for key, value in asked.means.items() if not _is_now(now.get(key), value)}
    try:
        target = await indices.target(region, year)
        supposed = await indices.suppose(region, year, _evidence(asked, actions), means)
        if asked.seeks:
            plans = await indices.plans(region, year, asked.target, asked.costs, PLANS_SHOWN)
    except Refused as refused:
        problem = refused.sentence
    return PlanPage(
        levers=[
            Lever(
                action,
                asked.units.get(action.action, 0),
                asked.costs.get(action.action, action.cost),
                any(name[2:] == action.action for name in asked.wrong),
            )
            for action in actions.items
        ],
        sliders=[Slider(key, now.get(key), means.get(key), f"{MEAN}{key}" in asked.wrong) for key in VARIABLES],
        cost_unit=actions.cost_unit,
        supposed=supposed,
        plans=plans,
        target=target,
        asked=asked,
        lowest=outline.lowest if outline else Decimal(1),
        highest=outline.highest if outline else Decimal(4),
        problem=problem,
    )


def _is_now(score: Score | None, value: Decimal) -> bool:
    """Whether a control stands where the variable is: then nothing is supposed of it."""
    return score is not None and score.value.quantize(PLACES) == value.quantize(PLACES)


def _evidence(asked: Asked, actions: Actions) -> dict[str, int]:
    """What the supposed units add to the counters."""
    found: dict[str, int] = {}
    for action in actions.items:
        units = asked.units.get(action.action, 0)
        for counter, addition in action.adds.items():
            if units:
                found[counter] = found.get(counter, 0) + units * addition
    return found
