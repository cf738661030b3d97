"""Every list can be filtered, sorted and paged, and refuses what it doesn't know by naming what it knows."""

import base64
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from fastapi.routing import APIRoute

from services.registry.app import ROUTERS
from services.registry.http.listing import Listed
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, RATU_JAYA, Api

PEOPLE = "/v1/participants"
LISTS = [
    (route.path, dependency.call)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for dependency in route.dependant.dependencies
    if isinstance(dependency.call, Listed)
]


async def _people(api: Api, number: int = 9) -> list[dict[str, Any]]:
    """Registered in three days, in two villages, of three groups."""
    groups = ("vulnerable_resident", "family", "former_user")
    return [
        await api.made(
            PEOPLE,
            bodies.participant(
                place,
                on=str(date(2023, 3, 6) + timedelta(days=place % 3)),
                group=groups[place % 2],
                village=RATU_JAYA if place % 4 else PONDOK_JAYA,
            ),
        )
        for place in range(number)
    ]


async def _all(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    while True:
        answer = await api.client.get(path, params=query | {"limit": "2"})
        assert answer.status_code == 200, answer.text
        seen += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return seen
        query["cursor"] = answer.json()["next_cursor"]


async def test_a_sorted_list_shows_every_row_once_in_order(api: Api) -> None:
    made = await _people(api)
    for sort in ("id", "-id", "on", "-on", "-on,id", "on,-id", "village,-on,id", "on,on,-on"):
        expected = _sorted(made, sort)
        assert [one["id"] for one in await _all(api, PEOPLE, sort=sort)] == [one["id"] for one in expected], sort


def _sorted(records: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    order = {part.removeprefix("-"): part.startswith("-") for part in reversed(sort.split(","))}
    if "id" not in order:
        order = {"id": sort.startswith("-")} | order
    for name, descending in order.items():
        records = sorted(records, key=itemgetter(name), reverse=descending)
    return records


async def test_filters_are_combined(api: Api) -> None:
    made = await _people(api)
    query = {"village": RATU_JAYA, "group": "family", "on_from": "2023-03-07", "on_to": "2023-03-07"}
    wanted = [
        one["id"]
        for one in made
        if one["village"] == RATU_JAYA and one["group"] == "family" and one["on"] == "2023-03-07"
    ]
    assert wanted
    assert [one["id"] for one in await _all(api, PEOPLE, **query)] == wanted
    assert await _all(api, PEOPLE, on="2023-03-09") == []
    assert len(await _all(api, PEOPLE, synthetic="true", sex="female", sort="-on")) == len(made)
    assert await _all(api, PEOPLE, synthetic="false") == []


UNKNOWN = {
    "vilage=32.76.07.1003": "vilage",
    "siti+rahayu=1": "(unknown)",
    "village=a&village=b": "village",
    "sort=name_sealed": "sort",
    "sort=": "sort",
    "on_from=kemarin": "on_from",
    "group=teman": "group",
    "limit=201": "limit",
}


async def test_what_a_list_does_not_know_is_refused(api: Api) -> None:
    for query, field in UNKNOWN.items():
        answer = await api.client.get(f"{PEOPLE}?{query}")
        assert answer.status_code == 422
        error = answer.json()["errors"][0]
        assert error["field"] == field
        if field in ("vilage", "sort"):
            assert "village" in error["remedy"]
        assert "siti" not in answer.text


async def test_a_cursor_holds_no_more_than_what_is_sorted_by_and_fits_its_order_only(api: Api) -> None:
    made = await _people(api, 4)
    page = (await api.client.get(PEOPLE, params={"sort": "-on", "limit": "1"})).json()
    cursor = page["next_cursor"]
    plain = base64.urlsafe_b64decode(cursor + "==").decode()
    assert plain == f'["-on,-id","2023-03-08","{made[2]["id"]}"]'
    for sort in ("on", "id", "-on,id"):
        answer = await api.client.get(PEOPLE, params={"sort": sort, "cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


async def test_every_list_takes_every_filter_and_every_sort_it_declares(api: Api) -> None:
    assert len(LISTS) >= 16
    for path, listed in LISTS:
        await _check_list(api, path, listed)


async def _check_list(api: Api, path: str, listed: Listed[Any]) -> None:
    document = api.document()["paths"][path]["get"]
    named = {one["name"] for one in document["parameters"]}
    assert {*listed.filters, "sort", "limit", "cursor"} <= named
    for sort in listed.sorts:
        assert not listed.table.c[sort].nullable, "rows without a value would be lost between two pages"
        for direction in ("", "-"):
            answer = await api.client.get(path, params={"sort": direction + sort})
            assert answer.status_code == 200, answer.text
    for one in document["parameters"]:
        if one["name"] in listed.filters:
            answer = await api.client.get(path, params={one["name"]: _value(one["schema"])})
            assert answer.status_code == 200, (one, answer.text)
    assert (await api.client.get(path, params={"bukan_saringan": "1"})).status_code == 422


def _value(schema: dict[str, Any]) -> str:
    kind = next((one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"), schema)
    if "enum" in kind or "const" in kind:
        return str(kind.get("const", kind.get("enum", [""])[0]))
    return {"boolean": "true", "integer": "2023"}.get(
        kind["type"], "2023-03-06" if kind.get("format") == "date" else "32.76"
    )


async def test_every_address_that_answers_a_page_is_declared(api: Api) -> None:
    paged = {
        path
        for path, methods in api.document()["paths"].items()
        if "cursor" in {one["name"] for one in methods.get("get", {}).get("parameters", [])}
    }
    assert paged == {path for path, _ in LISTS}
