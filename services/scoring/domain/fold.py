"""One event into one city: new counts, new scores, and what each score owes to it.

The index is kept in units of 1e-9 after every variable an event touches; a share is the difference of two
consecutive values, so shares sum exactly to the whole change.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from services.scoring.domain import statistics
from services.scoring.domain.evidence import Evidence, MisfitError
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
from services.scoring.domain.state import CityYear, add_evidence, begin_year, from_canonical
from services.scoring.domain.statistics import Interval

ReadingName = Literal["survey", "running"]
Changes = list[tuple[int, Ratio | None]]
"""(place of an indicator, its new value)."""


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
    """A state with its two readings, kept in step. A reading is worked out when it's first asked for."""

    __slots__ = ("_interval", "_running", "_state", "_survey", "_text", "instrument", "is_new", "year")

    def __init__(self, state: CityYear, instrument: Instrument, *, is_new: bool = False) -> None:
        """``is_new`` says that no event of the year has been folded yet."""
        self.year = state.year
        self._state: CityYear | None = state
        self._text = ""
        self.instrument = instrument
        self.is_new = is_new
        self._running: Reading | None = None
        self._survey: Reading | None = None
        self._interval: Interval | Literal["unknown"] | None = "unknown"

    @classmethod
    def unread(cls, year: int, text: str, instrument: Instrument) -> "ScoredYear":
        """A year that is kept as canonical text, which is read when it's first looked into."""
        scored = cls(CityYear("", year, instrument.key), instrument)
        scored._state, scored._text = None, text
        return scored

    @property
    def state(self) -> CityYear:
        """What is counted."""
        if self._state is None:
            self._state, self._text = from_canonical(self._text), ""
        return self._state

    @property
    def running(self) -> Reading:
        """The running reading."""
        if self._running is None:
            self._running = running_reading(self.state, self.instrument)
        return self._running

    @property
    def survey(self) -> Reading:
        """The survey reading."""
        if self._survey is None:
            self._survey = survey_reading(self.state, self.instrument)
        return self._survey

    def interval(self) -> Interval | None:
        """How sure the survey index is; worked out anew only after an answer."""
        if self._interval == "unknown":
            self._interval = statistics.interval(self.survey.index, self.state, self.instrument)
        return self._interval

    def scores(self) -> Scores:
        """The scores now."""
        survey, running = self.survey, self.running
        parts = zip(self.instrument.variables, survey.variable_scores(), running.variable_scores(), strict=True)
        variables = tuple([VariableScores(variable.key, s, r) for variable, s, r in parts])
        return Scores(survey.index_score(), running.index_score(), variables)

    def count(self, evidence: Evidence) -> None:
        """Fold one event in without saying what it moved."""
        add_evidence(self.state, evidence, self.instrument.layout)
        self._running = self._survey = None
        self._interval = "unknown"
        self.is_new = False

    def add(self, evidence: Evidence) -> list[Moved]:
        """Fold one event in, and say what it moved. The evidence has passed :func:`refuse_misfit`."""
        if self.is_new:
            return self._begin_with(evidence)
        running, survey = self._running or self.running, self._survey or self.survey
        state = self._state or self.state
        add_evidence(state, evidence, self.instrument.layout)
        moved: list[Moved] = []
        if evidence.counters:
            names = tuple([name for name, _ in evidence.counters])
            moved = self._move("running", running, self.instrument.reached_by(names))
        if evidence.group is not None:
            self._interval = "unknown"
            if not survey.complete or evidence.sign < 0:
                survey.complete = every_group_answered(state, self.instrument)
            moved += self._move("survey", survey, _reached_by_answers(self.instrument, evidence))
        return moved

    def _move(self, name: ReadingName, reading: Reading, touched: Touched) -> list[Moved]:
        """Settle the touched variables one after the other; what each step adds to the index is its share."""
        start = reading.index_nine
        moved = []
        for place, indicators in touched:
            changes = self._changes(name, reading, place, indicators)
            if changes:
                moved.append(self._step(name, reading, place, changes))
        if not moved:
            return moved
        if start is None or reading.index_nine is None:
            moved = [m._replace(index_share=None) for m in moved]
        return [m for m in moved if m.index_share != 0 or m.variable_share != 0]

    def _changes(self, name: ReadingName, reading: Reading, place: int, indicators: tuple[int, ...]) -> Changes:
        """Indicators with their new values. Beyond its last breakpoint an indicator stands still."""
        variable = self.instrument.variables[place]
        if name == "survey":
            return [(i, survey_value(variable.survey[i], self.state)) for i in indicators]
        counters, evidence, values = self.state.counters, variable.evidence, reading.indicators[place]
        return [(i, value) for i in indicators if (value := evidence_value(evidence[i], counters)) != values[i]]

    def _step(self, name: ReadingName, reading: Reading, place: int, changes: Changes) -> Moved:
        variable, values = self.instrument.variables[place], reading.indicators[place]
        most = changes[0][0] if len(changes) == 1 else _moved_most(values, changes)
        index_before, variable_before = reading.index_nine, reading.variable_nine[place]
        reading.put(place, changes)
        return Moved(
            self.state.year,
            name,
            variable.key,
            (variable.evidence if name == "running" else variable.survey)[most].key,
            _difference(index_before, reading.index_nine),
            _difference(variable_before, reading.variable_nine[place]),
        )

    def _begin_with(self, evidence: Evidence) -> list[Moved]:
        """The event that begins this year: its readings come to be, so there's nothing to share."""
        self.count(evidence)
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
        self.years = {y.year: y for y in years}

    def reached_by(self, evidence: Evidence) -> Sequence[ScoredYear]:
        """The years an event counts in: its own, which it may begin, and for stocks the later years there are.

        Raises :class:`EvidenceRefusedError`, having changed nothing, when it doesn't fit its year's instrument.
        """
        own = self.years.get(evidence.year)
        if evidence.group is not None:
            refuse_misfit(evidence, own.instrument if own is not None else self._instrument_of(evidence.year))
        if own is None:
            own = self._begin(evidence.year)
        if not evidence.carries:
            return (own,)
        return [own, *(scored for year, scored in self.years.items() if year > evidence.year)]

    def add(self, evidence: Evidence) -> list[Moved]:
        """Fold one event into every year it reaches, and say what it moved."""
        return [moved for scored in self.reached_by(evidence) for moved in scored.add(evidence)]

    def _begin(self, year: int) -> ScoredYear:
        instrument = self._instrument_of(year)
        state = begin_year(self.region, year, instrument.key, (y.state for y in self.years.values()))
        scored = self.years[year] = ScoredYear(state, instrument, is_new=True)
        return scored


def refuse_misfit(evidence: Evidence, instrument: Instrument) -> None:
    """Raise :class:`MisfitError` for answers to another instrument, or to items it doesn't have."""
    if evidence.group is None:
        return
    key = instrument.key
    if evidence.instrument != key:
        said = "answers to {given} in {year}, which is scored with {key}"
        raise MisfitError("instrument_other", said, given=evidence.instrument, year=evidence.year, key=key)
    if evidence.group not in instrument.group_keys:
        raise MisfitError(
            "group_unknown", "respondent group {group} is not one of {key}", group=evidence.group, key=key
        )
    if not evidence.answers:
        raise MisfitError("without_answers", "a questionnaire without any answer")
    for item, answer in evidence.answers.items():
        if item not in instrument.items:
            raise MisfitError("item_unknown", "item {item} is not one of {key}", item=item, key=key)
        if not instrument.lowest_answer <= answer <= instrument.highest_answer:
            said = "answer {answer} to {item} is outside the answers of {key}"
            raise MisfitError("answer_outside", said, answer=answer, item=item, key=key)


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
