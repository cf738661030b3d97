"""What every service's OpenAPI document keeps to: examples that fit, references that lead somewhere, links, a bound."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from services.dashboard.app import build as build_dashboard
from services.dashboard.settings import DashboardSettings
from services.notifications.app import build as build_notifications
from services.notifications.settings import NotificationsSettings
from services.registry.app import build as build_registry
from services.registry.settings import RegistrySettings
from services.scoring.app import build as build_scoring
from services.scoring.settings import ScoringSettings
from shared.runtime.openapi import operations

BYTES_MAX = 1_000_000
SERVICES = ("registry", "scoring", "notifications", "dashboard")


def _app(service: str, folder: str) -> FastAPI:
    settings = {"data_dir": Path(folder), "database_url": f"sqlite+aiosqlite:///{folder}/{service}.sqlite"}
    if service == "registry":
        return build_registry(RegistrySettings(**settings)).app
    if service == "scoring":
        return build_scoring(ScoringSettings(**settings)).app
    if service == "notifications":
        return build_notifications(NotificationsSettings(**settings)).app
    return build_dashboard(DashboardSettings(**settings)).app


@cache
def _document(service: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        app = _app(service, folder)
        document = app.openapi()
        assert app.openapi() is document
        return document


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _resolved(document: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in said:
        found: Any = document
        for name in said["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        said = found
    return said


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_leads_somewhere_and_the_whole_is_small(service: str) -> None:
    document = _document(service)
    for reference in set(_references(document)):
        assert _resolved(document, {"$ref": reference}), reference
    assert len(json.dumps(document)) < BYTES_MAX


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_named_once_and_its_parameters_are_described(service: str) -> None:
    every = list(operations(_document(service)))
    names = [one.said["operationId"] for one in every]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and "_v1_" not in name for name in names)
    assert all(parameter["description"] for one in every for parameter in one.said.get("parameters", []))


def test_no_list_says_that_it_takes_a_nul() -> None:
    """A NUL in an address is refused, since PostgreSQL compares it with nothing; so the document can't allow it."""
    texts = 0
    for one in operations(_document("registry")):
        for parameter in one.said.get("parameters", []):
            schema = parameter["schema"]
            kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") == "string"]
            free = [kind for kind in kinds if not {"enum", "const", "format"} & set(kind)]
            if parameter["in"] == "query" and free:
                texts += 1
                patterns = [schema.get("pattern"), *(kind.get("pattern") for kind in free)]
                refused = [pattern for pattern in patterns if pattern and not re.search(pattern, "a\0")]
                assert refused, (one.said["operationId"], parameter["name"])
    assert texts > 200


@pytest.mark.parametrize("service", SERVICES)
def test_every_body_has_an_example_that_fits_its_schema(service: str) -> None:
    document = _document(service)
    misfits = []
    for one in operations(document):
        for said in (one.said.get("requestBody", {}), *one.said["responses"].values()):
            for media, content in _resolved(document, said).get("content", {}).items():
                example = content["example"] if "example" in content else content["examples"]
                if "json" in media and "example" in content and media != "application/x-ndjson":
                    schema = content.get("schema", {}) | {"components": document["components"]}
                    errors = Draft202012Validator(schema).iter_errors(example)
                    misfits += [f"{one.said['operationId']}: {e.json_path} {e.message[:90]}" for e in errors]
    assert misfits == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_is_a_problem_said_once(service: str) -> None:
    document = _document(service)
    for one in operations(document):
        answers = one.said["responses"]
        for status, said in answers.items():
            if status.startswith("4"):
                assert said == {"$ref": f"#/components/responses/Problem{status}"}, one
        assert {"401", "403"} <= answers.keys() or "security" not in one.said, one
        assert {"400", "413", "415", "422"} <= answers.keys() or "requestBody" not in one.said, one
        headers = {parameter["name"].lower() for parameter in one.said.get("parameters", [])}
        if "if-match" in headers and one.method in ("put", "patch", "delete"):
            assert "412" in answers, one


def test_what_makes_a_record_leads_to_everything_below_it() -> None:
    document = _document("registry")
    by_name = {one.said["operationId"]: one for one in operations(document)}
    made = by_name["register_participant"].said["responses"]["201"]["links"]
    assert made.keys() >= {"show_participant", "correct_participant", "erase_participant", "list_enrolments"}
    assert made["correct_participant"]["parameters"] == {
        "participant_id": "$response.body#/id",
        "header.if-match": "$response.header.ETag",
    }
    assert made["list_enrolments"]["parameters"] == {"participant_id": "$response.body#/id"}
    linked = [one for one in by_name.values() if "links" in one.said["responses"].get("201", {})]
    for one in linked:
        for link in one.said["responses"]["201"]["links"].values():
            parameters = {parameter["name"] for parameter in by_name[link["operationId"]].said["parameters"]}
            assert {name.removeprefix("header.") for name in link["parameters"]} <= parameters
    assert len(linked) >= 20
