"""Erasing destroys the person's key: nothing brings the readable data back, and counts stay whole."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from services.registry.commands import erasure, personal_data
from services.registry.keys import store, upkeep
from services.registry.keys import tables as key_tables
from services.registry.keys.store import KeyStore
from services.registry.keys.vault import Vault
from services.registry.storage import rows, tables
from shared.runtime.keysource import KeyUnavailable, KmsKeys
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api
from tests.integration.registry.transactions import by_hand

PEOPLE = "/v1/participants"
ERASE = {"on": "2024-01-02", "reason": "request"}


async def _row(api: Api, participant_id: str) -> rows.Row:
    async with api.registry.office.database.read() as connection:
        row = await rows.find(connection, tables.participants, participant_id)
    assert row is not None
    return row


async def _wrapped(api: Api) -> dict[str, bytes]:
    async with api.registry.office.vault.store.database.read() as connection:
        return {row["person_id"]: row["wrapped"] for row in await store.page(connection, "", 100)}


def _key_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((folder / "keys").glob("people.db*")))


async def test_erasure_destroys_the_key_and_keeps_the_counts(api: Api, tmp_path: Path) -> None:
    office = api.registry.office
    person = await api.made(PEOPLE, bodies.participant(1, name="Kenari Rahasia", phone="081200001111"))
    other = await api.made(PEOPLE, bodies.participant(2))
    business = await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-01"})
    wrapped = (await _wrapped(api))[person["id"]]
    assert wrapped in _key_files(tmp_path)
    answer = await api.post(f"{PEOPLE}/{person['id']}/erasure", ERASE)
    assert (answer.status_code, answer.json()["state"]) == (200, "erased")
    row = await _row(api, person["id"])
    assert (row["sealed"], row["nik_index"], row["referred_by"]) == (None, None, None)
    assert set(await _wrapped(api)) == {other["id"]}
    assert wrapped not in _key_files(tmp_path)
    assert wrapped[13:45] not in _key_files(tmp_path)
    async with office.database.read() as connection:
        left = select(tables.terms).where(tables.terms.c.participant_id == person["id"])
        assert (await connection.execute(left)).first() is None
        (done,) = (await connection.execute(select(tables.erasures))).mappings()
    assert done["key_destroyed_at"] is not None
    assert (await api.client.get(f"/v1/businesses/{business['id']}")).json()["participant_id"] == person["id"]
    for path, body in (
        (f"{PEOPLE}/{person['id']}/erasure", ERASE),
        (f"{PEOPLE}/{person['id']}/reveal", {"purpose": "rights", "reason": "to see whether it works"}),
        ("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-01"}),
    ):
        refused = await api.post(path, body)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:bersinar:problem:participant-erased")
    again = await api.made(PEOPLE, bodies.participant(1, name="Kenari Rahasia"))
    assert again["id"] != person["id"], "the same person can be registered anew"
    assert [e.type.split(".")[-2] for e in await api.events() if e.subject == person["id"]][-1] == "erased"


async def test_a_crash_between_the_two_stores_is_finished_later(api: Api) -> None:
    office = api.registry.office
    person = await api.made(PEOPLE, bodies.participant(1))
    async with office.journal.writing() as unit:
        command = erasure.EraseParticipant.model_validate(ERASE)
        await erasure.erase(unit, office, person["id"], command, None)
    assert person["id"] in await _wrapped(api)
    assert await erasure.destroy_keys(office) == 1
    assert await _wrapped(api) == {}
    assert await erasure.destroy_keys(office) == 0


async def test_older_backups_bring_nobody_back(api: Api, tmp_path: Path) -> None:
    office, file = api.registry.office, tmp_path / "keys.backup"
    person = await api.made(PEOPLE, bodies.participant(1))
    other = await api.made(PEOPLE, bodies.participant(2))
    before = await _row(api, person["id"])
    assert await upkeep.backup(office.vault, file) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert (await api.post(f"{PEOPLE}/{person['id']}/erasure", ERASE)).status_code == 200
    # The store lost everything but its tombstones: the older backup gives back the other key only.
    async with office.vault.store.database.transaction() as connection:
        await connection.execute(delete(key_tables.person_keys))
    restored = await upkeep.restore(office.vault, file, [])
    assert (restored.added, restored.destroyed) == (1, 1)
    assert set(await _wrapped(api)) == {other["id"]}
    # Even a store that lost its tombstones as well: the registry's own list of erasures is applied.
    async with office.vault.store.database.transaction() as connection:
        for table in (key_tables.person_keys, key_tables.tombstones):
            await connection.execute(delete(table))
    async with office.database.read() as connection:
        erased = await erasure.erased_ids(connection)
    assert (await upkeep.restore(office.vault, file, erased)).added == 1
    # A database put back from before the erasure: the tombstone erases again, at the start.
    async with office.database.transaction() as connection:
        by_hand(connection)
        values = {"sealed": before["sealed"], "nik_index": before["nik_index"], "state": "registered"}
        theirs = tables.participants.c.id == person["id"]
        await connection.execute(update(tables.participants).where(theirs).values(values))
        await connection.execute(delete(tables.erasures))
    assert await erasure.reconcile(office) >= 1
    assert (await _row(api, person["id"]))["sealed"] is None
    assert (await _row(api, person["id"]))["state"] == "erased"
    assert await erasure.reconcile(office) == 0
    data = await personal_data.opened(office, [await _row(api, other["id"])])
    assert data[other["id"]].name == "Peserta Contoh 02"


async def test_a_key_store_put_back_by_hand_is_mended_at_the_start(api: Api) -> None:
    office = api.registry.office
    person = await api.made(PEOPLE, bodies.participant(1))
    async with office.vault.store.database.read() as connection:
        kept = await store.page(connection, "", 10)
    assert (await api.post(f"{PEOPLE}/{person['id']}/erasure", ERASE)).status_code == 200
    async with office.vault.store.database.transaction() as connection:
        await connection.execute(delete(key_tables.tombstones))
        await store.add(connection, kept)
    assert await erasure.reconcile(office) == 1
    assert await _wrapped(api) == {}


async def test_merged_registrations_are_erased_together(api: Api) -> None:
    kept = await api.made(PEOPLE, bodies.participant(1))
    gone = await api.made(PEOPLE, bodies.participant(2))
    await api.post(f"{PEOPLE}/{kept['id']}/merge", {"duplicate_id": gone["id"], "reason": "seen"})
    assert (await api.post(f"{PEOPLE}/{gone['id']}/erasure", ERASE)).status_code == 409
    assert (await api.post(f"{PEOPLE}/{kept['id']}/erasure", ERASE)).json()["id"] == kept["id"]
    assert await _wrapped(api) == {}
    assert {(await _row(api, one["id"]))["state"] for one in (kept, gone)} == {"erased"}
    assert (await api.post(f"{PEOPLE}/{gone['id']}/unmerge", {"reason": "seen"})).status_code == 409


async def test_rotation_rewraps_everything_and_goes_on_after_a_stop(api: Api, tmp_path: Path) -> None:
    office = api.registry.office
    people = [await api.made(PEOPLE, bodies.participant(number)) for number in range(3)]
    file = tmp_path / "keys.backup"
    await upkeep.backup(office.vault, file)
    (old,) = (await upkeep.held(office.vault)).wrapped_by
    key_file = tmp_path / "keys" / f"{old}.key"
    assert key_file.exists()
    # Stopped right after it began: a new key is current, nothing is rewrapped.
    other = api.registry.settings.vault
    try:
        await upkeep._begin_rotation(other)
        late = await api.made(PEOPLE, bodies.participant(9))  # this process still knew the old key as the current one
        assert await upkeep.rotate(other) == 3
    finally:
        await other.store.database.dispose()
    held = await upkeep.held(office.vault)
    assert (held.keys, set(held.wrapped_by)) == (4, {held.current})
    assert held.current != old
    assert not key_file.exists()
    stored = [await _row(api, one["id"]) for one in (*people, late)]
    assert len(await personal_data.opened(office, stored)) == 4
    with pytest.raises(KeyUnavailable, match=old):
        await upkeep.restore(api.registry.settings.vault, file, [])


async def test_a_backup_that_was_cut_off_changes_nothing(api: Api, tmp_path: Path) -> None:
    office, file = api.registry.office, tmp_path / "keys.backup"
    await api.made(PEOPLE, bodies.participant(1))
    await upkeep.backup(office.vault, file)
    for text in (file.read_text().rpartition('{"end"')[0], "nothing\n", '{"format": "other"}\n'):
        file.write_text(text)
        with pytest.raises(upkeep.BackupInvalid):
            await upkeep.restore(office.vault, file, [])
    assert len(await _wrapped(api)) == 1


async def test_keys_of_nobody_are_swept_after_a_month(api: Api) -> None:
    office = api.registry.office
    person = await api.made(PEOPLE, bodies.participant(1))
    await office.vault.make(["nobody"])
    (created,) = {row["created_at"] for row in await _page(api) if row["person_id"] == "nobody"}
    assert await upkeep.sweep(office.vault, [person["id"]], created) == 0
    assert await upkeep.sweep(office.vault, [person["id"]], created + upkeep.SWEEP_AFTER * 2) == 1
    assert set(await _wrapped(api)) == {person["id"]}


async def test_a_refused_registration_leaves_no_person_without_a_key(api: Api) -> None:
    refused = await api.post(PEOPLE, bodies.participant(1, village="32.76.07.9999"))
    assert refused.status_code == 422
    answers = await asyncio.gather(*(api.post(PEOPLE, bodies.participant(1)) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    (person,) = [one.json()["id"] for one in answers if one.status_code == 201]
    assert person in await _wrapped(api)


async def test_what_is_shown_is_written_down(api: Api) -> None:
    person = await api.made(
        PEOPLE, bodies.participant(1, name="Kenari <b>Rahasia</b>", phone="08120000", address="Jl. X")
    )
    await api.made("/v1/businesses", {"participant_id": person["id"], "sector": "lele", "on": "2023-04-01"})
    path = f"{PEOPLE}/{person['id']}"
    assert (await api.post(f"{path}/reveal", {"purpose": "rights", "reason": "short"})).status_code == 422
    shown = await api.post(f"{path}/reveal", {"purpose": "rights", "reason": "Calling about the training"})
    assert (shown.json()["name"], shown.headers["Cache-Control"]) == ("Kenari <b>Rahasia</b>", "no-store")
    copy = await api.post(f"{path}/export", {"reason": "The person asked for it"})
    document = copy.json()
    assert document["registrations"][0]["personal"]["address"] == "Jl. X"
    assert len(document["records"]["businesses"]) == 1
    assert len(document["records"]["follow_ups"]) == 4
    assert [look["action"] for look in document["looked_at"]] == ["participant.revealed", "participant.exported"]
    printed = await api.post(f"{path}/export", {"reason": "The person asked for it", "format": "html"})
    assert "Kenari &lt;b&gt;Rahasia" in printed.text
    assert printed.headers["content-type"].startswith("text/html")
    assert (await api.counts())["answers"] == 0


async def _page(api: Api) -> list[store.Wrapped]:
    async with api.registry.office.vault.store.database.read() as connection:
        return await store.page(connection, "", 100)


@pytest.mark.parametrize("place", ["given", "kms"])
async def test_wrapping_keys_come_from_elsewhere(place: str, tmp_path: Path) -> None:
    from shared.runtime.keysource import KmsKeys

    script = tmp_path / "kms.sh"
    # A real process that turns the letters round: what matters is the hook, not the strength of this service.
    script.write_text("#!/bin/sh\ntr 'A-Za-z' 'N-ZA-Mn-za-m'\n")
    script.chmod(0o700)
    keys = KmsKeys(tmp_path / "keys", str(script))
    given = [b"a" * 32] if place == "given" else []
    vault = Vault(KeyStore(f"sqlite+aiosqlite:///{tmp_path / 'people.db'}"), keys, given)
    again = Vault(vault.store, keys, given)
    try:
        made = await vault.make(["one", "two"])
        assert await again.open(["one", "two", "three"]) == made
        if place == "given":
            with pytest.raises(KeyUnavailable, match="no new key"):
                await upkeep.rotate(vault)
            newer = Vault(vault.store, keys, [b"b" * 32, b"a" * 32])
            assert await upkeep.rotate(newer) == 2
            again = Vault(vault.store, keys, [b"b" * 32])
        else:
            assert await upkeep.rotate(vault) == 2
            assert len(list((tmp_path / "keys").glob("*.wrapped"))) == 1
            again = Vault(vault.store, keys)
        assert await again.open(["one", "two"]) == made
    finally:
        await vault.store.database.dispose()


def test_a_kms_that_fails_is_named_without_its_output(tmp_path: Path) -> None:
    keys = KmsKeys(tmp_path, "sh -c 'echo secret >&2; exit 3'")
    with pytest.raises(KeyUnavailable, match="ended with 3") as refused:
        keys.keep("people-1", b"k" * 32)
    assert "secret" not in str(refused.value)
    with pytest.raises(KeyUnavailable, match="can't be run"):
        KmsKeys(tmp_path, "no-such-program").keep("people-1", b"k" * 32)
