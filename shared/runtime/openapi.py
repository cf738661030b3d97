"""What every service's OpenAPI document says the same way: problems, examples, descriptions, and links.

FastAPI writes the document from the routes; here it is finished, once an app.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI

from shared.runtime import openapi_examples
from shared.runtime.problem import MEDIA_TYPE

METHODS = ("get", "put", "post", "delete", "patch")
REASONS = {
    400: "The request can't be read",
    401: "No valid token",
    403: "No role of the caller may do this, or not in this part of the country",
    404: "No such record",
    409: "In conflict with what is recorded",
    410: "No longer there",
    412: "The record changed since it was read; the answer carries the current ETag",
    413: "The body is too large",
    415: "The body is of a type this address doesn't take",
    422: "A field is missing or wrong",
    428: "If-Match is missing",
    429: "Too many wrong passwords; Retry-After says how many seconds to wait",
    502: "Another service of the node gave no usable answer; nothing was changed",
    503: "Another service of the node is not answering; nothing was changed",
}
_FIELD_ERROR = {
    "type": "object",
    "description": "What is wrong with one field, and what to do about it.",
    "required": ["field", "detail"],
    "properties": {name: {"type": "string"} for name in ("field", "detail", "remedy")},
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Never quotes what was typed.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "instance", "remedy")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FIELD_ERROR},
    },
}
_KNOWN_PARAMETERS = {
    "cursor": "Where the page begins: `next_cursor` of the page before.",
    "limit": "How many rows at most.",
    "sort": "Names to sort by, separated by commas; a minus before a name turns the order round.",
    "year": "A calendar year.",
    "region": "Code of a region, such as 32.76.",
    "village": "Code of a village, such as 32.76.07.1003.",
    "after": "The last sequence the caller has.",
    "stream": "Name of the stream, as `/streams` says it.",
}


class Operation(NamedTuple):
    """One address and method of the document."""

    path: str
    method: str
    said: dict[str, Any]


def install(app: FastAPI, is_open: Callable[[str], bool]) -> None:
    """Lets the app's document be finished when it is first asked for."""
    written = app.openapi

    def finished() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finished(written(), is_open)
        return app.openapi_schema

    app.openapi = finished  # type: ignore[method-assign]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers an address can give; what they look like stands once in the document."""
    return {status: {"description": REASONS[status]} for status in statuses}


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(path, method, item[method])


def _name(one: Operation) -> str:
    """The function's name: FastAPI writes the path and the method behind it."""
    behind = re.sub(r"\W", "_", one.path)
    given: str = one.said["operationId"]
    return given.removesuffix(f"{behind}_{one.method}").strip("_")


def _finished(document: dict[str, Any], is_open: Callable[[str], bool]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for left in ("HTTPValidationError", "ValidationError"):
        schemas.pop(left, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    used: set[int] = set()
    every = list(operations(document))
    for one in every:
        one.said["operationId"] = _name(one)
        if not is_open(one.path):
            one.said["security"] = [{"bearer": []}]
        used |= _refer_to_problems(one, guarded=not is_open(one.path))
        _describe(one)
        openapi_examples.give(one.said, document)
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted(used)}
    for one in every:
        _link(one, every, document)
    return document


def _problem(status: int) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": REASONS[status],
        "status": status,
        "detail": REASONS[status] + ".",
        "instance": "/v1/participants",
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    headers = {412: "ETag", 429: "Retry-After", 401: "WWW-Authenticate"}
    said: dict[str, Any] = {"description": REASONS[status], "content": content}
    if status in headers:
        said["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return said


def _refer_to_problems(one: Operation, *, guarded: bool) -> set[int]:
    """Puts references where an operation refuses; says what the shell refuses for all of them."""
    responses = one.said.setdefault("responses", {})
    asked = {int(status) for status in responses if status.isdigit() and int(status) >= 400}
    own = {status for status in asked if "application/json" in _content(responses, status) and status != 422}
    wanted = (asked - own) | ({401, 403} if guarded else set())
    if "requestBody" in one.said:
        wanted |= {400, 413, 415, 422}
    names = {parameter["name"].lower() for parameter in one.said.get("parameters", [])}
    if names:
        wanted.add(422)
    if "if-match" in names and one.method in ("put", "patch", "delete"):
        wanted.add(412)
    if "{" in one.path:
        wanted |= {404}
    for status in wanted:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    one.said["responses"] = dict(sorted(responses.items()))
    return wanted


def _content(responses: Mapping[str, Any], status: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = responses[str(status)].get("content", {})
    return found


def _describe(one: Operation) -> None:
    for parameter in one.said.get("parameters", []):
        if "description" not in parameter:
            name: str = parameter["name"]
            own = parameter.get("schema", {}).get("description")
            parameter["description"] = own or _KNOWN_PARAMETERS.get(name) or _by_rule(name, parameter["in"])


def _by_rule(name: str, place: str) -> str:
    words = name.replace("_", " ")
    if place == "path":
        return f"Id of the {words.removesuffix(' id')}." if name.endswith("_id") else f"The {words} of the record."
    for ending, said in (("_from", "from this value on"), ("_to", "up to this value"), ("_by", "until this day")):
        if name.endswith(ending):
            return f"Only those with {words.removesuffix(ending.replace('_', ' '))} {said}, included."
    return f"Only those with this {words}."


def _link(one: Operation, every: list[Operation], document: Mapping[str, Any]) -> None:
    """From a record that was made to every address below it, and to the lists that can be narrowed to it."""
    answer = one.said["responses"].get("201")
    if one.method != "post" or answer is None:
        return
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    below = re.compile(re.escape(one.path) + r"/\{(\w+)\}(?:/[^{}]*)?")
    if "id" not in openapi_examples.resolved(schema, document).get("properties", {}):
        return
    key = next((hit[1] for other in every if (hit := below.fullmatch(other.path))), None)
    links = {}
    for other in every:
        hit = below.fullmatch(other.path)
        headers = {parameter["name"].lower(): parameter["name"] for parameter in other.said.get("parameters", [])}
        if hit:
            parameters = {hit[1]: "$response.body#/id"}
            if "if-match" in headers and "ETag" in answer.get("headers", {}):
                parameters[f"header.{headers['if-match']}"] = "$response.header.ETag"
        elif other.method == "get" and key is not None and key in headers and "{" not in other.path:
            parameters = {key: "$response.body#/id"}
        else:
            continue
        links[other.said["operationId"]] = {"operationId": other.said["operationId"], "parameters": parameters}
    if links:
        answer["links"] = links
