"""What is wrong with an instrument file, in words: where, which rule, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

from services.scoring.instrument_file import Place

INPUT_MAX_CHARACTERS = 60


@dataclass(frozen=True)
class Problem:
    """One broken rule. ``line`` counts from 1."""

    file: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message} {self.remedy}"


class InstrumentError(ValueError):
    """An instrument file can't be used. ``problems`` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class Finding(NamedTuple):
    """A problem before its line is known: the way to the element, the rule, the sentence and the remedy."""

    place: Place
    rule: str
    message: str
    remedy: str


def located(file: str, node: yaml.Node | None, findings: Iterable[Finding]) -> list[Problem]:
    """The findings with their lines, in the order of the lines, each once."""
    problems = {Problem(file, _line(node, f.place), f.rule, f.message, f.remedy): None for f in findings}
    return sorted(problems, key=lambda p: p.line)


def _line(node: yaml.Node | None, place: Place) -> int:
    """The line of the deepest element on the way that is in the file; for a field of a block, of its name."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in place:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k.start_mark.line + 1, v) for k, v in node.value if k.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        inner: yaml.Node = node.value[step]
        return inner.start_mark.line + 1, inner
    return None


def path_of(place: Place) -> str:
    """The way to an element as people write it: ``variables.0.weight``; the first of a list is 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place) or "the file"


Error = Mapping[str, Any]


def told(errors: Sequence[Error]) -> list[Error]:
    """Without the lists that are only too short because an entry of theirs is wrong."""
    return [e for e in errors if e["type"] != "too_short" or len(e["input"]) < e["ctx"]["min_length"]]


Words = Callable[[str, Error], tuple[str, str, str]]


def finding_of(error: Error, known: Callable[[Place], tuple[str, ...]]) -> Finding:
    """A shape that isn't right, from what pydantic says of it. ``known`` names the fields an element can have."""
    place: Place = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        fields = ", ".join(known(place[:-1]))
        return Finding(
            place,
            "unknown-field",
            f"{path_of(place)} is no field of an instrument.",
            f"Remove it or correct its spelling; possible here: {fields}.",
        )
    wrong_mark = place[-1:] == ("mark",) and error["type"] != "missing"
    words = _mark if wrong_mark else _WORDS.get(error["type"], _other)
    return Finding(place, *words(path_of(place), error))


def _input(error: Error) -> str:
    given = error["input"]
    return (str(given) if isinstance(given, Decimal) else repr(given))[:INPUT_MAX_CHARACTERS]


def _missing(path: str, error: Error) -> tuple[str, str, str]:
    last = error["loc"][-1] if error["loc"] else ""
    remedy = _MISSING.get(str(last), "Add it.")
    return "missing-field", f"{path} is missing.", remedy


_MISSING: Mapping[str, str] = {
    "mark": "Say where the element comes from: R printed by BNN, I inferred, P placeholder.",
    "source": "Name one of the keys under sources.",
    "id": "Write the text in Indonesian too.",
    "en": "Write the text in English too.",
}


def _choice(path: str, error: Error) -> tuple[str, str, str]:
    return "choice", f"{path} can't be {_input(error)}.", f"Write one of: {error['ctx']['expected']}."


def _pattern(path: str, error: Error) -> tuple[str, str, str]:
    remedy = "Use small letters, digits and _, beginning with a letter, at most 40."
    if error["loc"] in (("key",), ("edition",)):
        remedy = "Write a name and a year, like kotan-2022."
    return "key", f"{path} can't be {_input(error)}.", remedy


def _range(path: str, error: Error) -> tuple[str, str, str]:
    limits = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    kind, limit = next((limits[name], value) for name, value in error["ctx"].items() if name in limits)
    return "range", f"{path} is {_input(error)}; it must be {kind} {limit}.", "Correct the number."


def _kind(path: str, error: Error) -> tuple[str, str, str]:
    wanted = _KINDS.get(error["type"].split("_")[0], "of another kind")
    return "kind", f"{path} must be {wanted}.", f"Write {wanted} there."


_KINDS: Mapping[str, str] = {
    "int": "a whole number",
    "decimal": "a number",
    "string": "a text",
    "tuple": "a list",
    "mapping": "a list of names and values",
    "dict": "a list of names and values",
    "model": "a block of fields",
}


def _short(path: str, error: Error) -> tuple[str, str, str]:
    counted = error["ctx"]["actual_length"]
    return "too-few", f"{path} has too few entries: {counted}.", f"Give at least {error['ctx']['min_length']}."


def _many(path: str, error: Error) -> tuple[str, str, str]:
    counted = error["ctx"]["actual_length"]
    return "too-many", f"{path} has too many entries: {counted}.", f"Give at most {error['ctx']['max_length']}."


def _empty(path: str, _: Error) -> tuple[str, str, str]:
    return "text", f"{path} is empty.", "Write a text, or remove the element."


def _long(path: str, error: Error) -> tuple[str, str, str]:
    return "text", f"{path} is longer than {error['ctx']['max_length']} characters.", "Shorten it."


def _mark(path: str, error: Error) -> tuple[str, str, str]:
    return "mark", f"{path} is {_input(error)}.", "Write R (printed by BNN), I (inferred) or P (placeholder)."


def _other(path: str, error: Error) -> tuple[str, str, str]:
    return "shape", f"{path}: {error['msg']}.", "Compare with a shipped instrument."


_WORDS: Mapping[str, Words] = {
    "missing": _missing,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _empty,
    "string_too_long": _long,
    "too_short": _short,
    "too_long": _many,
    "greater_than": _range,
    "greater_than_equal": _range,
    "less_than": _range,
    "less_than_equal": _range,
    "int_type": _kind,
    "int_parsing": _kind,
    "int_from_float": _kind,
    "decimal_type": _kind,
    "decimal_parsing": _kind,
    "string_type": _kind,
    "tuple_type": _kind,
    "mapping_type": _kind,
    "dict_type": _kind,
    "model_type": _kind,
    "model_attributes_type": _kind,
}
