"""The office a command runs for: its database and journal, its keys, its part of the country, its calendar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain import territory
from services.registry.domain.codes import Code
from services.registry.domain.dates import check_happened
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared import regions
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
    served: tuple[str, ...]
    today_in: Callable[[str], date] = clock.today
    _villages: set[str] = field(default_factory=set)

    def today(self, city: str) -> date:
        """The date in a kab/kota's own time zone."""
        return self.today_in(regions.time_zone(city))

    async def village(self, connection: AsyncConnection, name: str, code: str, on: date | None = None) -> str:
        """The kab/kota of a village the node serves. With ``on``, also refuses a day that is still to come there."""
        # Regions only change with a new release, which restarts the process; at most the node's villages are kept.
        exists = code in self._villages or await _is_village(connection, code)
        territory.check_village(name, code, exists=exists, served=self.served)
        self._villages.add(code)
        city = territory.city_of(code)
        if on is not None:
            check_happened("on", on, self.today(city))
        return city

    def city(self, name: str, code: str, on: date) -> str:
        """A kab/kota the node serves, on a day that has come there."""
        territory.check_city(name, code, self.served)
        check_happened("on", on, self.today(code))
        return code


async def _is_village(connection: AsyncConnection, code: str) -> bool:
    if territory.level_of(code) != "village":
        return False
    return await rows.find(connection, tables.regions, code) is not None


async def locked(connection: AsyncConnection, table: Table, key: str, code: Code, name: str | None) -> Row:
    """The row a command concerns, kept from others until its event is written; refused when it isn't there."""
    row = await rows.find(connection, table, key, lock=True)
    if row is None:
        raise Refusal(code, name)
    return row


async def known(connection: AsyncConnection, table: Table, key: str, code: Code, name: str | None) -> Row:
    """A row a command only reads."""
    row = await rows.find(connection, table, key)
    if row is None:
        raise Refusal(code, name)
    return row
