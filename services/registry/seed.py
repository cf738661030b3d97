"""What a registry loads on its first start: ``python -m services.registry.seed --case depok``.

``bersinar up`` awaits :func:`seed` before the registry serves. It may run at every start: a set that is there is left
alone, and one that was interrupted is loaded anew.
"""

import argparse
import asyncio

import structlog

from services.registry.app import MIGRATIONS, open_office
from services.registry.commands.office import Office
from services.registry.seeding.case import CaseElsewhere, seed_case
from services.registry.seeding.once import Report, SeedProgress
from services.registry.seeding.published import seed_published
from services.registry.seeding.published_counts import seed_area_status_counts, seed_national_counts
from services.registry.seeding.regions import seed_regions
from services.registry.settings import RegistrySettings
from shared.runtime import logging, migration

__all__ = [
    "Report",
    "SeedProgress",
    "seed",
    "seed_area_status_counts",
    "seed_case",
    "seed_national_counts",
    "seed_published",
    "seed_regions",
]

log = structlog.get_logger()


async def seed(settings: RegistrySettings, report: Report) -> None:
    """Brings the schema up to date and loads regions, published indices and totals, and the case of the settings.

    ``report`` is called often, from the event loop. A case of a kab/kota the node doesn't serve is not for this node
    and is left out.
    """
    await asyncio.to_thread(migration.upgrade, settings.own_database_url, MIGRATIONS)
    office = open_office(settings)
    try:
        await seed_regions(office, report)
        await seed_published(office, report)
        await seed_national_counts(office, report)
        await seed_area_status_counts(office, report)
        if settings.case:
            await _seed_own_case(office, settings.case, report)
    finally:
        await office.database.dispose()


async def _seed_own_case(office: Office, name: str, report: Report) -> None:
    try:
        await seed_case(office, name, report)
    except CaseElsewhere as elsewhere:
        log.info("case left out", case=name, region=elsewhere.region)


def main() -> None:
    """Loads what is missing, without a word; the settings come from the environment, the case also from ``--case``."""
    parser = argparse.ArgumentParser(prog="python -m services.registry.seed", description=main.__doc__)
    parser.add_argument("--case", help="name of the case to load; empty for none")
    given = parser.parse_args()
    settings = RegistrySettings() if given.case is None else RegistrySettings(case=given.case)
    logging.configure(settings.service, settings.log_level)
    asyncio.run(seed(settings, lambda _progress: None))


if __name__ == "__main__":
    main()
