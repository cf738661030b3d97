"""Checking and loading instrument files. A problem names the file, the line and the rule that is broken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from services.scoring.domain.evidence import COUNTERS
from services.scoring.instrument_file import Catalogue, InstrumentFile, Place, marked_places
from shared.contracts.registry import RespondentGroup
from shared.contracts.scoring import Variable as VariableKey

Finding = tuple[Place, str, str]
"""Where, which rule, what is wrong."""

INSTRUMENTS_DIR = Path(__file__).parent / "instruments"
FILE_MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Problem:
    """One broken rule. ``line`` counts from 1."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


class InstrumentError(ValueError):
    """An instrument file can't be used. ``problems`` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class _ExactLoader(yaml.SafeLoader):
    """Safe YAML with decimals kept exact and double keys refused."""

    def exact_decimal(self, node: yaml.ScalarNode) -> Decimal:
        return Decimal(self.construct_scalar(node))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} appears twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _ExactLoader.exact_decimal)


def check(path: Path) -> list[Problem]:
    """Everything wrong with an instrument file, in the order of its lines; empty when it can be used."""
    return _read(path)[1]


def load(path: Path) -> InstrumentFile:
    """The instrument of a file. Raises :class:`InstrumentError` naming file, line and rule."""
    instrument, problems = _read(path)
    if instrument is None or problems:
        raise InstrumentError(problems)
    return instrument


def load_catalogue(folder: Path = INSTRUMENTS_DIR) -> Catalogue:
    """All instruments of a folder. Raises :class:`InstrumentError` for the first file that can't be used."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InstrumentError([Problem(str(folder), 1, "folder", "there is no instrument (*.yaml) in it")])
    return Catalogue({path.stem: load(path) for path in files})


def _read(path: Path) -> tuple[InstrumentFile | None, list[Problem]]:
    try:
        text = _text_of(path)
        node = yaml.compose(text, Loader=_ExactLoader)
        content = yaml.load(text, Loader=_ExactLoader)  # noqa: S506 - a SafeLoader with exact decimals
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(str(path), 1, "file", str(error))]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        return None, [Problem(str(path), mark.line + 1 if mark else 1, "yaml", reason)]
    try:
        instrument = InstrumentFile.model_validate(content)
    except ValidationError as error:
        found: list[Finding] = [(tuple(e["loc"]), e["type"], _sentence(e["loc"], e["msg"])) for e in error.errors()]
        return None, _located(path, node, found)
    return instrument, _located(path, node, _findings(instrument, path.stem))


def _text_of(path: Path) -> str:
    if path.stat().st_size > FILE_MAX_BYTES:
        raise OSError(f"larger than {FILE_MAX_BYTES} bytes")
    return path.read_text(encoding="utf-8")


def _sentence(place: Place, message: str) -> str:
    return f"{_path(place)}: {message}" if place else message


def _path(place: Place) -> str:
    return ".".join(str(step) for step in place)


def _located(path: Path, node: yaml.Node | None, findings: Iterable[Finding]) -> list[Problem]:
    problems = [Problem(str(path), _line(node, place), rule, message) for place, rule, message in findings]
    return sorted(problems, key=lambda p: p.line)


