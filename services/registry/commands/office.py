"""The office a command runs for: its database and journal, its keys, its part of the country, its calendar."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.questionnaire import Questionnaires
from services.registry.data.practice import Practice, packaged
from services.registry.data.vocabulary_file import built_in
from services.registry.domain import territory
from services.registry.domain.codes import Code
from services.registry.domain.dates import check_happened
from services.registry.domain.refusal import Refusal
from services.registry.domain.vocabulary import Vocabulary
from services.registry.keys.vault import Vault
from services.registry.storage import rows, scope, tables
from services.registry.storage.rows import Row
from shared import access, regions
from shared.access import EVERYWHERE, NODE, Actor
from shared.journal import Journal
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring


@dataclass(frozen=True)
class Office:
    """What commands and queries are given. ``served`` holds the codes of the node's kab/kota."""

    database: Database
    journal: Journal
    keyring: Keyring
    vault: Vault
    served: tuple[str, ...]
    questionnaires: Questionnaires
    public_url: str
    """Where survey links lead."""
    today_in: Callable[[str], date] = clock.today
    actor: Actor = NODE
    """Who acts: the node itself, or the account a request comes from."""
    practice: Practice = field(default_factory=packaged)
    vocabulary: Vocabulary = field(default_factory=built_in)
    folder: Path = Path("var")
    """Where files wait that come in or go out."""
    _villages: set[str] = field(default_factory=set)

    @property
    def own_region(self) -> str:
        """Where something happened that concerns the whole office: its kab/kota, or what holds all of them."""
        provinces = {territory.province_of(city) for city in self.served}
        return self.served[0] if len(self.served) == 1 else provinces.pop() if len(provinces) == 1 else EVERYWHERE

    def for_actor(self, actor: Actor) -> "Office":
        """The same office with somebody else acting."""
        return replace(self, actor=actor)

    def today(self, city: str) -> date:
        """The date in a kab/kota's own time zone."""
        return self.today_in(regions.time_zone(city))

    async def village(self, connection: AsyncConnection, name: str, code: str, on: date | None = None) -> str:
        """The kab/kota of a village the node serves. With ``on``, also refuses a day that is still to come there."""
        # Regions only change with a new release, which restarts the process; at most the node's villages are kept.
        exists = code in self._villages or await _is_village(connection, code)
        territory.check_village(name, code, exists=exists, served=self.served)
        self._villages.add(code)
        self.within(name, code)
        city = territory.city_of(code)
        if on is not None:
            check_happened("on", on, self.today(city))
        return city

    def city(self, name: str, code: str, on: date | None = None) -> str:
        """A kab/kota the node serves and the actor's grants cover; with ``on``, on a day that has come there."""
        territory.check_city(name, code, self.served)
        self.within(name, code)
        if on is not None:
            check_happened("on", on, self.today(code))
        return code

    def within(self, name: str, code: str) -> None:
        """Refuses a region the actor's grants don't cover."""
        if not self.actor.covers(code):
            raise Refusal("outside_scope", name)


async def _is_village(connection: AsyncConnection, code: str) -> bool:
    if territory.level_of(code) != "village":
        return False
    return await rows.find(connection, tables.regions, code) is not None


async def locked(connection: AsyncConnection, table: Table, key: str, code: Code, name: str | None) -> Row:
    """The row a command concerns, kept from others until its event is written.

    Refused when it isn't there, and when it lies outside what the actor of the request may touch.
    """
    return _reached(table, await rows.find(connection, table, key, lock=True), code, name)


async def known(
    connection: AsyncConnection, table: Table, key: str | tuple[str | int, ...], code: Code, name: str | None
) -> Row:
    """A row a command only reads; refused like one it concerns."""
    keys = (key,) if isinstance(key, str) else key
    return _reached(table, await rows.find(connection, table, *keys), code, name)


def _reached(table: Table, row: Row | None, code: Code, name: str | None) -> Row:
    if row is None:
        raise Refusal(code, name)
    if not scope.reaches(access.current(), table, row):
        raise Refusal("outside_scope", name)
    return row
