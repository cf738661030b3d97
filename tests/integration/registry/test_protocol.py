"""What every address keeps to: repeated requests, versions, pages, and silence about names."""

import asyncio
from pathlib import Path

from services.registry.commands import personal_data
from services.registry.commands.personal_data import NIK_PURPOSE
from services.registry.storage import rows, tables
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api

PEOPLE = "/v1/participants"


def _bytes_of(folder: Path) -> bytes:
    """All of an SQLite database: the file, and the log of what isn't in it yet."""
    return b"".join(path.read_bytes() for path in folder.glob("database-*"))


async def test_a_repeated_request_gets_the_same_answer(api: Api) -> None:
    first = await api.post(PEOPLE, bodies.participant(), idempotency_key="entry-1")
    counts = await api.counts()
    again = await api.post(PEOPLE, bodies.participant(), idempotency_key="entry-1")
    for name in ("etag", "location", "bersinar-event-id", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert await api.counts() == counts
    other = await api.post(PEOPLE, bodies.participant(2), idempotency_key="entry-1")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    elsewhere = await api.post("/v1/programmes", bodies.programme(), idempotency_key="entry-1")
    assert elsewhere.status_code == 422
    unreadable = await api.post(PEOPLE, bodies.participant(), idempotency_key="two words")
    assert unreadable.status_code == 400
    assert await api.counts() == counts


async def test_a_request_sent_many_times_at_once_is_carried_out_once(api: Api) -> None:
    answers = await asyncio.gather(
        *(api.post(PEOPLE, bodies.participant(), idempotency_key="entry-2") for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    counts = await api.counts()
    assert (counts["participants"], counts["journal"], counts["answers"]) == (1, 1, 1)


async def test_a_refused_request_may_be_mended_under_its_key(api: Api) -> None:
    refused = await api.post(PEOPLE, bodies.participant(nik="1"), idempotency_key="entry-3")
    mended = await api.post(PEOPLE, bodies.participant(), idempotency_key="entry-3")
    assert (refused.status_code, mended.status_code) == (422, 201)


async def test_a_correction_needs_the_version_that_was_read(api: Api) -> None:
    made = await api.post(PEOPLE, bodies.participant())
    await api.post(PEOPLE, bodies.participant(2))
    path = made.headers["Location"]
    shown = await api.client.get(path)
    assert shown.headers["ETag"] == made.headers["ETag"] == '"1"'
    assert (await api.client.get(path, headers={"If-None-Match": '"1"'})).status_code == 304
    correction = {"name": "Peserta Contoh 01 B"}
    assert (await api.client.patch(path, json=correction)).status_code == 428
    corrected = await api.client.patch(path, json=correction, headers={"If-Match": '"1"'})
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"')
    assert corrected.headers["Bersinar-Event-Id"] == (await api.events())[-1].id
    stale = await api.client.patch(path, json=correction, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    taken = await api.client.patch(path, json={"nik": bodies.participant(2)["nik"]}, headers={"If-Match": '"2"'})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "nik")
    assert (await api.client.patch(path, json={}, headers={"If-Match": "*"})).status_code == 422


async def test_pages_show_every_row_once(api: Api) -> None:
    made = [(await api.made(PEOPLE, bodies.participant(number)))["id"] for number in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await api.client.get(PEOPLE, params=query)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made
    for broken in ("x", "bm90IGEgbGlzdA", "WzEsMl0"):
        answer = await api.client.get(PEOPLE, params={"cursor": broken})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


async def test_follow_ups_are_paged_by_due_date(api: Api) -> None:
    person = await api.made(PEOPLE, bodies.participant())
    for day in ("2023-04-03", "2023-05-03"):
        await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": day})
    first = (await api.client.get("/v1/follow-ups", params={"limit": "5", "due_by": "2023-12-31"})).json()
    rest = (await api.client.get("/v1/follow-ups", params={"limit": "5", "cursor": first["next_cursor"]})).json()
    due = [visit["due_on"] for visit in first["items"] + rest["items"]]
    assert due == sorted(due)
    assert len(due) == 8


async def test_regions_are_found_by_level_parent_and_name(api: Api) -> None:
    found = (await api.client.get("/v1/regions", params={"q": "ratu j", "level": "village"})).json()["items"]
    assert [(one["code"], one["name"]) for one in found] == [("32.76.07.1003", "Ratu Jaya")]
    below = (await api.client.get("/v1/regions", params={"parent": "32.76", "limit": "200"})).json()["items"]
    assert {one["level"] for one in below} == {"district"}
    assert (await api.client.get("/v1/regions/32.76")).json()["name"] == "Kota Depok"
    assert (await api.client.get("/v1/regions/99")).status_code == 404
    assert (await api.client.get("/v1/regions", params={"q": "100%"})).json()["items"] == []


async def test_names_and_nik_are_readable_nowhere(api: Api, tmp_path: Path, database_kind: str) -> None:
    name, nik = "Kenari Rahasia", "9999888877776666"
    body = bodies.participant(name=name, nik=nik, age_band=None, birth_date="1991-02-03")
    made = await api.post(PEOPLE, body, idempotency_key="entry-4")
    shown = await api.client.get(made.headers["Location"])
    listed = await api.client.get(PEOPLE)
    events = "".join(event.model_dump_json(serialize_as_any=True) for event in await api.events())
    for text in (made.text, shown.text, listed.text, events):
        assert name not in text
        assert nik not in text
        assert "1991-02-03" not in text
    assert made.json()["age_band"] == "25_34"
    office = api.registry.office
    async with office.database.read() as connection:
        row = await rows.find(connection, tables.participants, made.json()["id"])
    assert row is not None
    data = (await personal_data.opened(office, [row]))[row["id"]]
    assert (data.name, data.nik, data.birth_date) == (name, nik, "1991-02-03")
    assert name not in repr(data)
    assert row["nik_index"] == office.keyring.blind_index(nik, NIK_PURPOSE)
    if database_kind == "sqlite":
        stored = _bytes_of(tmp_path)
        assert b"32.76.07.1003" in stored
        assert name.encode() not in stored
        assert nik.encode() not in stored


async def test_the_document_describes_every_address(api: Api) -> None:
    document = api.registry.app.openapi()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path}"
            if path.startswith("/v1") and "requestBody" in operation:
                bodies_taken = operation["requestBody"]["content"]
                # A file has its example beside it; whatever is JSON is a model of ours with an example of its own.
                assert "application/json" in bodies_taken or any("example" in c for c in bodies_taken.values()), path
                if "application/json" in bodies_taken:
                    reference = bodies_taken["application/json"]["schema"]["$ref"].rpartition("/")[2]
                    assert document["components"]["schemas"][reference]["examples"], path
                assert "422" in operation["responses"]
