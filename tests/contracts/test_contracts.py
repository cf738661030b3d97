"""Events stay readable in both directions: stored events by today's code, today's events by yesterday's readers."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.contracts import catalogue
from shared.contracts.catalogue import CATALOGUE, PAYLOADS
from shared.contracts.envelope import chain_hash, encode, encoder, wire
from tests.contracts.store import EXAMPLES, SCHEMAS, schema_of

TYPES = sorted(PAYLOADS)
REMEDY = "run `python -m tests.contracts.store` and keep what it writes"
FORBIDDEN_FIELDS = {"name", "nama", "nik", "phone", "telepon", "address", "alamat", "email", "birth_date"}


def _read(folder: Path, type_name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / f"{type_name}.json").read_text())
    return content


@pytest.mark.parametrize("folder", [SCHEMAS, EXAMPLES], ids=["schemas", "examples"])
def test_every_type_is_stored_and_nothing_else_is(folder: Path) -> None:
    assert sorted(path.stem for path in folder.glob("*.json")) == TYPES, REMEDY


@pytest.mark.parametrize("type_name", TYPES)
def test_a_stored_example_is_read_without_loss(type_name: str) -> None:
    stored = _read(EXAMPLES, type_name)
    event = catalogue.decode(json.dumps(stored).encode())
    assert isinstance(event.data, PAYLOADS[type_name])
    assert _holds(json.loads(event.model_dump_json()), stored)


@pytest.mark.parametrize("type_name", TYPES)
def test_a_reader_with_the_stored_schema_reads_what_is_written_today(type_name: str) -> None:
    event = catalogue.decode(json.dumps(_read(EXAMPLES, type_name)).encode())
    written = json.loads(wire(encode(event), 7, "0" * 64))
    schema = _read(SCHEMAS, type_name)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("type_name", TYPES)
def test_what_many_are_encoded_with_writes_what_one_is_written_as(type_name: str) -> None:
    event = catalogue.decode(json.dumps(_read(EXAMPLES, type_name)).encode())
    alone = event.model_copy(update={"causationid": None, "traceparent": None, "correlationid": event.id})
    body = encoder(event.source, type_name, event.time)
    values = {name: value for name, value in event.data if value is not None}
    assert body(event.id, event.subject, event.region, values, None) == encode(alone)


@pytest.mark.parametrize("type_name", TYPES)
def test_todays_schema_only_adds_optional_fields(type_name: str) -> None:
    stored, today = _read(SCHEMAS, type_name), schema_of(PAYLOADS[type_name])
    for name, definition in _objects(stored).items():
        now = _objects(today)[name]
        assert now.get("required", []) == definition.get("required", []), (
            f"{name}: required fields changed; new version"
        )
        for field, shape in definition.get("properties", {}).items():
            assert _bare(now["properties"][field]) == _bare(shape), f"{name}.{field} changed its meaning; new version"


@pytest.mark.parametrize("type_name", TYPES)
def test_no_field_could_hold_a_person(type_name: str) -> None:
    for definition in _objects(schema_of(PAYLOADS[type_name])).values():
        assert not FORBIDDEN_FIELDS & set(definition.get("properties", {}))


def test_the_catalogue_has_no_orphans() -> None:
    for entry in CATALOGUE:
        for consumer, consumed in entry.consumers.items():
            assert set(consumed) <= set(entry.payloads), f"{consumer} consumes what {entry.producer} does not say"
            assert len(set(consumed)) == len(consumed)
    assert len(PAYLOADS) == sum(len(entry.payloads) for entry in CATALOGUE), "two payloads share a type name"


def test_an_unknown_field_is_ignored_and_an_unknown_type_is_not() -> None:
    stored = _read(EXAMPLES, TYPES[0])
    stored["data"]["from_the_future"] = 1
    assert catalogue.decode(json.dumps(stored).encode()).type == TYPES[0]
    stored["type"] = "id.bersinar.registry.nothing.happened.v1"
    with pytest.raises(ValueError, match="type"):
        catalogue.decode(json.dumps(stored).encode())


def test_the_chain_hash_depends_on_every_byte() -> None:
    event = catalogue.decode(json.dumps(_read(EXAMPLES, TYPES[0])).encode())
    first = wire(encode(event), 1, "0" * 64)
    assert json.loads(first)["sequence"] == "1"
    assert chain_hash(first) != chain_hash(wire(encode(event), 2, "0" * 64))
    assert chain_hash(first) != chain_hash(wire(encode(event), 1, "1" * 64))


def _objects(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The event itself and every object it is made of."""
    return {"event": schema, **schema.get("$defs", {})}


def _bare(shape: object) -> object:
    """A schema without the words that only explain it."""
    if isinstance(shape, dict):
        return {key: _bare(value) for key, value in shape.items() if key not in ("title", "description", "examples")}
    return [_bare(part) for part in shape] if isinstance(shape, list) else shape


def _holds(read: object, stored: object) -> bool:
    """Whether everything that was stored is in what was read; the moment's writing may differ in its zone letter."""
    if isinstance(stored, dict):
        return isinstance(read, dict) and all(_holds(read.get(key), value) for key, value in stored.items())
    if isinstance(stored, list):
        return isinstance(read, list) and len(read) == len(stored) and all(map(_holds, read, stored))
    return read == stored or _decimal(read) == _decimal(stored) is not None


def _decimal(text: object) -> Decimal | None:
    """A decimal may be written in more than one way: 0.000000000 is 0E-9."""
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
