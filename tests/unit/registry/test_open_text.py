"""Whatever others will read as it was typed is looked through for personal data first, field by field."""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import services.registry.commands
from services.registry.commands.model import PRINTABLE, Command
from services.registry.domain import documents
from services.registry.domain.refusal import Refusal

CHECKS = {"check_open_text": 0, "check_number": 1, "check_link": 1, "check_source": 1}
"""What looks through a text; with 1 the field's name is its first argument, otherwise the keyword."""

ELSEWHERE = {
    "region": "a code that must exist",
    "area": "a code that must exist",
    "kind": "a word of a list",
    "role": "a word of a list",
    "purpose": "a word of a list",
    "text_version": "a word of a list",
    "list": "a word of a list",
    "index": "a number",
    "AnswerReferral.reason": "a word of a list",
    "name": "sealed as it comes in",
    "reason": "goes to the audit log, which looks through what it takes",
}


def _commands(of: type[Command] = Command) -> Iterator[type[Command]]:
    for module in pkgutil.walk_packages(services.registry.commands.__path__, "services.registry.commands."):
        importlib.import_module(module.name)
    for one in of.__subclasses__():
        yield one
        yield from _commands(one)


def _texts(command: type[Command]) -> Iterator[str]:
    """Fields that take any printable text."""
    for name, schema in command.model_json_schema().get("properties", {}).items():
        for kind in (schema, *schema.get("anyOf", ())):
            free = kind.get("type") == "string" and not {"enum", "const", "format"} & set(kind)
            if free and kind.get("pattern") in (None, PRINTABLE):
                yield name


def _checked(module: Any) -> set[str]:
    """Fields a module has looked through; ``None`` stands for a mapping of them."""
    calls = [one for one in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(one, ast.Call)]
    found = set[str]()
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in CHECKS:
            found |= {str(keyword.arg) for keyword in call.keywords}
            found |= {str(one.value) for one in call.args[: CHECKS[name]] if isinstance(one, ast.Constant)}
    return found


def test_every_text_is_looked_through() -> None:
    seen = 0
    for command in set(_commands()):
        module = sys.modules[command.__module__]
        for name in _texts(command):
            seen += 1
            known = name in ELSEWHERE or f"{command.__name__}.{name}" in ELSEWHERE
            checked = _checked(module)
            assert known or {name, "None"} & checked, f"{command.__name__}.{name} goes out as it was typed"
    assert seen > 40


@pytest.mark.parametrize("source", ["Kata Budi, 0812 3456 7890", "budi@example.test", "https://a.test/1 0812-3456-789"])
def test_a_source_holds_no_number_of_a_person(source: str) -> None:
    with pytest.raises(Refusal, match="personal_text"):
        documents.check_source("source", source)


def test_an_address_may_be_full_of_digits() -> None:
    documents.check_source("source", "https://a.test/read/201908220020/bnn; Laporan kinerja 2022, halaman 12")
