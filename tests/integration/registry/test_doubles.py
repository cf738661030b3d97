"""Two registrations of one person: refused by NIK, offered by name and birth date, merged and unmerged."""

from typing import Any

import pytest
from sqlalchemy import select

from services.registry.commands import doubles, participants, search
from services.registry.commands.participants import RegisterParticipant
from services.registry.domain.refusal import Refusal, RowsRefused
from services.registry.storage import rows, tables
from tests.integration.registry import bodies
from tests.integration.registry.conftest import PONDOK_JAYA, Api

PEOPLE, DOUBLES = "/v1/participants", "/v1/doubles"
WHO = {"age_band": None, "birth_date": "1990-03-12", "nik": None}


async def _pairs(api: Api) -> list[tuple[str, str, str]]:
    listed = (await api.client.get(DOUBLES)).json()["items"]
    return [(one["first_id"], one["second_id"], one["state"]) for one in listed]


async def _table(api: Api) -> list[Any]:
    async with api.registry.office.database.read() as connection:
        found = await connection.execute(select(tables.participants).order_by(tables.participants.c.id))
        return [rows.plain(row) for row in found.mappings()]


async def test_probable_doubles_are_offered_and_others_are_not(api: Api) -> None:
    first = await api.made(PEOPLE, bodies.participant(name="Muh. Achmad Soekarno", **WHO))
    second = await api.made(PEOPLE, bodies.participant(name="Muhammad Ahmad Sukarno", **WHO))
    await api.made(PEOPLE, bodies.participant(name="Dewi Lestari", **WHO))
    moved = await api.made(PEOPLE, bodies.participant(name="M. Ahmad Sukarno", village=PONDOK_JAYA, **WHO))
    elsewhere = WHO | {"birth_date": "1971-08-01"}
    await api.made(PEOPLE, bodies.participant(name="Ahmad Sukarno", village=PONDOK_JAYA, **elsewhere))
    ids = [first["id"], second["id"], moved["id"]]
    assert sorted(await _pairs(api)) == sorted(
        [(ids[0], ids[1], "open"), (ids[0], ids[2], "open"), (ids[1], ids[2], "open")]
    )


async def test_not_the_same_is_kept(api: Api) -> None:
    await api.made(PEOPLE, bodies.participant(name="Joko Susilo", **WHO))
    await api.made(PEOPLE, bodies.participant(name="Djoko Soesilo", **WHO))
    (double,) = (await api.client.get(DOUBLES, params={"state": "open"})).json()["items"]
    decided = await api.post(f"{DOUBLES}/{double['id']}/distinct", {"reason": "seen"})
    assert (decided.json()["state"], decided.json()["decided_by"], decided.json()["reason"]) == (
        "distinct", "node", "seen"
    )  # fmt: skip
    assert (await api.client.get(DOUBLES, params={"state": "open"})).json()["items"] == []


async def test_merging_goes_with_the_work_and_can_be_undone(api: Api) -> None:
    kept = await api.made(PEOPLE, bodies.participant(1))
    gone = await api.made(PEOPLE, bodies.participant(2, on="2024-02-01", village=PONDOK_JAYA))
    start = {"participant_id": gone["id"], "sector": "lele", "on": "2024-03-01"}
    own = await api.made("/v1/businesses", start)
    before = await _table(api)
    path = f"{PEOPLE}/{kept['id']}/merge"
    assert (await api.post(path, {"duplicate_id": kept["id"], "reason": "seen"})).status_code == 422
    merged = await api.post(path, {"duplicate_id": gone["id"], "reason": "documents"})
    assert (merged.status_code, merged.json()["id"]) == (200, kept["id"])
    assert (await api.post(path, {"duplicate_id": gone["id"], "reason": "seen"})).status_code == 409
    business = await api.made("/v1/businesses", start)
    assert business["participant_id"] == kept["id"]
    assert (await api.client.get(f"/v1/businesses/{own['id']}")).json()["participant_id"] == gone["id"]
    moved = await api.post(f"{PEOPLE}/{gone['id']}/move", {"village": bodies.RATU_JAYA, "on": "2024-05-01"})
    assert moved.json()["type"] == "urn:bersinar:problem:participant-merged"
    undone = await api.post(f"{PEOPLE}/{gone['id']}/unmerge", {"reason": "asked"})
    assert (undone.status_code, undone.json()["merged_into"]) == (200, None)
    assert (await api.post(f"{PEOPLE}/{gone['id']}/unmerge", {"reason": "asked"})).status_code == 409
    changing = {"version", "state", "state_on"}  # the second business made the kept registration active
    assert [{k: v for k, v in row.items() if k not in changing} for row in await _table(api)] == [
        {k: v for k, v in row.items() if k not in changing} for row in before
    ]
    told = [e for e in await api.events() if "participants." in e.type]
    assert [e.type.split(".")[-2] for e in told] == ["merged", "unmerged"]
    for event in told:
        data = event.data
        assert (data.merged_id, str(data.registered_on), data.village) == (gone["id"], "2024-02-01", PONDOK_JAYA)  # type: ignore[attr-defined]
    (double,) = (await api.client.get(DOUBLES)).json()["items"]
    assert (double["state"], double["kept_id"]) == ("distinct", None)


