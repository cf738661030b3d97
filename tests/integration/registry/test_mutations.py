"""Every field of every body gets values nobody thought of: always an answer below 500, never a half-done change."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.integration.registry import bodies
from tests.integration.registry.conftest import RATU_JAYA, Api

NASTY: tuple[Any, ...] = (
    None,
    "",
    " ",
    "\0",
    "\ud800",
    "é" * 400,
    "2024-02-30",
    "0000-00-00",
    "9999-12-31",
    "'; --",
    "%00{}",
    -1,
    0,
    2**63,
    10**400,
    1.5,
    True,
    [],
    {},
    [None],
    {"": ""},
)


def _requests(person: str, programme: str) -> dict[str, dict[str, Any]]:
    on = {"on": "2023-03-09"}
    return {
        "/v1/participants": bodies.participant(77),
        "/v1/programmes": bodies.programme(),
        "/v1/sessions": {"programme_id": programme, "village": RATU_JAYA, "attended": 3, "families": 1} | on,
        "/v1/enrolments": {"participant_id": person, "programme_id": programme} | on,
        "/v1/businesses": {"participant_id": person, "sector": "lele", "village": RATU_JAYA} | on,
        "/v1/referrals": {"participant_id": person, "to_organisation": "DKUM", "due_on": "2023-03-20"} | on,
        "/v1/organisations": {"region": "32.76", "name": "Bappeda Contoh", "kind": "bappeda"} | on,
        "/v1/contacts": {
            "organisation_id": "x",
            "role": "Sekretaris",
            "name": "Peserta Contoh 78",
            "phone": "021 000 000",
        },
        "/v1/forums": {"region": "32.76", "title": "Rapat kerja", "agenda": ["Komitmen"]} | on,
        "/v1/commitments": {"forum_id": "x", "organisation_id": "x", "what": "20 tempat", "due_on": "2023-05-31"},
        "/v1/institutions": bodies.institution(),
        "/v1/regulations": bodies.regulation(),
        "/v1/agents": bodies.agent(active=True),
        "/v1/potential-kinds": {"code": "pasar", "name_id": "Pasar", "name_en": "Market"},
        "/v1/potentials": bodies.potential(),
        "/v1/pillars": bodies.pillar(name="Pejabat Contoh 01"),
        "/v1/exports": {
            "list": "enrolments",
            "filters": {"village": RATU_JAYA, "on_from": "2023-03-09"},
            "fields": ["name"],
            "format": "csv",
            "purpose": "programme",
            "reason": "Calling everybody about the training",
            "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        },
        "/v1/survey-answers": bodies.survey_answer(),
        "/v1/survey-answers/batch": {"items": [bodies.survey_answer()]},
        "/v1/published-indices": bodies.published(variables={"hukum": "3.1"}),
    }


async def test_no_value_of_any_field_breaks_the_registry(api: Api) -> None:
    person = await api.made("/v1/participants", bodies.participant())
    programme = await api.made("/v1/programmes", bodies.programme(quota=0))
    for path, body in _requests(person["id"], programme["id"]).items():
        for field in body:
            for value in NASTY:
                answer = await api.post(path, body | {field: value})
                assert answer.status_code in (201, 400, 404, 409, 422), f"{path} {field}={value!r}: {answer.text}"
                if answer.status_code != 201:
                    assert answer.json()["errors"] or answer.status_code == 400, f"{path} {field}={value!r}"
    await api.events()  # every one of them can be read back


FILTERS = ("", "\ud7ff", "x" * 500, "-1", "2024-02-30", "%", "_", "'", "null", "1e9", "99999999999999999999")


async def test_no_value_of_any_filter_breaks_a_list(api: Api) -> None:
    document = api.document()
    for path, methods in document["paths"].items():
        if "get" not in methods or "{" in path or not path.startswith("/v1"):
            continue
        for parameter in methods["get"].get("parameters", []):
            for value in FILTERS:
                answer = await api.client.get(path, params={parameter["name"]: value})
                assert answer.status_code in (200, 304, 422), f"{path} {parameter['name']}={value!r}: {answer.text}"
