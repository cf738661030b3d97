"""One event into one city: new counts, new scores, and what each score owes to it.

The index is kept in units of 1e-9 after every variable an event touches; a share is the difference of two
consecutive values, so shares sum exactly to the whole change.
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from services.scoring.domain.evidence import Evidence, EvidenceRefusedError
from services.scoring.domain.exact import Ratio, nine_places
from services.scoring.domain.instrument import Instrument, Touched
from services.scoring.domain.score import (
    Reading,
    Score,
    every_group_answered,
    evidence_value,
    running_reading,
    survey_reading,
    survey_value,
)
from services.scoring.domain.state import CityYear, add_answers, add_counters, begin_year

ReadingName = Literal["survey", "running"]


class Moved(NamedTuple):
    """One event's part in one reading's change, through one variable and the indicator that moved most.

    Shares are in units of 1e-9; ``None`` when the index (or the variable) came to be or ceased to be.
    """

    year: int
    reading: ReadingName
    variable: str
    indicator: str
    index_share: int | None
    variable_share: int | None


class VariableScores(NamedTuple):
    """Both readings of one variable."""

    variable: str
    survey: Score | None
    running: Score | None


class Scores(NamedTuple):
    """All scores of a city and year at one moment."""

    survey: Score | None
    running: Score | None
    variables: tuple[VariableScores, ...]


class ScoredYear:
    """A state with its two readings, kept in step."""

    __slots__ = ("instrument", "running", "state", "survey")

    def __init__(self, state: CityYear, instrument: Instrument) -> None:
        self.state = state
        self.instrument = instrument
        self.running = running_reading(state, instrument)
        self.survey = survey_reading(state, instrument)

    def scores(self) -> Scores:
        """The scores now."""
        survey, running = self.survey, self.running
        parts = zip(self.instrument.variables, survey.variable_scores(), running.variable_scores(), strict=True)
        variables = tuple([VariableScores(variable.key, s, r) for variable, s, r in parts])
        return Scores(survey.index_score(), running.index_score(), variables)

    def add(self, evidence: Evidence) -> list[Moved]:
        """Fold one event in, and say what it moved. The evidence has passed :func:`refuse_misfit`."""
        moved: list[Moved] = []
        if evidence.counters or evidence.synthetic:
            add_counters(self.state, evidence)
            names = tuple([name for name, _ in evidence.counters])
            moved += self._move("running", self.running, self.instrument.reached_by(names))
        if evidence.group is not None:
            add_answers(self.state, evidence.group, evidence.answers, evidence.sign)
            if not self.survey.complete or evidence.sign < 0:
                self.survey.complete = every_group_answered(self.state, self.instrument)
            moved += self._move("survey", self.survey, _reached_by_answers(self.instrument, evidence))
        return moved

    def _move(self, name: ReadingName, reading: Reading, touched: Touched) -> list[Moved]:
        """Settle the touched variables one after the other; what each step adds to the index is its share."""
        start = reading.index_nine
        moved = [self._step(name, reading, variable, places) for variable, places in touched]
        if start is None or reading.index_nine is None:
            moved = [m._replace(index_share=None) for m in moved]
        return [m for m in moved if m.index_share != 0 or m.variable_share != 0]

    def _step(self, name: ReadingName, reading: Reading, place: int, indicators: tuple[int, ...]) -> Moved:
        variable = self.instrument.variables[place]
        index_before, variable_before = reading.index_nine, reading.variable_nine[place]
        if name == "running":
            counters = self.state.counters
            changes = [(i, evidence_value(variable.evidence[i], counters)) for i in indicators]
        else:
            changes = [(i, survey_value(variable.survey[i], self.state)) for i in indicators]
        most = indicators[0] if len(indicators) == 1 else _moved_most(reading.indicators[place], changes)
        reading.put(place, changes)
        return Moved(
            self.state.year,
            name,
            variable.key,
            (variable.evidence if name == "running" else variable.survey)[most].key,
            _difference(index_before, reading.index_nine),
            _difference(variable_before, reading.variable_nine[place]),
        )

    def born_with(self, evidence: Evidence) -> list[Moved]:
        """What the event moved that began this year: readings came to be, so there's nothing to share."""
        names = tuple(name for name, addition in evidence.counters if addition)
        variables = self.instrument.variables
        year = self.state.year
        moved = [
            Moved(year, "running", variables[v].key, variables[v].evidence[places[0]].key, None, None)
            for v, places in self.instrument.reached_by(names)
        ]
        if evidence.group is not None:
            moved += [
                Moved(year, "survey", variables[v].key, variables[v].survey[places[0]].key, None, None)
                for v, places in _reached_by_answers(self.instrument, evidence)
            ]
        return moved


