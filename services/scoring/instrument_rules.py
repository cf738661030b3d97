"""The rules an instrument file keeps beyond its shape. Each is one function; together they name every breach."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import get_args

from services.scoring.domain.evidence import COUNTERS
from services.scoring.instrument_file import Catalogue, InstrumentFile, Item, Place, marked_places
from services.scoring.instrument_problems import Finding
from shared.contracts.registry import KotanGroup, VillageGroup
from shared.contracts.scoring import Variable as VariableKey

Found = Iterator[Finding]
Points = tuple[tuple[Decimal, Decimal], ...]


def findings(instrument: InstrumentFile, stem: str) -> list[Finding]:
    """Every breach. ``stem`` is the file's name without ``.yaml``."""
    found = [finding for rule in _RULES for finding in rule(instrument)]
    if instrument.scale.lowest < instrument.scale.highest:
        found += [finding for rule in _RULES_ON_THE_SCALE for finding in rule(instrument)]
    return found + _file_name(instrument, stem)


def catalogue_findings(catalogue: Catalogue) -> Iterator[tuple[str, Finding]]:
    """Key and breach for every edition that is in force together with the next one of its subject."""
    for level in ("kabkota", "village"):
        for earlier, later in pairwise(catalogue.editions(level)):
            if overlaps(earlier, later):
                message = f"valid from {later.from_year}, while {earlier.key} is valid {_years(earlier)}."
                remedy = f"Let {later.key} begin later, or give {earlier.key} an earlier until."
                yield later.key, Finding(("valid",), "overlap", message, remedy)


def overlaps(earlier: InstrumentFile, later: InstrumentFile) -> bool:
    """Whether two editions of one subject are in force in the same year. One without ``until`` gives way to the next,
    unless both begin in the same year."""
    if earlier.from_year == later.from_year:
        return True
    return earlier.until_year is not None and earlier.until_year >= later.from_year


def _years(instrument: InstrumentFile) -> str:
    until = instrument.until_year
    return f"from {instrument.from_year}" + (f" until {until}" if until else "")


def _file_name(instrument: InstrumentFile, stem: str) -> list[Finding]:
    if stem == instrument.key:
        return []
    message = f"the file of {instrument.key} is named {stem}.yaml."
    return [Finding(("key",), "file-name", message, f"Name it {instrument.key}.yaml, or correct the key.")]


def _validity(instrument: InstrumentFile) -> Found:
    valid = instrument.valid
    if valid.until is not None and valid.until < valid.first:
        message = f"until {valid.until} is before from {valid.first}."
        yield Finding(("valid", "until"), "validity", message, "Write the last year in force, or leave until out.")


def _scale(instrument: InstrumentFile) -> Found:
    for name, ends in (("scale", instrument.scale), ("answers", instrument.answers)):
        if ends.lowest >= ends.highest:
            message = f"highest {ends.highest} is not above lowest {ends.lowest}."
            yield Finding((name, "highest"), name, message, "Correct one of the two.")


def _labels(instrument: InstrumentFile) -> Found:
    answers = instrument.answers
    wanted = range(answers.lowest, answers.highest + 1)
    given = [label.value for label in answers.labels]
    for n, value in enumerate(given):
        if value not in wanted:
            message = f"{value} is no answer between {answers.lowest} and {answers.highest}."
            yield Finding(("answers", "labels", n, "value"), "labels", message, "Remove this label.")
    missing = [str(value) for value in wanted if value not in given]
    if missing and len(missing) < len(wanted):
        message = f"no label for {', '.join(missing)}."
        yield Finding(("answers", "labels"), "labels", message, "Give every answer a label.")
    yield from _twice("label", ((("answers", "labels", n, "value"), str(v)) for n, v in enumerate(given)))


def _sources(instrument: InstrumentFile) -> Found:
    listed = ", ".join(instrument.sources) or "none"
    for place, element in marked_places(instrument):
        if element.source not in instrument.sources:
            message = f"{element.source} is not listed under sources."
            yield Finding((*place, "source"), "source", message, f"List it there, or name one of: {listed}.")


def _bands(instrument: InstrumentFile) -> Found:
    step = Decimal(1).scaleb(-instrument.rounding.places)
    expected = Decimal(instrument.scale.lowest)
    for n, band in enumerate(instrument.bands):
        start, end = ("bands", n, "from"), ("bands", n, "to")
        if band.lower > expected:
            message = f"{band.key} starts at {band.lower}: nothing covers {expected} up to there."
            yield Finding(start, "band-gap", message, f"Start it at {expected}.")
        elif band.lower < expected:
            message = f"{band.key} starts at {band.lower}, which is already covered."
            yield Finding(start, "band-overlap", message, f"Start it at {expected}.")
        for place, edge in ((start, band.lower), (end, band.upper)):
            if edge % step:
                message = f"{edge} is finer than the rounding to {instrument.rounding.places} places."
                yield Finding(place, "band-places", message, "Use as many places as the rounding, or fewer.")
        if band.upper < band.lower:
            message = f"{band.key} ends at {band.upper}, before it starts."
            yield Finding(end, "band-order", message, "List the bands from low to high.")
        expected = band.upper + step
    last = instrument.bands[-1]
    if last.upper != instrument.scale.highest:
        message = f"the last band ends at {last.upper}, not at the highest score."
        yield Finding(
            ("bands", len(instrument.bands) - 1, "to"), "band-end", message, f"End it at {instrument.scale.highest}."
        )


def _weights(instrument: InstrumentFile) -> Found:
    total = sum(v.weight.value for v in instrument.variables)
    if total != 1:
        message = f"the weights of the variables sum to {total}, not to 1."
        yield Finding(("variables", 0, "weight"), "weights", message, "Correct the weights.")


