"""What another edition makes of the same counts: the scores under both, and which part of the edition is the cause."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

from services.scoring.domain.exact import nine_places
from services.scoring.domain.fold import ReadingName
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.score import Reading, Score, running_reading, survey_reading
from services.scoring.domain.state import CityYear

Cause = Literal["weight", "value"]


class Shift(NamedTuple):
    """A variable's part in the change of the index, in units of 1e-9: it weighs more or less (``weight``), or it is
    worked out in another way (``value``)."""

    variable: str
    cause: Cause
    share: int


class Effect(NamedTuple):
    """One reading of one city and year under two editions. The shifts sum exactly to the change; there are none where
    an index came to be or ceased to be, or where the scales differ."""

    region: str
    year: int
    reading: ReadingName
    before: Score | None
    after: Score | None
    shifts: tuple[Shift, ...]
    same_scale: bool

    @property
    def moves_band(self) -> bool:
        """Whether the band is another one."""
        return (self.before.band if self.before else None) != (self.after.band if self.after else None)


_READINGS: Mapping[ReadingName, Callable[[CityYear, Instrument], Reading]] = {
    "survey": survey_reading,
    "running": running_reading,
}


def effects(state: CityYear, old: Instrument, new: Instrument) -> Iterator[Effect]:
    """Both readings of a state under two editions, where either gives an index."""
    for name, read in _READINGS.items():
        before, after = read(state, old), read(state, new)
        if before.index is None and after.index is None:
            continue
        yield Effect(
            state.region,
            state.year,
            name,
            before.index_score(),
            after.index_score(),
            _shifts(before, after),
            _scale(old) == _scale(new),
        )


def _scale(instrument: Instrument) -> tuple[int, int]:
    return instrument.lowest, instrument.highest


def _shifts(before: Reading, after: Reading) -> tuple[Shift, ...]:
    if before.index is None or after.index is None or _scale(before.instrument) != _scale(after.instrument):
        return ()
    index, nine = Fraction(*before.index), nine_places(before.index) or 0
    shifts = []
    for variable, cause, part in _parts(before, after):
        index += part
        now = nine_places(index.as_integer_ratio()) or 0
        if now != nine:
            shifts.append(Shift(variable, cause, now - nine))
        nine = now
    return tuple(sorted(shifts, key=lambda shift: -abs(shift.share)))


def _parts(before: Reading, after: Reading) -> Iterator[tuple[str, Cause, Fraction]]:
    """w'x' - wx of every variable as (w' - w)x and w'(x' - x)."""
    was, now = _weighted(before), _weighted(after)
    nothing = (Fraction(0), Fraction(0))
    for key in dict.fromkeys([*was, *now]):
        (weight, value), (new_weight, new_value) = was.get(key, nothing), now.get(key, nothing)
        yield key, "weight", (new_weight - weight) * value
        yield key, "value", new_weight * (new_value - value)


def _weighted(reading: Reading) -> dict[str, tuple[Fraction, Fraction]]:
    pairs = zip(reading.instrument.variables, reading.variables, strict=True)
    return {v.key: (v.weight, Fraction(*value)) for v, value in pairs if value is not None}
