"""The permission file against the running API: every role at every address, and every list and record inside and
outside a scope. Cases are made from the file and from the routes, so new ones are tested without being named here."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, LargeBinary, Table
from sqlalchemy.types import TypeDecorator

from services.registry.app import ROUTERS
from services.registry.commands.signing import hash_of
from services.registry.http import imports
from services.registry.http.listing import Listed
from services.registry.settings import RegistrySettings
from services.registry.storage import rows, tables
from services.registry.storage.scope import ORGANISATION, PLACES
from shared.access import load, permissions
from shared.runtime import clock
from tests.integration.registry.conftest import FATULULI, RATU_JAYA, Api
from tests.integration.registry.transactions import by_hand

NOT_PERMITTED, OUTSIDE = "urn:bersinar:problem:not-permitted", "urn:bersinar:problem:outside-scope"
OWN, OTHER = "own-organisation", "other-organisation"
SCOPES = {"village": RATU_JAYA, "city": "32.76", "province": "32", "nation": "ID"}
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
LISTS = {
    dependency.call.view.PATH: dependency.call
    for route in ROUTES
    for dependency in route.dependant.dependencies
    if isinstance(dependency.call, Listed)
}
RULES = load("registry").rules
ROLES = tuple(permissions.roles())


@pytest.fixture
def database_kind() -> str:
    """Who may do what is decided before any database; the rows of both are filtered in test_accounts."""
    return "sqlite"


@pytest.fixture
def settings(database_url: str, tmp_path: Any) -> RegistrySettings:
    return RegistrySettings(data_dir=tmp_path, database_url=database_url, regions="32.76,53.71")


@pytest.fixture
async def people(api: Api) -> dict[str, dict[str, str]]:
    """Headers of a signed-in account of every role, at its lowest scope around Ratu Jaya."""
    api.client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    headers = {}
    async with api.registry.office.database.transaction() as connection:
        by_hand(connection)
        for role in permissions.roles().values():
            grant = {"role": role.key, "scope": SCOPES[role.levels[0]]}
            grant["organisation_id"] = OWN if role.of_organisation else None  # type: ignore[assignment]
            account = rows.new(
                id=f"account-{role.key}", login=role.key, password_hash=None, identity_index=None, grants=[grant],
                disabled=False,
            )  # fmt: skip
            session = {"id": f"session-{role.key}", "account_id": account["id"], "token_hash": hash_of(role.key)}
            session |= {"via": "password", "created_at": clock.now(), "expires_at": clock.now() + timedelta(hours=1)}
            await rows.add(connection, tables.accounts, account)
            await rows.add(connection, tables.account_sessions, session)
            headers[role.key] = {"Authorization": f"Bearer {role.key}"}
    return headers


def _cases() -> Iterator[tuple[APIRoute, str, str, bool]]:
    for route in ROUTES:
        rule = RULES[route.endpoint.__name__]
        for role in ROLES:
            allowed = bool(rule.roles & {role, "anyone", "signed_in"})
            for method in route.methods or ():
                yield route, method, role, allowed


def _kind(path: str) -> dict[str, str]:
    return {"Content-Type": imports.TYPES[0]} if path == imports.PATH else {}


def _body(method: str, path: str) -> dict[str, Any]:
    """Something of a kind the address takes; whether it makes sense is asked only after who sends it."""
    if method == "GET":
        return {}
    return {"content": b"a;b"} if path == imports.PATH else {"json": {}}


async def test_every_role_at_every_address(api: Api, people: dict[str, dict[str, str]]) -> None:
    cases = list(_cases())
    assert len(cases) > 500
    wrong = []
    for route, method, role, allowed in cases:
        if route.endpoint.__name__ == "sign_out":
            continue  # it would end the session of the cases after it; test_accounts signs out
        path = route.path_format.format(**dict.fromkeys(route.param_convertors, "0"))
        answer = await api.client.request(method, path, headers=people[role] | _kind(path), **_body(method, path))
        refused = answer.status_code == 403 and answer.json()["type"] == NOT_PERMITTED
        if refused is allowed or answer.status_code == 401:
            wrong.append(f"{role} {method} {route.path}: {answer.status_code}, allowed={allowed}")
    assert not wrong


async def test_without_signing_in_every_address_is_closed(api: Api) -> None:
    for route in ROUTES:
        if "anyone" in RULES[route.endpoint.__name__].roles:
            continue
        path = route.path_format.format(**dict.fromkeys(route.param_convertors, "0"))
        for method in route.methods or ():
            for authorization in ("", "Bearer no-session"):
                answer = await api.client.request(method, path, headers={"Authorization": authorization})
                assert answer.status_code == 401, (method, path)


def _value(column: Any, view: Any) -> Any:
    """A value a column can hold and, where a view shows it, the view can show."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    schema = _schema(view, column.name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if isinstance(kind, JSON):
        return [] if schema.get("type") == "array" else {}
    for sort, value in (
        (Boolean, False),
        (DateTime, datetime(2023, 3, 6, tzinfo=UTC)),
        (Date, date(2023, 3, 6)),
        (Integer, 2023),
        (LargeBinary, b"x"),
    ):
        if isinstance(kind, sort):
            return value
    return "x"


