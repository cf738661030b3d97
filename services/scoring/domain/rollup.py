"""Many areas in one number, and what the number hides: the spread, the bands, who is missing."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.scoring.domain.instrument import Instrument
from services.scoring.domain.score import Score


class Area(NamedTuple):
    """One area's score with its weight, and whether it rests on a full survey and on real records."""

    region: str
    score: Score | None
    weight: int
    complete: bool
    synthetic: bool


class Rollup(NamedTuple):
    """Areas of one edition together. Mean and median are rounded as the instrument says."""

    areas: int
    scored: int
    complete: int
    synthetic: int
    weighted: bool
    mean: Decimal | None
    median: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    bands: Mapping[str, int]
    at_least: Mapping[str, int]


def roll_up(areas: Iterable[Area], instrument: Instrument) -> Rollup:
    """Of one edition: never call it with areas scored under different ones."""
    areas = list(areas)
    scored = [(area, area.score) for area in areas if area.score is not None]
    weighted = instrument.rollup != "equal"
    pairs = sorted((score.exact, area.weight if weighted else 1) for area, score in scored)
    total = sum(weight for _, weight in pairs)
    keys = [band.key for band in sorted(instrument.bands, key=lambda band: band.floor)]
    bands = {key: sum(score.band == key for _, score in scored) for key in keys}
    return Rollup(
        areas=len(areas),
        scored=len(scored),
        complete=sum(area.complete for area, _ in scored),
        synthetic=sum(area.synthetic for area, _ in scored),
        weighted=weighted,
        mean=_rounded(_mean(pairs, total), instrument) if total else None,
        median=_rounded(_median(pairs, total), instrument) if total else None,
        lowest=min((score.value for _, score in scored), default=None),
        highest=max((score.value for _, score in scored), default=None),
        bands=bands,
        at_least={key: sum(bands[k] for k in keys[place:]) for place, key in enumerate(keys)},
    )


def _mean(pairs: list[tuple[Decimal, int]], total: int) -> Decimal:
    return sum((value * weight for value, weight in pairs), Decimal(0)) / total


def _median(pairs: list[tuple[Decimal, int]], total: int) -> Decimal:
    """The value below and above which half of the weight lies; the mean of two where it falls between them."""
    seen = 0
    for place, (value, weight) in enumerate(pairs):
        seen += weight
        if 2 * seen == total:
            return (value + pairs[place + 1][0]) / 2
        if 2 * seen > total:
            return value
    raise ValueError("no weight")


def _rounded(value: Decimal, instrument: Instrument) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-instrument.places), ROUND_HALF_UP)
