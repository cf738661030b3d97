"""The region tree: 38 provinces, 514 kab/kota, 7,285 kecamatan, 83,762 villages."""

from services.registry.commands.office import Office
from services.registry.seeding.once import Report, SeedProgress, file_version, load_once, loaded_version
from services.registry.storage import rows, tables
from shared import regions
from shared.journal import Unit
from shared.regions import Region
from shared.regions.tree import REGION_FILE

LABEL = "Wilayah"
SOURCE = "idn-area-data 4.0.1, Kepmendagri 300.2.2-2138/2025 (ODbL 1.0)"
CHUNK_ROWS = 2_000
NAME = "regions"


async def seed_regions(office: Office, report: Report) -> bool:
    """Loads the tree, or replaces it where the data file is another vintage; whether it did."""
    version = file_version(REGION_FILE)
    known = await loaded_version(office, NAME)
    if known == version:
        return False
    every = list(regions.load())

    async def load(unit: Unit) -> int:
        await unit.connection.execute(tables.regions.delete())
        done = 0
        for start in range(0, len(every), CHUNK_ROWS):
            chunk = every[start : start + CHUNK_ROWS]
            await rows.add(unit.connection, tables.regions, *map(_row, chunk))
            done += len(chunk)
            report(SeedProgress(LABEL, done, len(every), SOURCE))
        return done

    if known is not None:
        await _forget(office)
    return await load_once(office, NAME, version, load)


async def _forget(office: Office) -> None:
    async with office.database.transaction() as connection:
        await connection.execute(tables.seeds.delete().where(tables.seeds.c.name == NAME))


def _row(region: Region) -> dict[str, str | None]:
    return {
        "code": region.code,
        "name": region.name,
        "search_name": region.name.lower(),
        "level": region.level,
        "parent": region.parent,
    }
