"""Loads what a node starts with: ``python -m deploy.seeding`` in the environment of the registry.

A process of its own, so that the supervisor stays small. It says how far it is in JSON lines on standard output:
``{"label": …, "done": …, "total": …, "source": …}``.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

from deploy.processes import ROOT

SEED_SOURCES = ("services/registry/data", "services/registry/seeding", "services/registry/seed.py", "shared/regions")


def fingerprint() -> str:
    """A hash of everything the seeds are made from: when it is as it was at the last start, nothing is loaded."""
    digest = hashlib.sha256()
    for source in SEED_SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_seeded(data_dir: Path) -> bool:
    """Whether this data folder holds the seeds as they are now."""
    marker = data_dir / "seeded"
    return marker.exists() and marker.read_text() == fingerprint()


def mark_seeded(data_dir: Path) -> None:
    """Remember that the seeds are loaded."""
    (data_dir / "seeded").write_text(fingerprint())


def main() -> None:
    """Seed the registry the environment describes."""
    from services.registry.seed import SeedProgress, seed
    from services.registry.settings import RegistrySettings
    from shared.runtime import logging

    def report(progress: SeedProgress) -> None:
        line = {
            "label": progress.label,
            "done": progress.done,
            "total": progress.total,
            "source": progress.source,
        }
        print(json.dumps(line), flush=True)

    settings = RegistrySettings()
    logging.configure(settings.service, settings.log_level)
    asyncio.run(seed(settings, report))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
