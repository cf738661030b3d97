"""Nobody's change is lost: of two who changed the same reading of a record one is told so, for every kind of record.

The cases come from the API's own description, so an operation that nobody thought of here fails.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from services.registry.http import imports
from tests.integration.registry import bodies
from tests.integration.registry.conftest import RATU_JAYA, Api

ON = {"on": "2023-03-09"}
GIVEN = {"on": "2023-04-03", "synthetic": True}
BUSINESS = {"sector": "lele", "village": RATU_JAYA, "on": "2023-04-03", "synthetic": True}
ORGANISATION = {"name": "Bappeda Contoh", "kind": "bappeda", "language": "id", "time_zone": "Asia/Jakarta"}
AREA = {"status": "siaga", "method": "IKRN", "on": "2023-11-18", "synthetic": True}
FORUM = {"title": "Rapat kerja", "on": "2023-02-14", "agenda": ["Komitmen"]}
GRANTS: dict[str, Any] = {"grants": [{"role": "administrator", "scope": "ID"}]}

NUMBERS = itertools.count(1)

Change = tuple[str, dict[str, Any], dict[str, Any]]
CHANGES: dict[str, Change] = {
    "PATCH /v1/participants/{participant_id}": ("group", {"group": "family"}, {"group": "former_user"}),
    "PATCH /v1/programmes/{programme_id}": ("quota", {"quota": 21}, {"quota": 22}),
    "PATCH /v1/sessions/{session_id}": ("attended", {"attended": 4}, {"attended": 5}),
    "PATCH /v1/enrolments/{enrolment_id}": ("on", {"on": "2023-03-07"}, {"on": "2023-03-08"}),
    "PATCH /v1/groups/{group_id}": ("sector", {"sector": "sayur"}, {"sector": "tenun"}),
    "PATCH /v1/businesses/{business_id}": ("sector", {"sector": "sayur"}, {"sector": "tenun"}),
    "PATCH /v1/supports/{support_id}": ("value_rupiah", {"value_rupiah": 1000}, {"value_rupiah": 2000}),
    "PATCH /v1/follow-ups/{follow_up_id}": ("workers", {"workers": 3}, {"workers": 4}),
    "PUT /v1/organisations/{organisation_id}": (
        "language",
        {**ORGANISATION, "active": True, "language": "en"} | ON,
        {**ORGANISATION, "active": True, "language": "id"} | ON,
    ),
    "PATCH /v1/contacts/{contact_id}": ("role", {"role": "Kepala"}, {"role": "Staf"}),
    "PUT /v1/forums/{forum_id}": ("title", FORUM | {"title": "Satu"}, FORUM | {"title": "Dua"}),
    "PUT /v1/institutions/{institution_id}": (
        "penggiat",
        {"has_policy": False, "penggiat": 3, "urine_tests": 10} | ON,
        {"has_policy": False, "penggiat": 4, "urine_tests": 10} | ON,
    ),
    "PATCH /v1/institutions/{institution_id}": ("penggiat", {"penggiat": 3} | ON, {"penggiat": 4} | ON),
    "PUT /v1/regulations/{regulation_id}": (
        "in_force",
        {"in_force": False, "on": "2023-12-29"},
        {"in_force": False, "on": "2023-12-30"},
    ),
    "PATCH /v1/regulations/{regulation_id}": ("title", {"title": "Satu"}, {"title": "Dua"}),
    "PUT /v1/agents/{agent_id}": (
        "reason",
        {"active": False, "on": "2023-11-30", "reason": "moved"},
        {"active": False, "on": "2023-11-30", "reason": "resigned"},
    ),
    "PATCH /v1/agents/{agent_id}": ("since", {"since": "2023-01-02"}, {"since": "2023-01-03"}),
    "PUT /v1/area-statuses/{village}/{year}": ("status", AREA | {"status": "waspada"}, AREA | {"status": "aman"}),
    "PATCH /v1/potentials/{potential_id}": (
        "amount",
        {"amount": 15, "mapped_by": "BNNK Depok"} | ON,
        {"amount": 16, "mapped_by": "BNNK Depok"} | ON,
    ),
    "PUT /v1/designations/{village}/{year}": (
        "decree_number",
        bodies.designation(decree_number="Contoh 1/2023"),
        bodies.designation(decree_number="Contoh 2/2023"),
    ),
    "PATCH /v1/pillars/{pillar_id}": ("since", {"since": "2022-08-02"}, {"since": "2022-08-03"}),
    "PUT /v1/imports/{import_id}/mapping": (
        "mapping",
        {"mapping": {"name": 0, "nik": 1, "village": 2}},
        {"mapping": {"name": 1, "nik": 0, "village": 2}},
    ),
    "PUT /v1/accounts/{account_id}/grants": ("grants", GRANTS, {"grants": []}),
}
"""For each operation that replaces something: what shows who won, and what the two of them send."""


async def _person(api: Api) -> str:
    return str((await api.made("/v1/participants", bodies.participant(next(NUMBERS))))["id"])


async def _business(api: Api) -> str:
    return str((await api.made("/v1/businesses", BUSINESS | {"participant_id": await _person(api)}))["id"])


async def _made(api: Api, path: str, body: dict[str, Any]) -> str:
    return f"{path}/{(await api.made(path, body))['id']}"


async def _in_programme(api: Api, path: str, **body: Any) -> str:
    programme = (await api.made("/v1/programmes", bodies.programme()))["id"]
    return await _made(api, path, {"programme_id": programme, "synthetic": True} | ON | body)


async def _visited(api: Api) -> str:
    await _business(api)
    due = (await api.client.get("/v1/follow-ups")).json()["items"][0]
    path = f"/v1/follow-ups/{due['id']}"
    answer = await api.post(f"{path}/visit", {"status": "active", "workers": 2, "on": due["due_on"]})
    assert answer.status_code == 200, answer.text
    return path


async def _put(api: Api, path: str, body: dict[str, Any]) -> str:
    answer = await api.client.put(path, json=body)
    assert answer.is_success, answer.text
    return path


async def _organisation(api: Api) -> str:
    body = {"region": "32.76", "synthetic": True} | ORGANISATION | {"on": "2023-01-09"}
    body["name"] = f"Bappeda Contoh {next(NUMBERS)}"
    return str((await api.made("/v1/organisations", body))["id"])


async def _contact(api: Api) -> str:
    organisation = await _organisation(api)
    body = {"organisation_id": organisation, "role": "Sekretaris", "name": "Peserta Contoh 78", "synthetic": True}
    return await _made(api, "/v1/contacts", body | {"phone": "021 000 000"})


async def _import(api: Api) -> str:
    sheet = b"Nama,NIK,Desa\nPeserta Contoh 01,9999010101900001," + RATU_JAYA.encode()
    headers = {"Content-Type": "text/csv"}
    answer = await api.client.post(imports.PATH, content=sheet, headers=headers, params={"kind": "participants"})
    assert answer.status_code == 201, answer.text
    return f"{imports.PATH}/{answer.json()['id']}"


async def _account(api: Api) -> str:
    return await _made(
        api, "/v1/accounts", {"login": f"petugas{next(NUMBERS)}", "password": "ikan lele kolam bundar"} | GRANTS
    )


MAKERS: dict[str, Callable[[Api], Awaitable[str]]] = {
    "participants": lambda api: _made(api, "/v1/participants", bodies.participant(next(NUMBERS))),
    "programmes": lambda api: _made(api, "/v1/programmes", bodies.programme()),
    "sessions": lambda api: _in_programme(api, "/v1/sessions", village=RATU_JAYA, attended=3, families=1),
    "groups": lambda api: _made(
        api, "/v1/groups", {"name": "Kelompok Contoh", "sector": "lele", "village": RATU_JAYA} | GIVEN
    ),
    "follow-ups": _visited,
    "contacts": _contact,
    "forums": lambda api: _made(api, "/v1/forums", FORUM | {"region": "32.76", "synthetic": True}),
    "institutions": lambda api: _made(api, "/v1/institutions", bodies.institution()),
    "regulations": lambda api: _made(api, "/v1/regulations", bodies.regulation(number=f"Contoh {next(NUMBERS)}/2023")),
    "agents": lambda api: _made(api, "/v1/agents", bodies.agent()),
    "area-statuses": lambda api: _put(api, f"/v1/area-statuses/{RATU_JAYA}/2023", AREA),
    "potentials": lambda api: _made(api, "/v1/potentials", bodies.potential()),
    "designations": lambda api: _put(api, f"/v1/designations/{RATU_JAYA}/2023", bodies.designation()),
    "pillars": lambda api: _made(api, "/v1/pillars", bodies.pillar()),
    "imports": _import,
    "accounts": _account,
}


async def _enrolment(api: Api) -> str:
    return await _in_programme(api, "/v1/enrolments", participant_id=await _person(api))


async def _support(api: Api) -> str:
    body = {"business_id": await _business(api), "kind": "tools", "giver": "DKUM", "value_rupiah": 500} | ON
    return await _made(api, "/v1/supports", body)


async def _a_business(api: Api) -> str:
    return f"/v1/businesses/{await _business(api)}"


async def _an_organisation(api: Api) -> str:
    return f"/v1/organisations/{await _organisation(api)}"


MAKERS |= {
    "enrolments": _enrolment,
    "supports": _support,
    "businesses": _a_business,
    "organisations": _an_organisation,
}


def _described(api: Api) -> dict[str, dict[str, Any]]:
    """Every operation that can answer 412, by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, operations in api.document()["paths"].items()
        for method, operation in operations.items()
        if "412" in operation["responses"]
    }


