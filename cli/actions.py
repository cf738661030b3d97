"""What the registry offers, read from its own OpenAPI document: subjects to list and show, actions to carry out."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cli.connection import CommandError
from cli.wording import Language, text

API = "/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
INDONESIAN = "x-summary-id"

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A field of a body, or a filter of a list. ``schema`` has its references resolved at the top."""

    name: str
    schema: Schema
    required: bool

    @property
    def kind(self) -> str:
        """The JSON type a value has, without null: ``string`` where anything goes."""
        return str(_without_null(self.schema).get("type", "string"))

    @property
    def words(self) -> str:
        """What may be given, as a person reads it."""
        schema = _without_null(self.schema)
        if "enum" in schema:
            return " | ".join(map(str, schema["enum"]))
        if "const" in schema:
            return str(schema["const"])
        said = str(self.schema.get("description") or schema.get("description") or "")
        kind = str(schema.get("format") or schema.get("type") or "")
        return f"{kind}: {said}" if said else kind


@dataclass(frozen=True)
class Operation:
    """One address and method."""

    name: str
    method: str
    path: str
    summaries: Mapping[Language, str]
    ids: tuple[str, ...]
    filters: tuple[Field, ...]
    fields: tuple[Field, ...]
    headers: frozenset[str]

    @property
    def action(self) -> str:
        """The name people type."""
        return self.name.replace("_", "-")

    def address(self, ids: Mapping[str, str]) -> str:
        """The path with its ids in place."""
        return re.sub(r"\{(\w+)\}", lambda hit: ids[hit[1]], self.path)


class Offer:
    """Everything a registry offers to whoever asks."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._operations = [
            self._operation(path, method, item[method])
            for path, item in document["paths"].items()
            if path.startswith(API)
            for method in METHODS
            if method in item
        ]

    @property
    def actions(self) -> list[Operation]:
        """What changes something, by subject as the registry orders it."""
        return [one for one in self._operations if one.method != "get"]

    @property
    def subjects(self) -> list[str]:
        """What can be listed."""
        return [one.path.removeprefix(API) for one in self._operations if _is_list(one)]

    def list_of(self, subject: str, lang: Language) -> Operation:
        """The list of a subject."""
        path = API + subject.replace("_", "-").strip("/")
        found = [one for one in self._operations if _is_list(one) and one.path == path]
        return found[0] if found else _unknown(subject, self.subjects, "subject_unknown", lang)

    def record_of(self, subject: str, lang: Language) -> Operation:
        """One record of a subject by its id, or the one thing an address without an id shows."""
        path = API + subject.replace("_", "-").strip("/")
        shown = [one for one in self._operations if one.method == "get" and not _is_list(one)]
        found = [one for one in shown if re.sub(r"(/\{\w+\})+$", "", one.path) == path]
        names = [re.sub(r"(/\{\w+\})+$", "", one.path).removeprefix(API) for one in shown]
        return found[0] if found else _unknown(subject, names, "subject_unknown", lang)

    def action(self, name: str, lang: Language) -> Operation:
        """An action by its name."""
        wanted = name.replace("-", "_")
        found = [one for one in self.actions if one.name == wanted]
        return found[0] if found else _unknown(name, [one.action for one in self.actions], "action_unknown", lang)

    def reading(self, path: str) -> bool:
        """Whether the record at a path can be read there, to learn its version."""
        return any(one.method == "get" and one.path == path for one in self._operations)

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        parameters = [self._resolved(parameter) for parameter in item.get("parameters", [])]
        body = item.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        summary = str(item.get("summary", ""))
        return Operation(
            name=_name(str(item["operationId"]), path, method),
            method=method,
            path=path,
            summaries={"en": summary, "id": str(item.get(INDONESIAN, summary))},
            ids=tuple(re.findall(r"\{(\w+)\}", path)),
            filters=tuple(self._field(p["name"], p, bool(p.get("required"))) for p in parameters if p["in"] == "query"),
            fields=tuple(self._fields(self._resolved(body))),
            headers=frozenset(p["name"].lower() for p in parameters if p["in"] == "header"),
        )

    def _fields(self, schema: Schema) -> Iterable[Field]:
        for name, own in schema.get("properties", {}).items():
            yield self._field(name, {"schema": own}, name in schema.get("required", []))

    def _field(self, name: str, holder: Mapping[str, Any], required: bool) -> Field:
        schema = dict(self._resolved(holder.get("schema", {})))
        schema["anyOf"] = [self._resolved(part) for part in schema.get("anyOf", [])]
        schema.setdefault("description", holder.get("description"))
        return Field(name, schema, required)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found: Any = self._document
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _name(operation_id: str, path: str, method: str) -> str:
    """The function's name: FastAPI writes the path and the method behind it."""
    behind = re.sub(r"\W", "_", path)
    return operation_id.removesuffix(f"{behind}_{method}").strip("_")


def _is_list(one: Operation) -> bool:
    return one.method == "get" and not one.ids and "cursor" in {field.name for field in one.filters}


def _without_null(schema: Schema) -> Schema:
    parts = [part for part in schema.get("anyOf", []) if part.get("type") != "null"]
    return parts[0] if parts else schema


def _unknown(given: str, known: Iterable[str], key: str, lang: Language) -> Operation:
    names = sorted(set(known))
    near = difflib.get_close_matches(given.replace("_", "-"), names, n=5, cutoff=0.5) or names
    raise CommandError(text(key, lang, given=given, known=", ".join(near)))