def _schema(view: Any, name: str) -> dict[str, Any]:
    document = view.model_json_schema()
    schema = document.get("properties", {}).get(name, {})
    schema = next((one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"), schema)
    while "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rpartition("/")[2]]
    return dict(schema)


def _row(table: Table, view: Any, place: str, organisation: str, key: str) -> dict[str, Any]:
    values = {str(column.key): _value(column, view) for column in table.c}
    for name in PLACES:
        if name in values:
            values[name] = place if name == "village" else place[:5]
            break
    for column in table.primary_key:
        if str(column.key) not in PLACES and not isinstance(column.type, Integer):
            values[str(column.key)] = key
    values |= {str(column.key): f"{key}-{column.key}" for column in table.c if column.unique}
    # Two rows about the same person or pair may not be allowed.
    values |= {name: f"{key}-{name}" for name in values if name.endswith("_id") and name != ORGANISATION}
    if ORGANISATION in values:
        values[ORGANISATION] = organisation
    return values


SCOPED = [path for path, listed in LISTS.items() if any(name in listed.table.c for name in (*PLACES, ORGANISATION))]


async def _fill(api: Api, listed: Listed[Any]) -> dict[str, dict[str, Any]]:
    """A row inside every scope, one in another province, and one of another organisation."""
    made = {
        "inside": _row(listed.table, listed.view, RATU_JAYA, OWN, "inside"),
        "outside": _row(listed.table, listed.view, FATULULI, OTHER, "outside"),
    }
    async with api.registry.office.database.transaction() as connection:
        by_hand(connection)
        await rows.add(connection, listed.table, *made.values())
    return made


def _roles_of(path: str) -> Iterator[tuple[str, str]]:
    """The roles bounded by their scope at a list, and the function behind it."""
    for route in ROUTES:
        if route.path == path and "GET" in (route.methods or ()):
            rule = RULES[route.endpoint.__name__]
            if not rule.everywhere:
                yield from ((role, route.endpoint.__name__) for role in ROLES if role in rule.roles)


@pytest.mark.parametrize("path", SCOPED)
async def test_a_list_and_its_records_end_at_the_scope(api: Api, people: dict[str, dict[str, str]], path: str) -> None:
    listed = LISTS[path]
    made = await _fill(api, listed)
    keys = [str(column.key) for column in listed.table.primary_key]
    seen_by_node = await _keys(api.client, path, keys, {})
    for role, _endpoint in _roles_of(path):
        seen = await _keys(api.client, path, keys, people[role])
        nation = SCOPES[permissions.roles()[role].levels[0]] == "ID"
        assert ("outside" in seen) is (nation and "outside" in seen_by_node), (role, path)
        assert ("inside" in seen) is ("inside" in seen_by_node), (role, path)
    for route in ROUTES:
        if (
            "GET" in (route.methods or ())
            and route.path.startswith(f"{path}/{{")
            and route.path.count("{") == len(keys)
        ):
            await _check_shown(api, route, made, keys, people)


async def _check_shown(
    api: Api, route: APIRoute, made: dict[str, Any], keys: list[str], people: dict[str, dict[str, str]]
) -> None:
    rule = RULES[route.endpoint.__name__]
    for role in ROLES if not rule.everywhere else ():
        if role not in rule.roles:
            continue
        for where, row in made.items():
            path = route.path_format.format(**dict(zip(route.param_convertors, (row[k] for k in keys), strict=True)))
            answer = await api.client.get(path, headers=people[role])
            nation = SCOPES[permissions.roles()[role].levels[0]] == "ID"
            reached = answer.status_code not in (403, 404)
            assert reached is (where == "inside" or nation), (role, path, where, answer.status_code)


async def _keys(client: httpx.AsyncClient, path: str, keys: list[str], headers: dict[str, str]) -> set[str]:
    answer = await client.get(path, params={"limit": "200"}, headers=headers)
    assert answer.status_code == 200, (path, answer.text[:300])
    found = answer.json()["items"]
    places = {RATU_JAYA: "inside", "32.76": "inside", FATULULI: "outside", "53.71": "outside"}
    return {one["id"] if "id" in one else places.get(one[keys[0]], "") for one in found}


def _creating() -> Iterator[tuple[APIRoute, dict[str, Any], tuple[str, ...]]]:
    """Addresses that record something about a place, with the example of the document."""
    for route in ROUTES:
        field = route.body_field
        rule = RULES[route.endpoint.__name__]
        if "POST" not in (route.methods or ()) or "{" in route.path or field is None or rule.everywhere:
            continue
        command: Any = field.field_info.annotation
        for example in command.model_config.get("json_schema_extra", {}).get("examples", ()):
            places = tuple(name for name in (*PLACES, "villages", "area") if name in example)
            if places:
                yield route, example, places


async def test_nothing_is_recorded_outside_a_scope(api: Api, people: dict[str, dict[str, str]]) -> None:
    tried = 0
    for route, example, places in _creating():
        rule = RULES[route.endpoint.__name__]
        for role in (role for role in ROLES if role in rule.roles):
            if SCOPES[permissions.roles()[role].levels[0]] == "ID":
                continue
            body = json.loads(json.dumps(example))
            for name in places:
                body[name] = {"villages": [FATULULI], "village": FATULULI}.get(name, "53.71")
            answer = await api.client.post(route.path, json=body, headers=people[role])
            assert answer.status_code in (403, 404, 409, 422), (role, route.path, answer.status_code)
            if answer.status_code == 403:
                assert answer.json()["type"] == OUTSIDE
                tried += 1
    assert tried > 10


def _steps() -> Iterator[tuple[APIRoute, str, Listed[Any], dict[str, Any]]]:
    """Addresses that do something with a record that has a place or an organisation, with the document's example."""
    for route in ROUTES:
        base = route.path.partition("/{")[0]
        rule = RULES[route.endpoint.__name__]
        if base not in SCOPED or "{" not in route.path or rule.everywhere:
            continue
        command: Any = route.body_field.field_info.annotation if route.body_field else None
        examples = (command.model_config.get("json_schema_extra") or {}).get("examples", [{}]) if command else [{}]
        for method in (route.methods or set()) - {"GET"}:
            # A merge concerns two: the other one is always within reach.
            yield route, method, LISTS[base], examples[0] | {n: "inside" for n in examples[0] if n == "duplicate_id"}


async def test_no_step_is_taken_outside_a_scope(api: Api, people: dict[str, dict[str, str]]) -> None:
    """Every role that may take a step may take it with records of its own scope, and with no others."""
    concerned = {listed.table.name: listed for _, _, listed, _ in _steps()}
    filled = {name: await _fill(api, listed) for name, listed in concerned.items()}
    refused, wrong = 0, []
    for route, method, listed, example in _steps():
        keys = [str(column.key) for column in listed.table.primary_key]
        rule = RULES[route.endpoint.__name__]
        for role in (role for role in ROLES if role in rule.roles):
            if SCOPES[permissions.roles()[role].levels[0]] == "ID":
                continue
            for where, row in filled[listed.table.name].items():
                path = route.path_format.format(
                    **dict(zip(route.param_convertors, (row[k] for k in keys), strict=True))
                )
                headers = people[role] | {"If-Match": "*"}
                answer = await api.client.request(method, path, json=example, headers=headers)
                kind = answer.json().get("type") if answer.status_code == 403 else None
                if (kind == OUTSIDE) is not (where == "outside") and answer.status_code != 404:
                    wrong.append(f"{role} {method} {route.path} {where}: {answer.status_code} {answer.text[:200]}")
                refused += kind == OUTSIDE
    assert not wrong
    assert refused > 100
