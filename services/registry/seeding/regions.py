"""The region tree: 38 provinces, 514 kab/kota, 7,285 kecamatan, 83,762 villages."""

from services.registry.commands.office import Office
from services.registry.seeding.once import Report, SeedProgress, file_version, load_newest
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

    async def load(unit: Unit) -> int:
        every = list(regions.load())
        await unit.connection.execute(tables.regions.delete())
        done = 0
        for start in range(0, len(every), CHUNK_ROWS):
            chunk = every[start : start + CHUNK_ROWS]
            await rows.add(unit.connection, tables.regions, *map(_row, chunk))
            done += len(chunk)
            report(SeedProgress(LABEL, done, len(every), SOURCE))
        return done

    return await load_newest(office, NAME, file_version(REGION_FILE), load)


def _row(region: Region) -> dict[str, str | None]:
    return {
        "code": region.code,
        "name": region.name,
        "search_name": region.name.lower(),
        "level": region.level,
        "parent": region.parent,
    }