def _kind(operation: str) -> str:
    return operation.split("/")[2]


async def _send(api: Api, method: str, path: str, body: dict[str, Any], tag: str | None) -> httpx.Response:
    return await api.client.request(method, path, json=body, headers={} if tag is None else {"If-Match": tag})


ONLY_STEPS = {
    "doubles",
    "consents",
    "memberships",
    "referrals",
    "commitments",
    "campaigns",
    "survey-links",
    "survey-reviews",
    "published-indices",
    "exports",
}
"""Kinds that are only moved on, never replaced; their steps are raced in ``test_steps_raced``."""


async def test_no_replacing_operation_is_forgotten(api: Api) -> None:
    replacing = {name for name in _described(api) if not name.startswith("POST ")}
    assert replacing == set(CHANGES)
    assert {_kind(name) for name in replacing} == set(MAKERS)
    assert {_kind(name) for name in _described(api)} == set(MAKERS) | ONLY_STEPS


async def _raced(api: Api, operation: str, path: str) -> None:
    """Two of the same reading at once: one wins, the other is told the version it has to read."""
    method, template = operation.split(" ")
    record, path = path, path + template.partition("}")[2].replace("/{year}", "")
    field, *wishes = CHANGES[operation]
    tag = (await api.client.get(record)).headers["ETag"]
    unread = await _send(api, method, path, wishes[0], None)
    assert unread.status_code == 428, (operation, unread.text)
    answers = await asyncio.gather(*(_send(api, method, path, wish, tag) for wish in wishes))
    assert sorted(answer.status_code for answer in answers) == [200, 412], (operation, [a.text for a in answers])
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    kept = await api.client.get(record)
    assert won.headers["ETag"] == lost.headers["ETag"] == kept.headers["ETag"] != tag, operation
    assert lost.json()["type"].startswith("urn:bersinar:problem:"), operation
    if field in kept.json():
        assert kept.json()[field] == won.json()[field], operation