def _line(node: yaml.Node | None, place: Place) -> int:
    """The line of the deepest element on the way that is in the file."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in place:
        inner = _child(node, step)
        if inner is None:
            break
        node, line = inner, inner.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        inner: yaml.Node = node.value[step]
        return inner
    return None


def _findings(instrument: InstrumentFile, stem: str) -> list[Finding]:
    return [finding for rule in _RULES for finding in rule(instrument)] + _file_name(instrument, stem)


def _file_name(instrument: InstrumentFile, stem: str) -> list[Finding]:
    if stem == instrument.key:
        return []
    return [(("key",), "file-name", f"the file must be named {instrument.key}.yaml")]


def _scale(instrument: InstrumentFile) -> Iterator[Finding]:
    if instrument.scale.lowest >= instrument.scale.highest:
        yield ("scale", "highest"), "scale", "highest must be above lowest"


def _sources(instrument: InstrumentFile) -> Iterator[Finding]:
    for place, element in marked_places(instrument):
        if element.source not in instrument.sources:
            yield (*place, "source"), "source", f"{element.source} is not listed under sources"


def _bands(instrument: InstrumentFile) -> Iterator[Finding]:
    bands, step = instrument.bands, Decimal(1).scaleb(-instrument.rounding.places)
    expected = Decimal(instrument.scale.lowest)
    for position, band in enumerate(bands):
        if band.lower != expected:
            yield ("bands", position, "from"), "bands", f"{band.key} must start at {expected}: no gap, no overlap"
        if band.upper < band.lower:
            yield ("bands", position, "to"), "bands", f"{band.key} ends before it starts"
        expected = band.upper + step
    if bands[-1].upper != instrument.scale.highest:
        yield ("bands", len(bands) - 1, "to"), "bands", f"the last band must end at {instrument.scale.highest}"


def _weights(instrument: InstrumentFile) -> Iterator[Finding]:
    total = sum(v.weight.value for v in instrument.variables)
    if total != 1:
        yield ("variables", 0, "weight", "value"), "weights", f"the weights sum to {total}, not to 1"


def _known_variables(instrument: InstrumentFile) -> Iterator[Finding]:
    known = get_args(VariableKey)
    for position, variable in enumerate(instrument.variables):
        if variable.key not in known:
            yield ("variables", position, "key"), "variable", f"{variable.key} is none of {', '.join(known)}"
    missing = [key for key in known if key not in {v.key for v in instrument.variables}]
    if missing:
        yield ("variables",), "variable", f"missing: {', '.join(missing)}"


def _known_groups(instrument: InstrumentFile) -> Iterator[Finding]:
    known = get_args(RespondentGroup)
    for position, group in enumerate(instrument.groups):
        if group.key not in known:
            yield ("groups", position, "key"), "group", f"{group.key} is none of {', '.join(known)}"


def _unique_keys(instrument: InstrumentFile) -> Iterator[Finding]:
    yield from _twice("band", ((("bands", i, "key"), b.key) for i, b in enumerate(instrument.bands)))
    yield from _twice("group", ((("groups", i, "key"), g.key) for i, g in enumerate(instrument.groups)))
    yield from _twice("variable", ((("variables", i, "key"), v.key) for i, v in enumerate(instrument.variables)))
    yield from _twice("indicator", _indicator_keys(instrument))
    yield from _twice("item", _item_keys(instrument))


def _twice(what: str, keys: Iterable[tuple[Place, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, key in keys:
        if key in seen:
            yield place, "unique", f"the {what} {key} appears twice"
        seen.add(key)


def _indicator_keys(instrument: InstrumentFile) -> Iterator[tuple[Place, str]]:
    for v, variable in enumerate(instrument.variables):
        for i, indicator in enumerate(variable.survey):
            yield ("variables", v, "survey", i, "key"), indicator.key
        for i, evidence in enumerate(variable.evidence):
            yield ("variables", v, "evidence", i, "key"), evidence.key


def _item_keys(instrument: InstrumentFile) -> Iterator[tuple[Place, str]]:
    for v, variable in enumerate(instrument.variables):
        for i, indicator in enumerate(variable.survey):
            for n, item in enumerate(indicator.items):
                yield ("variables", v, "survey", i, "items", n, "key"), item.key


def _evidence(instrument: InstrumentFile) -> Iterator[Finding]:
    for v, variable in enumerate(instrument.variables):
        for i, evidence in enumerate(variable.evidence):
            place: Place = ("variables", v, "evidence", i)
            for side in ("of", "over"):
                for n, counter in enumerate(getattr(evidence.measure, side)):
                    if counter not in COUNTERS:
                        yield (*place, "measure", side, n), "counter", f"{counter} is not a counter"
            yield from _breakpoints(instrument, evidence.breakpoints, (*place, "breakpoints"))


def _breakpoints(
    instrument: InstrumentFile, points: tuple[tuple[Decimal, Decimal], ...], place: Place
) -> Iterator[Finding]:
    lowest, highest = instrument.scale.lowest, instrument.scale.highest
    for n, (_, score) in enumerate(points):
        if not lowest <= score <= highest:
            yield (*place, n), "breakpoints", f"the score {score} is outside the scale {lowest} to {highest}"
    for n, ((before, _), (after, _)) in enumerate(pairwise(points)):
        if after <= before:
            yield (*place, n + 1), "breakpoints", f"{after} must be above {before}"


_RULES: tuple[Callable[[InstrumentFile], Iterator[Finding]], ...] = (
    _scale,
    _sources,
    _bands,
    _weights,
    _known_variables,
    _known_groups,
    _unique_keys,
    _evidence,
)