async def test_many_at_once_are_registered_or_none(api: Api) -> None:
    office = api.registry.office
    commands = [RegisterParticipant.model_validate(bodies.participant(number)) for number in range(60)]
    early = RegisterParticipant.model_validate(bodies.participant(7, on="1999-01-01"))
    wrong = [commands[0], early]

    def ready(command: RegisterParticipant) -> participants.Newcomer:
        return participants.prepare(office.keyring, command)

    with pytest.raises(Refusal, match="nik_shape"):
        ready(RegisterParticipant.model_validate(bodies.participant(7, nik="123")))
    taken = RegisterParticipant.model_validate(bodies.participant(99))
    await api.made(PEOPLE, bodies.participant(99))
    before = await api.counts()
    with pytest.raises(RowsRefused) as refused:
        async with office.journal.writing() as unit:
            await participants.register_many(unit, office, [ready(one) for one in (*wrong, commands[0], taken)])
    assert {place: one.code for place, one in refused.value.refusals.items()} == {
        1: "date_too_early", 2: "nik_twice", 3: "nik_taken"
    }  # fmt: skip
    assert await api.counts() == before
    async with office.journal.writing() as unit:
        await participants.register_many(unit, office, [ready(one) for one in commands])
    after = await api.counts()
    assert (after["participants"], after["journal"], after["unmatched"]) == (61, 61, 60)
    assert await doubles.match_imported(office, limit=50) == 50
    assert await doubles.match_imported(office) == 10
    assert await doubles.match_imported(office) == 0
    assert (await api.counts())["doubles"] == 0


async def test_people_are_found_by_what_is_known_of_them(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await api.made(PEOPLE, bodies.participant(1, name="Siti Fatimah", phone="+62 812-0000-1111"))
    second = await api.made(PEOPLE, bodies.participant(2, name="Siti Rahma", village=PONDOK_JAYA))

    async def found(**wanted: str) -> list[str]:
        answer = await api.post(f"{PEOPLE}/search", wanted)
        assert answer.status_code == 200, answer.text
        assert "Siti" not in answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await found(name="FATIMA Sitti") == [first["id"]]
    assert await found(name="siti") == [second["id"], first["id"]]
    assert await found(name="rahmah siti") == [second["id"]]
    assert await found(name="siti dewi") == []
    assert await found(phone="081200001111") == [first["id"]]
    assert await found(nik=bodies.participant(2)["nik"]) == [second["id"]]
    assert await found(name="siti", nik=bodies.participant(2)["nik"]) == [second["id"]]
    monkeypatch.setattr(search, "PORTION", 1)
    assert await found(name="siti") == [second["id"], first["id"]]
    nothing = await api.post(f"{PEOPLE}/search", {})
    assert (nothing.status_code, nothing.json()["type"]) == (422, "urn:bersinar:problem:search-empty")
    corrected = await api.client.patch(f"{PEOPLE}/{first['id']}", json={"name": "Dewi"}, headers={"If-Match": "*"})
    assert corrected.status_code == 200
    assert await found(name="fatimah") == []
    assert await found(name="dewi") == [first["id"]]
