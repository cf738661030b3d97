"""People's keys as the registry uses them: made before a person is written, opened to read, destroyed to erase."""

import asyncio
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag

from services.registry.keys import store
from services.registry.keys.stones import StoneFile
from services.registry.keys.store import KeyStore, Wrapped
from shared.runtime import clock
from shared.runtime.encryption import new_key, sealer, unseal
from shared.runtime.keysource import KEY_BYTES, GivenKeys, KeySource, KeyUnavailable

log = structlog.get_logger()

NAME_PREFIX = "people-"


class Vault:
    """The key store with the keys that wrap what lies in it.

    ``given`` are wrapping keys from the environment, the newest first; without them the vault makes its own and keeps
    them where the node keeps its keys. ``stones`` keeps in mind who was erased, apart from both databases.
    """

    def __init__(
        self, key_store: KeyStore, place: KeySource, given: Sequence[bytes] = (), stones: StoneFile | None = None
    ) -> None:
        self.store, self.stones = key_store, stones
        self.given = {name_of(key): key for key in given}
        self._place = GivenKeys(self.given, "BERSINAR_PEOPLE_KEYS") if given else place
        self._known: dict[str, bytes] = {}
        self._current: str | None = None

    async def make(self, person_ids: Sequence[str]) -> dict[str, bytes]:
        """New keys, kept."""
        keys = {person_id: new_key() for person_id in person_ids}
        await self.keep(keys)
        return keys

    async def keep(self, keys: Mapping[str, bytes]) -> None:
        """Makes new people's keys durable. A person is written after their key, so that none is without one.

        A key whose person was never written is harmless; :meth:`sweep` takes it away. One that is kept stays as it is.
        """
        await self.store.ready()
        while True:
            name = self._current or await self._begin()
            rows = self._wrapped(keys, name, await self.wrapping(name))
            if len(rows) == 1 and await store.add_one(self.store.database, rows[0]):
                return
            async with self.store.database.transaction() as connection:
                # A rotation may have begun since: what it doesn't see it can't rewrap.
                if await store.wrapping_key(connection, "current", lock=True) == name:
                    await store.add(connection, rows)
                    return
            self._current = None

    async def open(self, person_ids: Collection[str]) -> dict[str, bytes]:
        """The keys of people; those whose key was destroyed are left out."""
        await self.store.ready()
        async with self.store.database.read() as connection:
            rows = await store.wrapped_keys(connection, person_ids)
        return {row["person_id"]: await self.unwrap(row) for row in rows}

    async def destroy(self, person_ids: Collection[str]) -> None:
        """Makes what these people's keys sealed unreadable for ever; a tombstone stays for each."""
        if not person_ids:
            return
        await self.store.ready()
        await self.note(person_ids)
        async with self.store.database.transaction() as connection:
            await store.bury(connection, person_ids, clock.now())
        await self.store.database.scrub("person_keys")

    async def note(self, person_ids: Collection[str]) -> None:
        """Writes down in the third place who was erased. An erasure doesn't wait for it: the next start makes up."""
        if self.stones is not None:
            try:
                await asyncio.to_thread(self.stones.add, person_ids, clock.now())
            except OSError as error:
                log.error("the file of erased people can't be written", path=str(self.stones.path), kind=error.errno)

    async def noted(self) -> set[str]:
        """Everybody the third place knows to be erased."""
        return set() if self.stones is None else await asyncio.to_thread(self.stones.ids)

    async def unwrap(self, row: Wrapped) -> bytes:
        """The key in a row of the store."""
        wrapping = await self.wrapping(row["wrapped_by"])
        try:
            return unseal(wrapping, row["wrapped"], _context(row["person_id"], row["wrapped_by"]))
        except InvalidTag:
            raise KeyUnavailable(
                f"the key {row['wrapped_by']} doesn't open the key store: is it the right one?"
            ) from None

    async def wrapping(self, name: str) -> bytes:
        """A wrapping key by its name."""
        if name not in self._known:
            key = await asyncio.to_thread(self._place.load, name)
            if key is None:
                raise KeyUnavailable(f"the key {name} is missing: without it nobody whose key it wraps can be read")
            self._known[name] = key
        return self._known[name]

    async def rewrapped(self, rows: Sequence[Wrapped], name: str) -> list[dict[str, Any]]:
        """The same keys wrapped by another wrapping key."""
        keys = {row["person_id"]: await self.unwrap(row) for row in rows}
        return self._wrapped(keys, name, await self.wrapping(name))

    async def new_wrapping_key(self) -> str:
        """The name of a wrapping key no key is wrapped by yet: a fresh one, or the newest that was given."""
        if self.given:
            return next(iter(self.given))
        key = secrets.token_bytes(KEY_BYTES)
        self._known[name_of(key)] = await asyncio.to_thread(self._place.keep, name_of(key), key)
        return name_of(key)

    async def forget(self, name: str) -> None:
        """Destroys a wrapping key nothing is wrapped by any more."""
        self._known.pop(name, None)
        await asyncio.to_thread(self._place.forget, name)

    async def current(self) -> str:
        """The name of the current wrapping key."""
        await self.store.ready()
        return await self._begin()

    async def _begin(self) -> str:
        """The current wrapping key; the first use of a store makes one."""
        async with self.store.database.transaction() as connection:
            await self.store.alone(connection)
            name = await store.wrapping_key(connection, "current")
            if name is None:
                name = await self.new_wrapping_key()
                await store.add_wrapping_key(connection, name)
        self._current = name
        return name

    def _wrapped(self, keys: Mapping[str, bytes], name: str, wrapping: bytes) -> list[dict[str, Any]]:
        now, seal = clock.now(), sealer(wrapping)
        return [
            {
                "person_id": person_id,
                "wrapped_by": name,
                "wrapped": seal(key, _context(person_id, name)),
                "created_at": now,
            }
            for person_id, key in keys.items()
        ]


def name_of(key: bytes) -> str:
    """A wrapping key's name: made of the key, and no help in finding it."""
    return NAME_PREFIX + hashlib.sha256(b"bersinar/wrapping-key/" + key).hexdigest()[:16]


def _context(person_id: str, name: str) -> bytes:
    return f"{person_id}\0{name}".encode()
