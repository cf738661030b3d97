"""A person's key: kept under the wrapping key of this moment, and durable before the person is."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.registry.commands import participants
from services.registry.commands.participants import RegisterParticipant
from services.registry.keys import upkeep
from services.registry.keys.store import KeyStore
from services.registry.keys.vault import Vault
from shared.runtime.keysource import FileKeys, KeyUnavailable
from tests.integration.registry import bodies
from tests.integration.registry.conftest import Api


async def test_a_new_key_goes_under_the_wrapping_key_there_is_now(database_url: str, tmp_path: Path) -> None:
    first, second = (Vault(KeyStore(database_url), FileKeys(tmp_path)) for _ in range(2))
    try:
        made = await first.make(["one"])
        await upkeep.rotate(second)
        made |= await first.make(["two"])  # it still takes the old one for the current one
        held = await upkeep.held(second)
        assert held.wrapped_by == {held.current: 2}
        await first.keep({"two": b"k" * 32})
        assert await second.open(["one", "two"]) == made
    finally:
        await first.store.database.dispose()
        await second.store.database.dispose()


async def test_nobody_is_written_whose_key_could_not_be_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    office = api.registry.office
    before = await api.counts()

    async def keep(keys: Mapping[str, bytes]) -> None:
        raise KeyUnavailable("away")

    monkeypatch.setattr(office.vault, "keep", keep)
    with pytest.raises(KeyUnavailable):
        async with office.journal.writing() as unit:
            await participants.register(unit, office, RegisterParticipant.model_validate(bodies.participant(1)))
    assert await api.counts() == before
