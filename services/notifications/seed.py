"""The default subscriptions: the inboxes of the office, its head, its province and its partners in the city.

``python -m services.notifications.seed`` puts them in place; a second run changes nothing. For Depok these are the
offices its published case names; elsewhere the office of the kab/kota, its Kesbangpol and its province.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from services.notifications.commands import subscriptions as commands
from services.notifications.domain.subscriptions import Rule
from services.notifications.settings import NotificationsSettings
from services.notifications.storage import subscriptions as rows
from shared.regions import name_of
from shared.runtime import clock, migration
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring

MIGRATIONS = Path(__file__).parent / "migrations"
DEPOK = "32.76"
ALL_RULES: frozenset[Rule] = frozenset(
    (
        "band_changed",
        "below_target",
        "referral_due",
        "follow_up_due",
        "event_parked",
        "commitment_due",
        "commitment_overdue",
        "survey_short",
        "consent_late",
    )
)
HEAD_RULES: frozenset[Rule] = frozenset(("escalated_to_head", "consent_late"))
PROVINCE_RULES: frozenset[Rule] = frozenset(("escalated_to_province",))
INDEX_RULES: frozenset[Rule] = frozenset(("band_changed", "below_target", "survey_invited"))
WORK_RULES: frozenset[Rule] = frozenset(
    ("band_changed", "referral_due", "follow_up_due", "commitment_due", "commitment_overdue", "survey_invited")
)

EXAMPLE_ADDRESSES = {"BNNK Depok": "bnnk-depok@example.test", "DKUM Kota Depok": "dkum@example.test"}
"""Reserved names (RFC 2606) that reach nobody; used only when a mail server is set."""


def default_wishes(regions: Sequence[str], *, with_email: bool) -> list[commands.Wish]:
    """The subscriptions a node starts with."""
    wishes: list[commands.Wish] = []
    for region in regions:
        wishes.extend(_depok(with_email) if region == DEPOK else _office(region))
    return wishes


async def seed_subscriptions(
    database: Database, keyring: Keyring, regions: Sequence[str], now: datetime, *, with_email: bool
) -> int:
    """Adds what is missing of the default subscriptions, without touching what is there; how many were added."""
    added = 0
    for wish in default_wishes(regions, with_email=with_email):
        try:
            await commands.subscribe(database, keyring, wish, now)
        except commands.OrganisationSubscribedAlready:
            continue
        added += 1
    return added


async def seed_on_first_start(database: Database, keyring: Keyring, settings: NotificationsSettings) -> int:
    """Seeds a node that has no subscription at all; so one that was ended on purpose stays ended."""
    async with database.read() as connection:
        if not settings.seed_default_subscriptions or await rows.exist(connection):
            return 0
    with_email = settings.mail_server is not None
    return await seed_subscriptions(database, keyring, settings.region_codes, clock.now(), with_email=with_email)


def _depok(with_email: bool) -> list[commands.Wish]:
    return [
        _wish("BNNK Depok", DEPOK, ALL_RULES, with_email),
        _wish("DKUM Kota Depok", DEPOK, WORK_RULES, with_email),
        _wish("Kesbangpol Kota Depok", DEPOK, INDEX_RULES, with_email),
        _wish("Kepala BNNK Depok", DEPOK, HEAD_RULES, False),
        _wish("BNNP Jawa Barat", "32", INDEX_RULES | PROVINCE_RULES, with_email),
    ]


def _office(region: str) -> list[commands.Wish]:
    return [
        _wish(f"BNN {name_of(region)}", region, ALL_RULES, False),
        _wish(f"Kesbangpol {name_of(region)}", region, INDEX_RULES, False),
        _wish(f"Kepala BNN {name_of(region)}", region, HEAD_RULES, False),
        _wish(f"BNNP {name_of(region[:2])}", region[:2], INDEX_RULES | PROVINCE_RULES, False),
    ]


def _wish(organisation: str, region: str, rules: frozenset[Rule], with_email: bool) -> commands.Wish:
    email = EXAMPLE_ADDRESSES.get(organisation) if with_email else None
    return commands.Wish(
        organisation=organisation,
        language="id",
        region=region,
        rules=rules,
        channels=("inbox", "email") if email else ("inbox",),
        email=email,
    )


async def _seed_now(settings: NotificationsSettings) -> int:
    database = Database(settings.own_database_url)
    try:
        keyring = settings.keyring
        with_email = settings.mail_server is not None
        return await seed_subscriptions(database, keyring, settings.region_codes, clock.now(), with_email=with_email)
    finally:
        await database.dispose()


def main() -> None:
    """Brings the schema up to date and seeds the node the environment names."""
    settings = NotificationsSettings()
    migration.upgrade(settings.own_database_url, MIGRATIONS)
    print(f"{asyncio.run(_seed_now(settings))} subscriptions added")  # noqa: T201 - the answer of a command


if __name__ == "__main__":
    main()