async def test_of_two_who_change_the_same_reading_one_is_told(api: Api) -> None:
    for operation in CHANGES:
        await _raced(api, operation, await MAKERS[_kind(operation)](api))


def _example(api: Api, operation: dict[str, Any]) -> dict[str, Any]:
    """What the description gives as an example of the operation's body."""
    content = operation.get("requestBody", {"content": {}})["content"].get("application/json")
    if content is None:
        return {}
    name = content["schema"]["$ref"].rpartition("/")[2]
    example: dict[str, Any] = api.document()["components"]["schemas"][name]["examples"][0]
    return example


NOT_BY_READING = {
    # They need a second registration, or one that is merged.
    "POST /v1/participants/{participant_id}/merge",
    "POST /v1/participants/{participant_id}/unmerge",
    # They are signed with a person's own account.
    "POST /v1/area-statuses/{village}/{year}/release",
    "POST /v1/area-statuses/{village}/{year}/withholding",
}


async def test_a_step_on_a_reading_that_is_old_is_refused_with_the_version_to_read(api: Api) -> None:
    """Without If-Match a step is judged by what the record allows; with it, first by what was read."""
    made: dict[str, str] = {}
    for name, operation in _described(api).items():
        kind = _kind(name)
        if not name.startswith("POST ") or kind not in MAKERS or name in NOT_BY_READING:
            continue
        if kind not in made:
            made[kind] = await MAKERS[kind](api)
        tag = (await api.client.get(made[kind])).headers["ETag"]
        path = f"{made[kind]}/{name.rpartition('/')[2]}"
        answer = await _send(api, "POST", path, _example(api, operation), '"999"')
        assert (answer.status_code, answer.headers.get("ETag")) == (412, tag), (name, answer.text)
        assert (await api.client.get(made[kind])).headers["ETag"] == tag, name
