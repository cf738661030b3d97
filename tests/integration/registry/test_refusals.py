"""Bad input gets a problem that names the field and changes nothing."""

import asyncio
from typing import Any

import pytest

from tests.integration.registry import bodies
from tests.integration.registry.conftest import FATULULI, RATU_JAYA, Api

CANARY_NAME, CANARY_NIK = "Kenari Rahasia", "9999888877776666"
LATER = "2999-01-01"

PEOPLE, PROGRAMMES = "/v1/participants", "/v1/programmes"
SURVEYS, PUBLISHED = "/v1/survey-answers", "/v1/published-indices"

CASES: dict[str, tuple[str, Any, int, str]] = {
    "unknown village": (PEOPLE, bodies.participant(village="32.76.07.9999"), 422, "village"),
    "a kecamatan for a village": (PEOPLE, bodies.participant(village="32.76.07"), 422, "village"),
    "village of another office": (PEOPLE, bodies.participant(village=FATULULI), 422, "village"),
    "future date": (PEOPLE, bodies.participant(on=LATER), 422, "on"),
    "date before BNN": (PEOPLE, bodies.participant(on="1999-01-01"), 422, "on"),
    "NIK too short": (PEOPLE, bodies.participant(nik=CANARY_NIK[:-1]), 422, "nik"),
    "NIK too long": (PEOPLE, bodies.participant(nik=CANARY_NIK * 5), 422, "nik"),
    "NIK with letters": (PEOPLE, bodies.participant(nik=CANARY_NIK[:-1] + "x"), 422, "nik"),
    "NIK as a number": (PEOPLE, bodies.participant(nik=int(CANARY_NIK)), 422, "nik"),
    "no name": (PEOPLE, bodies.participant(name=""), 422, "name"),
    "name of another kind": (PEOPLE, bodies.participant(name=[CANARY_NAME]), 422, "name"),
    "unknown group": (PEOPLE, bodies.participant(group=CANARY_NAME), 422, "group"),
    "a field too many": (PEOPLE, bodies.participant(alamat=CANARY_NAME), 422, "alamat"),
    "age twice": (PEOPLE, bodies.participant(birth_date="1990-01-01"), 422, "age_band"),
    "age missing": (PEOPLE, bodies.participant(age_band=None), 422, "age_band"),
    "birth after registration": (PEOPLE, bodies.participant(age_band=None, birth_date="2024-01-01"), 422, "birth_date"),
    "empty object": (PEOPLE, {}, 422, "name"),
    "a list": (PEOPLE, [], 422, "body"),
    "programme in two cities": (PROGRAMMES, bodies.programme(villages=[RATU_JAYA, FATULULI]), 422, "villages.1"),
    "programme without villages": (PROGRAMMES, bodies.programme(villages=[]), 422, "villages"),
    "phone in the provider": (PROGRAMMES, bodies.programme(provider="Bapak, 0812-3456-7890"), 422, "provider"),
    "negative quota": (PROGRAMMES, bodies.programme(quota=-1), 422, "quota"),
    "unknown programme of a session": (
        "/v1/sessions",
        {"programme_id": "none", "village": RATU_JAYA, "attended": 1, "on": "2023-03-09"},
        422,
        "programme_id",
    ),
    "unknown programme": (
        "/v1/enrolments",
        {"participant_id": "none", "programme_id": "none", "on": "2023-03-09"},
        422,
        "programme_id",
    ),
    "business of nobody": (
        "/v1/businesses",
        {"participant_id": "none", "sector": "lele", "on": "2023-03-09"},
        422,
        "participant_id",
    ),
    "institution elsewhere": ("/v1/institutions", bodies.institution(region="53.71"), 422, "region"),
    "answer of 5": (SURVEYS, bodies.survey_answer(answers={"regulasi_1": 5}), 422, "answers.regulasi_1"),
    "item with a name in it": (SURVEYS, bodies.survey_answer(answers={CANARY_NAME: 3}), 422, "answers"),
    "year to come": (SURVEYS, bodies.survey_answer(year=2099), 422, "year"),
    "one bad answer of a batch": (
        SURVEYS + "/batch",
        {"items": [bodies.survey_answer(), bodies.survey_answer(on=LATER)]},
        422,
        "items.1.on",
    ),
    "batch too large": (SURVEYS + "/batch", {"items": [bodies.survey_answer()] * 501}, 422, "items"),
    "index off the scale": (PUBLISHED, bodies.published(index="78.42"), 422, "index"),
    "index of nowhere": (PUBLISHED, bodies.published(area="99.99"), 422, "area"),
    "nothing printed": (PUBLISHED, bodies.published(index=None, category=None), 422, "index"),
    "a NUL in a name": (PROGRAMMES, bodies.programme(provider="DKUM\x00"), 422, "provider"),
    "a NUL in an id": ("/v1/businesses", {"participant_id": "\x00", "sector": "x", "on": LATER}, 422, "participant_id"),
    "half a character": (PEOPLE, bodies.participant(name="\ud800"), 422, "name"),
    "no such follow-up": ("/v1/follow-ups/none/visit", {"status": "active", "workers": 1, "on": "2023-05-03"}, 404, ""),
}


