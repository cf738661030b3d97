"""What is kept of one city and year: exact integers only."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.scoring.domain import moments
from services.scoring.domain.evidence import STOCKS, Evidence
from services.scoring.domain.instrument import Layout
from services.scoring.domain.moments import Moments


@dataclass(slots=True)
class CityYear:
    """Counts and sums of one kab/kota in one year.

    ``counters`` by the names of :mod:`evidence`; ``item_sums`` and ``item_counts`` by item; ``group_answers`` by
    respondent group; ``moments`` as :mod:`moments` says. ``instrument`` is the one its survey answers belong to.
    """

    region: str
    year: int
    instrument: str
    counters: dict[str, int] = field(default_factory=dict)
    item_sums: dict[str, int] = field(default_factory=dict)
    item_counts: dict[str, int] = field(default_factory=dict)
    group_answers: dict[str, int] = field(default_factory=dict)
    moments: Moments = field(default_factory=dict)
    _survey_text: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def is_synthetic(self) -> bool:
        """Whether any synthetic event is in it."""
        return any(self.counters.get(name) for name in ("synthetic.events", "synthetic.records"))


def begin_year(region: str, year: int, instrument: str, earlier: Iterable[CityYear]) -> CityYear:
    """A new year: the stocks of the latest earlier one, everything else empty.

    Every stock event reaches all existing years from its own on, so a year's stocks are the sum of all stock events
    up to it, in whatever order events and years came.
    """
    state = CityYear(region, year, instrument)
    latest = max((s for s in earlier if s.year < year), key=lambda s: s.year, default=None)
    if latest is not None:
        state.counters = {name: n for name, n in latest.counters.items() if name in STOCKS}
    return state


def add_counters(state: CityYear, evidence: Evidence) -> None:
    """Add the counters of one event."""
    counters = state.counters
    for name, addition in evidence.counters:
        counters[name] = counters.get(name, 0) + addition
    if evidence.synthetic:
        name = "synthetic.records" if evidence.carries else "synthetic.events"
        counters[name] = counters.get(name, 0) + 1


def add_answers(state: CityYear, group: str, answers: Mapping[str, int], layout: Layout, sign: int = 1) -> None:
    """Add one questionnaire; with ``sign`` -1 take it out again. ``layout`` is that of its instrument."""
    state._survey_text = None
    sums, counts = state.item_sums, state.item_counts
    for item, answer in answers.items():
        sums[item] = sums.get(item, 0) + sign * answer
        counts[item] = counts.get(item, 0) + sign
    state.group_answers[group] = state.group_answers.get(group, 0) + sign
    moments.add(state.moments, group, answers, layout, sign)


def add_evidence(state: CityYear, evidence: Evidence, layout: Layout) -> None:
    """Add all that one event says. ``layout`` is that of the state's instrument."""
    if evidence.counters or evidence.synthetic:
        add_counters(state, evidence)
    if evidence.group is not None:
        add_answers(state, evidence.group, evidence.answers, layout, evidence.sign)


def canonical(state: CityYear) -> str:
    """The one JSON text of a state: sorted keys, no zeros, no spaces.

    What the survey counts is by far the longest part and changes least often, so its text is kept.
    """
    survey = state._survey_text
    if survey is None:
        survey = state._survey_text = _survey_text(state)
    counters = _json(_without_zeros(state.counters))
    return f'{{"counters":{counters},{survey},"region":{_json(state.region)},"year":{state.year}}}'


def _survey_text(state: CityYear) -> str:
    parts = {
        "group_answers": _without_zeros(state.group_answers),
        "instrument": state.instrument,
        "item_counts": _without_zeros(state.item_counts),
        "item_sums": _without_zeros(state.item_sums),
        "moments": {cell: row for cell, row in state.moments.items() if row[0]},
    }
    return _json(parts)[1:-1]


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def from_canonical(text: str) -> CityYear:
    """The state of a canonical text."""
    return from_content(text, json.loads(text))


def from_content(text: str, content: dict[str, Any]) -> CityYear:
    """The state of a canonical text that was read already."""
    state = CityYear(**content)
    state._survey_text = text[text.index('"group_answers":') : text.rindex(',"region":')]
    return state


def digest(state: CityYear) -> str:
    """SHA-256 of the canonical text, hex: equal on every machine that folded the same events."""
    return hashlib.sha256(canonical(state).encode()).hexdigest()


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if n}
