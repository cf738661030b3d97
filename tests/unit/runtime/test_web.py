"""The shell of every service refuses what it must, in documents that name the field and the remedy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from shared.access.permissions import Permissions, Rule
from shared.runtime.health import Health
from shared.runtime.language import FALLBACK, INDONESIAN, in_indonesian
from shared.runtime.problem import Problem
from shared.runtime.web import BODY_MAX_BYTES, Routes, bearer, create_app

TOKEN = "a-token-for-tests"
OPEN = Permissions({name: Rule(frozenset({"anyone"})) for name in ("livez", "readyz", "metrics")})


class Person(BaseModel):
    nik: int


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


def client(health: Health | None = None, *, token: str | None = TOKEN) -> httpx.AsyncClient:
    router = APIRouter()

    @router.post("/people")
    async def register(person: Person) -> dict[str, int]:
        if person.nik == 1:
            raise Problem(409, "Known", detail="Already registered.", field="nik", remedy="Look it up.")
        return {"ok": 1}

    app = create_app(
        "test", health=health or Health(), routers=[router], lifespan=lifespan, authenticate=bearer(TOKEN),
        permissions=OPEN,
        open_paths=("/", "/public/"),
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)


async def test_without_the_token_nothing_is_shown() -> None:
    for token in (None, "wrong", "a-token-for-test"):
        answer = await client(token=token).post("/people", json={"nik": 2})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "token" in answer.json()["remedy"]


@pytest.mark.parametrize("kind", [APIRouter, Routes])
async def test_an_address_without_a_line_is_closed_whatever_router_it_came_with(kind: type[APIRouter]) -> None:
    router = kind(prefix="/v1", tags=["t"])

    @router.get("/public/{name}")
    async def nowhere_listed(name: str) -> str:
        return name

    app = create_app(
        "test", health=Health(), routers=[router], lifespan=lifespan, authenticate=bearer(TOKEN), permissions=OPEN,
        open_paths=("/v1/public/",),
    )  # fmt: skip
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as guest:
        assert (await guest.get("/v1/public/siapa")).status_code == 401
        assert (await guest.get("/livez")).status_code == 200


async def test_health_and_open_paths_need_no_token() -> None:
    guest = client(token=None)
    assert (await guest.get("/livez")).status_code == 200
    assert (await guest.get("/readyz")).json() == {"ready": True, "reasons": {}}
    assert "python_info" in (await guest.get("/metrics")).text
    assert (await guest.get("/public/nothing")).status_code == 404
    assert (await guest.get("/publicly")).status_code == 401


async def test_what_isnt_ready_is_named() -> None:
    health = Health()

    async def behind() -> str | None:
        return "12 events behind"

    health.add("follower x", behind)
    answer = await client(health).get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, {"follower x": "12 events behind"})


async def test_a_problem_names_field_and_remedy() -> None:
    answer = await client().post("/people", json={"nik": 1})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": "nik", "detail": "Already registered.", "remedy": "Look it up."}]
    assert answer.json()["instance"] == "/people"


async def test_validation_names_the_field_and_never_repeats_the_input() -> None:
    answer = await client().post("/people", json={"nik": "Nama Rahasia"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "nik"
    assert "Rahasia" not in answer.text


async def test_malformed_json() -> None:
    answer = await client().post("/people", content=b'{"nik": ', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
async def test_wrong_content_type(kind: str) -> None:
    answer = await client().post("/people", content=b'{"nik": 2}', headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["field"] == "Content-Type"


async def test_a_body_too_large_is_refused_by_its_declared_length() -> None:
    body = b'{"nik": 2' + b" " * BODY_MAX_BYTES + b"}"
    answer = await client().post("/people", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["field"] == "body"


async def test_a_body_too_large_is_refused_as_it_comes() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = await client().post("/people", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_an_unknown_address_is_a_problem_too() -> None:
    answer = await client().get("/nowhere")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/people", b"{}", "application/json", 422),
        ("/people", b'{"nik": "siapa"}', "application/json", 422),
        ("/people", b"{", "application/json", 400),
        ("/people", b"a=1", "text/plain", 415),
        ("/nowhere", b"{}", "application/json", 404),
        ("/people", b"{" + b" " * BODY_MAX_BYTES + b"}", "application/json", 413),
    ],
    ids=["missing", "no number", "no JSON", "no type", "no address", "too large"],
)
async def test_what_cannot_be_read_is_refused_in_the_readers_language(
    path: str, body: bytes, kind: str, status: int
) -> None:
    said = {}
    for language in ("id", "en"):
        headers = {"Content-Type": kind, "Accept-Language": language}
        answer = await client().post(path, content=body, headers=headers)
        assert answer.status_code == status
        said[language] = answer.json()
    assert said["id"]["title"] != said["en"]["title"]
    assert said["id"]["detail"] != said["en"]["detail"]
    fields = [[error["field"] for error in said[language].get("errors", [])] for language in said]
    assert fields[0] == fields[1]
    for indonesian, english in zip(said["id"].get("errors", []), said["en"].get("errors", []), strict=True):
        assert indonesian["detail"] != english["detail"]
        assert indonesian["remedy"] != english["remedy"]
    assert "siapa" not in str(said)


def test_every_kind_of_error_is_worded_from_the_schema_alone() -> None:
    about = {"gt": 0, "ge": 1, "lt": 5, "le": 4, "min_length": 1, "max_length": 9, "pattern": "^a$", "expected": "'a'"}
    assert all(in_indonesian(kind, about) != FALLBACK for kind in INDONESIAN)
    assert in_indonesian("greater_than_equal", {"ge": 2015}) == "Angka ini paling kecil 2015."
    assert in_indonesian("greater_than_equal", {}) == in_indonesian("url_parsing", {"error": "siapa"}) == FALLBACK
