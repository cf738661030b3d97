"""Scores as a pure function of (state, instrument), kept up to date indicator by indicator.

The survey index: item mean -> indicator mean -> variable mean -> weighted index, once every respondent group has
answered. The running index: evidence -> piecewise linear -> indicator mean -> variable -> weighted index. All values
are exact; rounding happens when a score is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.exact import Ratio, half_even, half_up, mean, nine_places, weighted
from services.scoring.domain.instrument import EvidenceIndicator, Instrument, SurveyIndicator
from services.scoring.domain.state import CityYear


@dataclass(frozen=True, slots=True)
class Score:
    """A score at one moment: ``value`` rounded half-up as the instrument says, ``exact`` with nine places."""

    value: Decimal
    exact: Decimal
    band: str


class Reading:
    """One of the two readings of one city and year: indicators, variables and index, exact.

    ``index`` is ``None`` while the reading isn't ``complete`` or a variable is missing. The ``*_nine`` attributes
    are the same in units of 1e-9.
    """

    __slots__ = (
        "_index_score",
        "_scores",
        "complete",
        "index",
        "index_nine",
        "indicators",
        "instrument",
        "variable_nine",
        "variables",
    )

    def __init__(self, instrument: Instrument, indicators: list[list[Ratio | None]], complete: bool) -> None:
        self.instrument = instrument
        self.indicators = indicators
        self.complete = complete
        self.variables: list[Ratio | None] = [mean(values) for values in indicators]
        self.variable_nine: list[int | None] = [nine_places(v) for v in self.variables]
        self._scores: dict[int, Score | None] = {}
        self._index_score: Score | None = None
        self.index: Ratio | None = None
        self.index_nine: int | None = None
        self._settle_index()

    def put(self, variable: int, changes: Sequence[tuple[int, Ratio | None]]) -> None:
        """Replace indicator values of one variable and settle the variable and the index."""
        values = self.indicators[variable]
        for place, value in changes:
            values[place] = value
        settled = self.variables[variable] = mean(values)
        self.variable_nine[variable] = nine_places(settled)
        self._scores.pop(variable, None)
        self._settle_index()

    def put_variable(self, variable: int, value: Ratio) -> None:
        """Replace a variable's value, whatever its indicators are: for what is only supposed."""
        self.variables[variable] = value
        self.variable_nine[variable] = nine_places(value)
        self._scores.pop(variable, None)
        self._settle_index()

    def variable_scores(self) -> list[Score | None]:
        """Every variable rounded and classified; what hasn't moved since it was last asked for is remembered."""
        known = self._scores
        for place, value in enumerate(self.variables):
            if place not in known:
                known[place] = score_of(value, self.instrument)
        return [known[place] for place in range(len(self.variables))]

    def index_score(self) -> Score | None:
        """The index rounded and classified; remembered until it moves."""
        if self._index_score is None:
            self._index_score = score_of(self.index, self.instrument)
        return self._index_score

    def _settle_index(self) -> None:
        self._index_score = None
        if self.complete:
            self.index = weighted(self.variables, self.instrument.weights, self.instrument.weight_total)
            self.index_nine = nine_places(self.index)
        else:
            self.index = self.index_nine = None  # taking a questionnaire out can leave a group without any


def running_reading(state: CityYear, instrument: Instrument) -> Reading:
    """The running reading from scratch."""
    counters = state.counters
    values = [[evidence_value(e, counters) for e in v.evidence] for v in instrument.variables]
    return Reading(instrument, values, complete=True)


def survey_reading(state: CityYear, instrument: Instrument) -> Reading:
    """The survey reading from scratch."""
    if not state.item_counts:
        return Reading(instrument, [[None] * len(v.survey) for v in instrument.variables], complete=False)
    values = [[survey_value(i, state) for i in v.survey] for v in instrument.variables]
    return Reading(instrument, values, complete=every_group_answered(state, instrument))


def every_group_answered(state: CityYear, instrument: Instrument) -> bool:
    """Whether each respondent group has at least one answer."""
    answers = state.group_answers
    return all(answers.get(group.key, 0) > 0 for group in instrument.groups)


def evidence_value(indicator: EvidenceIndicator, counters: dict[str, int]) -> Ratio | None:
    """The indicator's score; ``None`` for a ratio over nothing."""
    numerator = 0
    for name in indicator.of:
        numerator += counters.get(name, 0)
    if not indicator.over:
        return indicator.curve.at(numerator, 1)
    denominator = 0
    for name in indicator.over:
        denominator += counters.get(name, 0)
    return indicator.curve.at(numerator, denominator) if denominator > 0 else None


def survey_value(indicator: SurveyIndicator, state: CityYear) -> Ratio | None:
    """The mean of the item means, over the items that have answers."""
    sums, counts = state.item_sums, state.item_counts
    value = mean([(sums[item], counts[item]) for item in indicator.items if counts.get(item)])
    if value is None or indicator.stretch is None:
        return value
    a, b, c = indicator.stretch
    return a * value[0] + b * value[1], c * value[1]


def score_of(value: Ratio | None, instrument: Instrument) -> Score | None:
    """Round and classify an exact value: half-up to the instrument's places, then the band (rule P)."""
    if value is None:
        return None
    rounded = half_up(value, instrument.scale)
    return Score(
        value=Decimal(rounded).scaleb(-instrument.places),
        exact=nine_decimal(half_even(value, 10**9)),
        band=instrument.band_of(rounded),
    )


def nine_decimal(units: int) -> Decimal:
    """Units of 1e-9 as a decimal with nine places."""
    return Decimal(units).scaleb(-9)
