"""Which villages' bands would change under another edition: counted by kab/kota, because their labels are sensitive."""

from collections import Counter
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.scoring.domain.difference import Effect, effects
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.rescoring import Surveyed, SurveyUnder
from services.scoring.domain.state import CityYear
from services.scoring.storage.villages import REGION_CHARACTERS

WHYS_MAX = 1_000
"""Of so many villages the reason is worked out; it costs a hundred times what finding them does."""

Move = tuple[str | None, str | None]
"""The band under the one and under the other edition; ``None`` where there is no index."""


class Why(NamedTuple):
    """What moved a village's band most: a variable that weighs otherwise or is worked out otherwise, or something
    else."""

    variable: str | None
    cause: str


@dataclass
class AreaDifference:
    """The villages of a kab/kota in a year: how many have an index under either edition, and how many went where."""

    region: str
    year: int
    compared: int = 0
    moves: Counter[Move] = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        """How many would be in another band."""
        return self.moves.total()


class VillageDifference(NamedTuple):
    """Every kab/kota and year with surveyed villages, and why bands would change: by number of villages, of at most
    ``WHYS_MAX`` of them."""

    areas: list[AreaDifference]
    whys: Counter[Why]


async def compare(
    surveyed: AsyncIterable[list[Surveyed]],
    before: Instrument,
    after: Instrument,
    concerns: Callable[[Surveyed], bool],
) -> VillageDifference:
    """Every village that ``concerns`` the editions, under both."""
    old, new = SurveyUnder(before), SurveyUnder(after)
    areas: dict[tuple[str, int], AreaDifference] = {}
    whys: Counter[Why] = Counter()
    async for part in surveyed:
        for village in part:
            if not concerns(village):
                continue
            move = old.band(village), new.band(village)
            if move == (None, None):
                continue
            key = village.region[:REGION_CHARACTERS], village.year
            area = areas.setdefault(key, AreaDifference(*key))
            area.compared += 1
            if move[0] != move[1]:
                area.moves[move] += 1
                if whys.total() < WHYS_MAX:
                    whys[_why(village, before, after)] += 1
    return VillageDifference([areas[key] for key in sorted(areas)], whys)


def _why(village: Surveyed, before: Instrument, after: Instrument) -> Why:
    effect = next(_survey_effects(village, before, after))
    if effect.shifts and effect.same_scale:
        return Why(effect.shifts[0].variable, effect.shifts[0].cause)
    return Why(None, reason(effect))


def _survey_effects(village: Surveyed, before: Instrument, after: Instrument) -> Iterator[Effect]:
    counts: Mapping[str, int] = village.asked.item_counts
    groups = dict(village.asked.group_answers)
    state = CityYear(village.region, village.year, "", {}, dict(village.item_sums), dict(counts), groups)
    return (effect for effect in effects(state, before, after) if effect.reading == "survey")


def reason(effect: Effect) -> str:
    """Why a band would change: other scales, no index in one edition, parts of the sum, or other bands."""
    if not effect.same_scale:
        return "scale"
    if effect.before is None or effect.after is None:
        return "missing"
    return "shifts" if effect.shifts else "bands"