class City:
    """The years of one kab/kota, and the one way to change them."""

    def __init__(
        self,
        region: str,
        years: Iterable[ScoredYear],
        instrument_of: Callable[[int], Instrument],
    ) -> None:
        """``instrument_of`` gives the instrument of a year that has no state yet."""
        self.region = region
        self._instrument_of = instrument_of
        self.years = {y.state.year: y for y in years}

    def add(self, evidence: Evidence) -> list[Moved]:
        """Fold one event into its year (and, for stocks, into the later years there are).

        Raises :class:`EvidenceRefusedError`, having changed nothing, when it doesn't fit the year's instrument.
        """
        year = self.years.get(evidence.year)
        refuse_misfit(evidence, year.instrument if year is not None else self._instrument_of(evidence.year))
        moved = year.add(evidence) if year is not None else self._begin(evidence)
        if evidence.carries:
            for later in [y for y in self.years if y > evidence.year]:
                moved += self.years[later].add(evidence)
        return moved

    def _begin(self, evidence: Evidence) -> list[Moved]:
        instrument = self._instrument_of(evidence.year)
        earlier = (y.state for y in self.years.values())
        state = begin_year(self.region, evidence.year, instrument.key, earlier)
        add_counters(state, evidence)
        if evidence.group is not None:
            add_answers(state, evidence.group, evidence.answers, evidence.sign)
        year = self.years[evidence.year] = ScoredYear(state, instrument)
        return year.born_with(evidence)


def refuse_misfit(evidence: Evidence, instrument: Instrument) -> None:
    """Raise :class:`EvidenceRefusedError` for answers to another instrument, or to items it doesn't have."""
    if evidence.group is None:
        return
    if evidence.instrument != instrument.key:
        raise EvidenceRefusedError(
            f"answers to {evidence.instrument} in {evidence.year}, which is scored with {instrument.key}"
        )
    if evidence.group not in instrument.group_keys:
        raise EvidenceRefusedError(f"respondent group {evidence.group} is not one of {instrument.key}")
    if not evidence.answers:
        raise EvidenceRefusedError("a questionnaire without any answer")
    for item, answer in evidence.answers.items():
        if item not in instrument.items:
            raise EvidenceRefusedError(f"item {item} is not one of {instrument.key}")
        if not instrument.lowest_answer <= answer <= instrument.highest_answer:
            raise EvidenceRefusedError(f"answer {answer} to {item} is outside the answers of {instrument.key}")


def _reached_by_answers(instrument: Instrument, evidence: Evidence) -> Touched:
    places = {instrument.items[item] for item in evidence.answers}
    variables = sorted({v for v, _ in places})
    return tuple((v, tuple(sorted(i for own, i in places if own == v))) for v in variables)


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _moved_most(before: list[Ratio | None], changes: list[tuple[int, Ratio | None]]) -> int:
    """The indicator whose own value moved most; one that came to be or ceased to be counts as the whole scale."""
    most, distance = changes[0][0], -1
    for place, value in changes:
        change = _difference(nine_places(before[place]), nine_places(value))
        own = abs(change) if change is not None else _WHOLE_SCALE if before[place] != value else 0
        if own > distance:
            most, distance = place, own
    return most


_WHOLE_SCALE = 10**12
