"""The actions goal-seek may choose from: read from data/actions.yaml, priced by the office."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.scoring.domain.evidence import COUNTERS
from services.scoring.domain.goal import Action
from shared.runtime import plain_yaml

FILE = Path(__file__).parent / "data" / "actions.yaml"
COST_MAX = Decimal(1_000_000)

Cost = Annotated[Decimal, Field(ge=0, le=COST_MAX)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """Both languages."""

    id: str
    en: str


class ActionEntry(_Part):
    """One action of the file."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Words
    adds: Annotated[dict[str, int], Field(min_length=1)]
    cost: Cost
    most: Annotated[int, Field(ge=1, le=10_000)]
    within: tuple[tuple[str, str, int], ...] = ()

    def priced(self, costs: Mapping[str, Decimal], limits: Mapping[str, int]) -> Action:
        """The action at the given cost and bound, or at its own."""
        cost, most = costs.get(self.key, self.cost), limits.get(self.key, self.most)
        return Action(self.key, tuple(self.adds.items()), cost, most, self.within)


class ActionFile(_Part):
    """The whole file."""

    mark: Literal["R", "I", "P"]
    source: str
    unit_of_cost: Words
    actions: tuple[ActionEntry, ...]


@cache
def load() -> ActionFile:
    """The file. Raises ValueError when an action adds to a counter there isn't."""
    content = yaml.load(FILE.read_text(), Loader=_PlainLoader)  # noqa: S506 - a safe loader that leaves numbers as text
    found = ActionFile.model_validate(content)
    unknown = {name for action in found.actions for name in action.adds} - COUNTERS.keys()
    if unknown:
        raise ValueError(f"{FILE.name}: no counter is called {', '.join(sorted(unknown))}")
    return found


class _PlainLoader(plain_yaml.Loader):
    """Decimals come as they are written: 0.3 and not the nearest binary number."""


def _as_written(_: yaml.SafeLoader, node: yaml.Node) -> str:
    return str(node.value)


_PlainLoader.add_constructor("tag:yaml.org,2002:float", _as_written)
