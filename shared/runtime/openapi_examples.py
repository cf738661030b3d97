"""Examples of what an operation takes and answers, made from the schema where nobody wrote one."""

import re
from collections.abc import Mapping
from typing import Any

DEPTH_MAX = 6
_BY_FORMAT = {
    "date": "2026-03-09",
    "date-time": "2026-03-09T08:00:00Z",
    "uuid": "0198c2f0-5b7a-7c3e-9d41-2f6a8b1c3d5e",
    "uri": "https://bersinar.example/",
    "email": "kantor@bersinar.example",
}
_BY_NAME = {
    "id": "0198c2f0-5b7a-7c3e-9d41-2f6a8b1c3d5e",
    "region": "32.76",
    "village": "32.76.07.1003",
    "on": "2026-03-09",
    "name": "Contoh",
}
_CANDIDATES = (
    "contoh", "32.76.07.1003", "32.76.07", "32.76", "32", "2026", "2026-03-09", "0.50", "3.1", "1", "0" * 64, "a" * 32,
    "2026-03-09T08:00:00Z", "9999000000000001", "08:30", "id", "0198c2f0-5b7a-7c3e-9d41-2f6a8b1c3d5e",
)  # fmt: skip


def resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference within the document stands for."""
    while "$ref" in schema:
        found: Any = document
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def give(operation: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Puts an example beside each JSON body of an operation that has none."""
    answers = [said for said in operation["responses"].values() if "$ref" not in said]
    for said in (operation.get("requestBody", {}), *answers):
        for media, content in said.get("content", {}).items():
            if "example" not in content and "examples" not in content:
                schema = content.get("schema", {})
                content["example"] = _of(schema, document, "", 0) if media.endswith("json") else "..."


def _of(schema: Mapping[str, Any], document: Mapping[str, Any], name: str, depth: int) -> Any:
    schema = resolved(schema, document)
    for given in ("example", "const", "default"):
        if given in schema and schema[given] is not None:
            return schema[given]
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if choice.get("type") != "null":
            return _of(choice, document, name, depth)
    if "allOf" in schema:
        return _of(schema["allOf"][0], document, name, depth)
    return _of_type(schema, document, name, depth)


def _of_type(schema: Mapping[str, Any], document: Mapping[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind == "object":
        required = schema.get("required", ())
        shown = {n: s for n, s in schema.get("properties", {}).items() if n in required or depth < DEPTH_MAX}
        return {own: _of(inner, document, own, depth + 1) for own, inner in shown.items()}
    if kind == "array":
        count = max(schema.get("minItems", 0), 1 if depth < DEPTH_MAX else 0)
        return [_of(schema.get("items", {}), document, name, depth + 1)] * count
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    return _text(schema, name) if kind == "string" else {}


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    for value in (_BY_NAME.get(name, _CANDIDATES[0]), *_CANDIDATES):
        if shortest <= len(value) <= longest and re.search(schema.get("pattern", ""), value):
            return value
    return ("x" * shortest) or _CANDIDATES[0]