async def test_bad_input_is_named_and_changes_nothing(api: Api) -> None:
    before = await api.counts()
    for case, (path, body, status, field) in CASES.items():
        answer = await api.post(path, body, idempotency_key=case.replace(" ", "-"))
        document = answer.json()
        assert answer.status_code == status, f"{case}: {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json", case
        assert field in [error["field"] for error in document.get("errors", [])] or not field, f"{case}: {answer.text}"
        assert CANARY_NAME not in answer.text, case
        assert CANARY_NIK[:10] not in answer.text, case
    assert await api.counts() == before


async def test_what_is_not_json_or_too_large_changes_nothing(api: Api) -> None:
    before = await api.counts()
    sent: dict[int, Any] = {
        415: {"content": b"name=x", "headers": {"Content-Type": "text/plain"}},
        400: {"content": b'{"name": "x"', "headers": {"Content-Type": "application/json"}},
        413: {"content": b'{"name": "' + b"x" * 10_000_000 + b'"}', "headers": {"Content-Type": "application/json"}},
    }
    for status, request in sent.items():
        answer = await api.client.post("/v1/participants", **request)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["field"]
    stranger = await api.client.get("/v1/participants", headers={"Authorization": "Bearer wrong"})
    assert stranger.status_code == 401
    assert await api.counts() == before


@pytest.mark.parametrize("path", ["/v1/participants/%00", "/v1/regions/%00", "/v1/participants?village=%00"])
async def test_an_address_with_a_nul_is_refused(api: Api, path: str) -> None:
    answer = await api.client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:bersinar:problem:address-unreadable")


async def test_a_nik_is_registered_once_whoever_comes_first(api: Api) -> None:
    nik = CANARY_NIK
    answers = await asyncio.gather(
        *(api.post(PEOPLE, bodies.participant(number, nik=nik, name=CANARY_NAME)) for number in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    registered = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    named = await api.post(PEOPLE, bodies.participant(9, nik=nik))
    assert registered in named.json()["detail"]
    refused = [answer for answer in answers if answer.status_code == 409]
    for answer in refused:
        assert answer.json()["errors"][0]["field"] == "nik"
        for secret in (nik, CANARY_NAME):
            assert secret not in answer.text
    counts = await api.counts()
    assert (counts["participants"], counts["journal"]) == (1, 1)


async def test_refusals_speak_indonesian_unless_english_is_asked_for(api: Api) -> None:
    body = bodies.participant(nik="1")
    indonesian = await api.post(PEOPLE, body, accept_language="id-ID,id;q=0.9")
    english = await api.post(PEOPLE, body, accept_language="en-GB")
    assert indonesian.json()["detail"] == "NIK harus 16 angka."
    assert english.json()["detail"] == "A NIK has 16 digits."
    assert indonesian.json()["errors"][0]["remedy"]


async def test_an_ended_enrolment_and_a_made_visit_stay_as_they_are(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    programme = await api.made(PROGRAMMES, bodies.programme())
    place = {"participant_id": person["id"], "programme_id": programme["id"], "on": "2023-03-08"}
    enrolled = await api.made("/v1/enrolments", place)
    again = await api.post("/v1/enrolments", place)
    assert again.json()["type"] == "urn:bersinar:problem:already-enrolled"
    early = await api.post(f"/v1/enrolments/{enrolled['id']}/completion", {"on": "2023-03-07"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "on")
    await api.post(f"/v1/enrolments/{enrolled['id']}/completion", {"on": "2023-03-10"})
    before = await api.counts()
    late = await api.post(f"/v1/enrolments/{enrolled['id']}/drop", {"on": "2023-03-11", "reason": "moved"})
    assert late.status_code == 409
    assert await api.counts() == before


async def test_of_two_changes_at_once_none_is_lost(api: Api) -> None:
    made = await api.post("/v1/institutions", bodies.institution())
    states = [{"has_policy": True, "penggiat": n, "urine_tests": 0, "on": "2023-06-12"} for n in range(4)]
    answers = await asyncio.gather(
        *(
            api.client.put(made.headers["Location"], json=state, headers={"If-Match": made.headers["ETag"]})
            for state in states
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    assert len(await api.events()) == 2


async def test_a_visit_is_recorded_once_however_many_record_it(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    business = await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-03"})
    visits = (await api.client.get("/v1/follow-ups", params={"business_id": business["id"]})).json()["items"]
    found = {"status": "active", "workers": 1, "on": "2023-05-03"}
    paths = [f"/v1/follow-ups/{visits[month]['id']}/visit" for month in (0, 0, 0, 1)]
    answers = await asyncio.gather(*(api.post(path, found) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
