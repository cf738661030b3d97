"""Checking and loading instrument files. A problem names the file, the line, the rule and the remedy."""

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from services.scoring.instrument_file import Catalogue, InstrumentFile, Place
from services.scoring.instrument_problems import Finding, InstrumentError, Problem, finding_of, located, told
from services.scoring.instrument_rules import catalogue_findings, findings
from shared.runtime import plain_yaml

INSTRUMENTS_DIR = Path(__file__).parent / "instruments"
FILE_MAX_BYTES = 200_000
TEXTS_KEPT = 8
"""A file is compared and then published, and looked at by every app of a process: its text is understood once."""


class _Unusual(yaml.YAMLError):
    """YAML that an instrument does without."""

    def __init__(self, node: Any, rule: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.rule, self.message, self.remedy = node.start_mark.line + 1, rule, message, remedy


class _ExactLoader(plain_yaml.Loader):
    """Safe YAML with decimals kept exact; double keys are refused."""

    def exact_decimal(self, node: yaml.ScalarNode) -> Decimal:
        try:
            number = Decimal(self.construct_scalar(node))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise _Unusual(node, "number", f"{node.value} is no decimal number.", "Write it like 2.600.")
        return number

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _Unusual(key, "twice", f"{key.value} appears twice in one block.", "Remove one of the two.")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _ExactLoader.exact_decimal)


def check(path: Path) -> list[Problem]:
    """Everything wrong with an instrument file, in the order of its lines; empty when it can be used."""
    return list(_read(path)[1])


def load(path: Path) -> InstrumentFile:
    """The instrument of a file. Raises :class:`InstrumentError` naming file, line and rule."""
    return _usable(_read(path))


def load_text(file: str, text: str) -> InstrumentFile:
    """The instrument of a text; ``file`` is how its problems name it. Raises :class:`InstrumentError`."""
    return _usable(_read_text(file, text))


def load_catalogue(folder: Path = INSTRUMENTS_DIR) -> Catalogue:
    """All instruments of a folder. Raises :class:`InstrumentError` when a file can't be used or two are in force at
    once."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        message = "there is no instrument (*.yaml) in this folder."
        raise InstrumentError([Problem(str(folder), 1, "folder", message, "Set BERSINAR_INSTRUMENTS_DIR.")])
    catalogue = Catalogue({path.stem: load(path) for path in files})
    problems = [
        Problem(str(folder / f"{key}.yaml"), 1, found.rule, found.message, found.remedy)
        for key, found in catalogue_findings(catalogue)
    ]
    if problems:
        raise InstrumentError(problems)
    return catalogue


Outcome = tuple[InstrumentFile | None, Sequence[Problem]]


def _usable(outcome: Outcome) -> InstrumentFile:
    instrument, problems = outcome
    if instrument is None or problems:
        raise InstrumentError(list(problems))
    return instrument


def _read(path: Path) -> Outcome:
    file = str(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= FILE_MAX_BYTES else b""
    except OSError as error:
        reason = f"can't be read: {error.strerror}."
        return None, [Problem(file, 1, "file", reason, "Check the name and who may read it.")]
    if size > FILE_MAX_BYTES:
        message = f"is larger than {FILE_MAX_BYTES} bytes."
        return None, [Problem(file, 1, "size", message, "Shorten its texts.")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return None, [Problem(file, line, "encoding", "is not UTF-8 text.", "Save it as UTF-8.")]
    return _read_text(file, text)


@lru_cache(TEXTS_KEPT)
def _read_text(file: str, text: str) -> Outcome:
    try:
        node, content = _parsed(text)
    except _Unusual as error:
        return None, [Problem(file, error.line, error.rule, error.message, error.remedy)]
    except yaml.YAMLError as error:
        return None, [_unreadable(file, text, error)]
    if not isinstance(content, dict):
        message = "the file holds no fields."
        return None, [Problem(file, 1, "empty", message, "Begin with a copy of a shipped instrument.")]
    return _checked(file, node, content)


def _unreadable(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """Why a text is no YAML. libyaml doesn't say what it met; the slower parser does."""
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as clearer:
        error = clearer
    mark = getattr(error, "problem_mark", None)
    reason = f"{getattr(error, 'problem', None) or 'the text can not be read'}."
    remedy = "Check the indentation, brackets and quotes on this line and the one above."
    return Problem(file, mark.line + 1 if mark else 1, "yaml", reason, remedy)


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    """The nodes, for their lines, and what they hold."""
    for event in yaml.parse(text, Loader=plain_yaml.Loader):
        if isinstance(event, yaml.AliasEvent):
            raise _Unusual(event, "reference", f"*{event.anchor} repeats another part.", "Write the part out.")
    loader = _ExactLoader(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _checked(file: str, node: yaml.Node | None, content: dict[str, Any]) -> Outcome:
    stem = Path(file).stem
    try:
        instrument = InstrumentFile.model_validate(content)
    except ValidationError as error:
        errors = told(error.errors())
        found = [finding_of(e, fields_at) for e in errors]
        return None, located(file, node, found + _beyond(content, errors, stem))
    return instrument, located(file, node, findings(instrument, stem))


def fields_at(place: Place) -> tuple[str, ...]:
    """The names of the fields an element of the file can have."""
    kind: Any = InstrumentFile
    for step in place:
        kind = _step(kind, step)
        if kind is None:
            return ()
    return tuple(field.alias or name for name, field in kind.model_fields.items())


def _step(kind: Any, step: str | int) -> type[BaseModel] | None:
    """The model of a field, or of an entry of a list of models."""
    if isinstance(step, int):
        return kind if isinstance(kind, type) else None
    for name, field in kind.model_fields.items():
        if step == (field.alias or name):
            annotation = field.annotation
            inner = annotation if isinstance(annotation, type) else next(iter(get_args(annotation)), None)
            return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return None


def _beyond(content: Mapping[str, Any], errors: Any, stem: str) -> list[Finding]:
    """What the other rules say of a file with small slips: they are mended in a copy, so that one look finds all."""
    mended = copy.deepcopy(dict(content))
    places: list[Place] = []
    for error in errors:
        place: Place = tuple(error["loc"])
        if not _mend(mended, place, error):
            return []
        places.append(place)
    try:
        instrument = InstrumentFile.model_validate(mended)
    except ValidationError:
        return []
    return [f for f in findings(instrument, stem) if not any(f.place[: len(place)] == place for place in places)]


def _mend(content: Any, place: Place, error: Mapping[str, Any]) -> bool:
    """Take an unknown field out, or put something possible where nothing possible stands; whether that was done."""
    *way, last = place
    for step in way:
        content = content[step]
    match error["type"]:
        case "extra_forbidden":
            del content[last]
        case "literal_error":
            content[last] = error["ctx"]["expected"].split("'")[1]
        case "missing" if last in _STANDINS:
            content[last] = _STANDINS[last]
        case _:
            return False
    return True


_STANDINS: Mapping[str | int, str] = {"mark": "P", "source": "-", "id": "-", "en": "-"}

__all__ = [
    "INSTRUMENTS_DIR",
    "InstrumentError",
    "Problem",
    "check",
    "load",
    "load_catalogue",
    "load_text",
]