def _known_variables(instrument: InstrumentFile) -> Found:
    if instrument.level != "kabkota":
        return
    known, given = get_args(VariableKey), {v.key for v in instrument.variables}
    for n, variable in enumerate(instrument.variables):
        if variable.key not in known:
            message = f"{variable.key} is no variable of KOTAN."
            yield Finding(("variables", n, "key"), "variable", message, f"Use each of: {', '.join(known)}.")
    missing = [key for key in known if key not in given]
    if missing:
        message = f"missing: {', '.join(missing)}."
        yield Finding(("variables",), "variables", message, "Describe all five; without one there is no index.")


def _known_groups(instrument: InstrumentFile) -> Found:
    known = get_args(KotanGroup if instrument.level == "kabkota" else VillageGroup)
    for n, group in enumerate(instrument.groups):
        if group.key not in known:
            message = f"{group.key} is no respondent group of a {instrument.level}."
            yield Finding(("groups", n, "key"), "group", message, f"Use some of: {', '.join(known)}.")


def _asked_groups(instrument: InstrumentFile) -> Found:
    given = [g.key for g in instrument.groups]
    asked: set[str] = set()
    for place, item in _items(instrument):
        asked.update(instrument.asked(item))
        for n, group in enumerate(item.groups):
            if group not in given:
                message = f"{item.key} is put to {group}, which is not among the groups."
                remedy = f"Use some of: {', '.join(given)}; or leave groups out to ask everyone."
                yield Finding((*place, "groups", n), "asked-group", message, remedy)
    for n, key in enumerate(given):
        if key not in asked:
            message = f"no item is put to {key}."
            yield Finding(("groups", n, "key"), "unasked-group", message, "Put items to this group, or remove it.")


def _unique_keys(instrument: InstrumentFile) -> Found:
    yield from _twice("band", ((("bands", i, "key"), b.key) for i, b in enumerate(instrument.bands)))
    yield from _twice("group", ((("groups", i, "key"), g.key) for i, g in enumerate(instrument.groups)))
    yield from _twice("variable", ((("variables", i, "key"), v.key) for i, v in enumerate(instrument.variables)))
    yield from _twice("indicator", _indicator_keys(instrument))
    yield from _twice("item", (((*place, "key"), item.key) for place, item in _items(instrument)))


def _twice(what: str, keys: Iterable[tuple[Place, str]]) -> Found:
    seen: set[str] = set()
    for place, key in keys:
        if key in seen:
            yield Finding(place, "unique", f"the {what} {key} appears twice.", "Give one of the two another key.")
        seen.add(key)


def _indicator_keys(instrument: InstrumentFile) -> Iterator[tuple[Place, str]]:
    for v, variable in enumerate(instrument.variables):
        for i, indicator in enumerate(variable.survey):
            yield ("variables", v, "survey", i, "key"), indicator.key
        for i, evidence in enumerate(variable.evidence):
            yield ("variables", v, "evidence", i, "key"), evidence.key


def _items(instrument: InstrumentFile) -> Iterator[tuple[Place, Item]]:
    for v, variable in enumerate(instrument.variables):
        for i, indicator in enumerate(variable.survey):
            for n, item in enumerate(indicator.items):
                yield ("variables", v, "survey", i, "items", n), item


def _evidence(instrument: InstrumentFile) -> Found:
    for v, variable in enumerate(instrument.variables):
        if not variable.evidence and instrument.level == "kabkota":
            message = f"{variable.key} has no evidence, so there would be no running index."
            yield Finding(("variables", v), "evidence", message, "Add at least one indicator under evidence.")
        for i, evidence in enumerate(variable.evidence):
            place: Place = ("variables", v, "evidence", i)
            if instrument.level == "village":
                message = f"{evidence.key}: evidence is counted by kab/kota, not by village."
                yield Finding(place, "evidence", message, "Remove evidence from an instrument of villages.")
            yield from _counters(evidence.measure.of + evidence.measure.over, (*place, "measure"))


def _counters(names: tuple[str, ...], place: Place) -> Found:
    for name in names:
        if name not in COUNTERS:
            near = get_close_matches(name, COUNTERS, n=3) or sorted(COUNTERS)
            yield Finding(place, "counter", f"{name} is not counted.", f"There is: {', '.join(near)}.")


def _curves(instrument: InstrumentFile) -> Found:
    for v, variable in enumerate(instrument.variables):
        for i, evidence in enumerate(variable.evidence):
            yield from _breakpoints(instrument, evidence.breakpoints, ("variables", v, "evidence", i, "breakpoints"))


def _breakpoints(instrument: InstrumentFile, points: Points, place: Place) -> Found:
    lowest, highest = instrument.scale.lowest, instrument.scale.highest
    for n, (_, score) in enumerate(points):
        if not lowest <= score <= highest:
            message = f"the score {score} is outside the scale."
            yield Finding((*place, n), "point-score", message, f"Use scores from {lowest} to {highest}.")
    for n, ((before, low), (after, high)) in enumerate(pairwise(points), start=1):
        if after <= before:
            message = f"the amount {after} does not come after {before}."
            yield Finding((*place, n), "point-order", message, "List the points by rising amounts.")
        if high < low:
            message = f"the score falls from {low} to {high} while the amount rises."
            yield Finding((*place, n), "point-falls", message, "More evidence must never lower a score.")


_RULES: tuple[Callable[[InstrumentFile], Found], ...] = (
    _validity,
    _scale,
    _labels,
    _sources,
    _weights,
    _known_variables,
    _known_groups,
    _asked_groups,
    _unique_keys,
    _evidence,
)

_RULES_ON_THE_SCALE: tuple[Callable[[InstrumentFile], Found], ...] = (_bands, _curves)
"""What can't be judged while the scale itself is wrong."""
