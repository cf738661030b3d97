"""How fast a registry takes participants in from a file, and with how much memory."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil

Figures = dict[str, float | int | str]
ROWS = int(os.environ.get("BERSINAR_BENCH_IMPORT_ROWS", "100000"))
SAMPLE_SECONDS = 0.2
VILLAGE = {
    "code": "32.76.07.1003",
    "name": "Ratu Jaya",
    "search_name": "ratu jaya",
    "level": "village",
    "parent": "32.76.07",
}


def measure(folder: Path) -> Figures:
    """A process of its own, so that its memory is the import's alone."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.importing", str(folder)], stdout=subprocess.PIPE, text=True
    )
    watched, most, summed = psutil.Process(child.pid), 0, 0
    while child.poll() is None:
        try:
            # The reader of a large file is a process of its own. Pages they share are counted once, as at rest.
            family = [one.memory_full_info() for one in (watched, *watched.children(recursive=True))]
            most = max(most, sum(one.pss for one in family))
            summed = max(summed, sum(one.rss for one in family))
        except psutil.NoSuchProcess:
            break
        time.sleep(SAMPLE_SECONDS)
    output, _ = child.communicate()
    figures: Figures = json.loads(output.splitlines()[-1])
    return figures | {"import_rss_mb": round(most / 1e6), "import_rss_sum_mb": round(summed / 1e6)}


def write_file(path: Path, rows: int) -> None:
    """A CSV of synthetic people."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Nama;NIK;Jenis kelamin;Tanggal lahir;Kelompok sasaran;Kelurahan;Tanggal daftar;Data contoh\n")
        for number in range(rows):
            file.write(
                f"Peserta Contoh {number};9999{number:012};{'P' if number % 2 else 'L'};{1 + number % 28}/3/1990;"
                "Warga rentan;32.76.07.1003;06/03/2023;Ya\n"
            )


async def run(folder: Path) -> Figures:
    """Takes the file in and writes all of it."""
    from services.registry.app import MIGRATIONS, build
    from services.registry.commands.imports import jobs
    from services.registry.commands.imports.kinds import KINDS
    from services.registry.settings import RegistrySettings
    from services.registry.storage import rows, tables
    from shared.runtime import migration
    from shared.runtime.web import settle_memory

    settings = RegistrySettings(data_dir=folder, database_url=os.environ.get("BERSINAR_BENCH_DATABASE_URL"))
    await asyncio.to_thread(migration.upgrade, settings.own_database_url, MIGRATIONS)
    registry = build(settings)
    office, path = registry.office, folder / "people.csv"
    write_file(path, ROWS)
    async with office.database.transaction() as connection:
        await rows.add(connection, tables.regions, VILLAGE)

    async def content():
        with path.open("rb") as file:
            while data := file.read(65_536):
                yield data

    settle_memory()  # as every service does before it serves
    begun, before = time.perf_counter(), time.process_time()
    upload = jobs.Upload(office.folder, settings.import_max_bytes)
    await upload.take(content())
    row = jobs.take_in(office, upload, KINDS["participants"])
    async with office.journal.writing() as unit:
        await jobs.create(unit, office, row)
        await jobs.start(unit, office, row["id"], False, None)
    await registry.app.state.imports.step()
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used) - before
    async with office.database.read() as connection:
        done = await rows.find(connection, tables.imports, row["id"])
    assert done is not None
    assert done["rows_written"] == ROWS, dict(done)
    await office.database.dispose()
    return {
        "import_rows_per_s": round(ROWS / seconds),
        "import_cpu_us_per_row": round(cpu / ROWS * 1e6),
        "import_rows": ROWS,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
