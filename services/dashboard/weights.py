"""What the weights decide, as a picture: the band of the index on a stretch of the scale, and the band of the rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.dashboard.chart import BandPlace, band_places, percent
from services.dashboard.scored import Sensitivity
from services.dashboard.view import InstrumentOutline

MARGIN = Decimal("0.35")
"""So much of the band's width stays free on either side, so that its ends and the category around it are seen."""
LEAST_WIDTH = Decimal("0.06")
STEP = Decimal("0.01")


@dataclass(frozen=True)
class Choice:
    """One or more named sets of weights that give the same index. ``names``: own, equal, or an edition's key."""

    names: tuple[str, ...]
    value: Decimal
    band: str
    rank: int
    x: float


@dataclass(frozen=True)
class WeightsPicture:
    """The index under any weights between ``left`` and ``right`` percent of a stretch of the scale."""

    lowest: Decimal
    highest: Decimal
    left: float
    right: float
    bands: tuple[BandPlace, ...]
    choices: tuple[Choice, ...]
    sensitivity: Sensitivity

    @property
    def is_one_band(self) -> bool:
        """Whether the category stays the same, whatever the weights."""
        return self.sensitivity.lowest.band == self.sensitivity.highest.band

    @property
    def is_one_rank(self) -> bool:
        """Whether the place among the others stays the same, whatever the weights."""
        return self.sensitivity.rank_best == self.sensitivity.rank_worst


def picture(found: Sensitivity, instrument: InstrumentOutline) -> WeightsPicture:
    """The stretch around the band, to scale."""
    least, most = found.lowest.value, found.highest.value
    room = max((most - least) * MARGIN, (LEAST_WIDTH - (most - least)) / 2)
    low = max(instrument.lowest, (least - room).quantize(STEP, "ROUND_FLOOR"))
    high = min(instrument.highest, (most + room).quantize(STEP, "ROUND_CEILING"))
    return WeightsPicture(
        lowest=low,
        highest=high,
        left=percent(least, low, high),
        right=percent(most, low, high),
        bands=_stretch(band_places(instrument), low, high),
        choices=_choices(found, low, high),
        sensitivity=found,
    )


def _stretch(places: Sequence[BandPlace], low: Decimal, high: Decimal) -> tuple[BandPlace, ...]:
    """The bands as far as they lie in the stretch."""
    ends = [*(place.band.floor for place in places[1:]), None]
    found = []
    for place, end in zip(places, ends, strict=True):
        start = percent(place.band.floor, low, high)
        stop = 100.0 if end is None else percent(end, low, high)
        if stop > start:
            found.append(BandPlace(place.band, start, round(stop - start, 2), place.colour))
    return tuple(found)


def _choices(found: Sensitivity, low: Decimal, high: Decimal) -> tuple[Choice, ...]:
    """The named sets, those with the same weights as one."""
    named: dict[tuple[Decimal, ...], list[str]] = {}
    for name, weighed in found.named.items():
        named.setdefault(tuple(weighed.weights[key] for key in sorted(weighed.weights)), []).append(name)
    choices = []
    for names in named.values():
        score, rank = found.named[names[0]].score, found.named[names[0]].rank
        choices.append(Choice(tuple(names), score.value, score.band, rank, percent(score.value, low, high)))
    return tuple(choices)
