"""Published indices, each as printed, and the references chosen among them with their reasons."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.registry.commands import published
from services.registry.commands.office import Office
from services.registry.commands.published import ChooseReference, PublishIndex
from services.registry.seeding.once import Report, SeedProgress, file_version, load_once
from shared.journal import Unit

DATA = Path(__file__).parents[1] / "data"
INDICES, CHOICES = DATA / "published_indices.csv", DATA / "reference_choices.csv"
LABEL = "Indeks yang dipublikasikan"
SOURCE = "publikasi BNN dan pers; sumber pada setiap baris"
VARIABLES = ("keluarga", "masyarakat", "kewilayahan", "kelembagaan", "hukum")


async def seed_published(office: Office, report: Report) -> bool:
    """Publishes every row and chooses the references, through the same commands as the API."""
    indices = [command for row in _read(INDICES) if (command := _publication(row)) is not None]
    choices = [(row["published_id"], ChooseReference(reason=row["reason_id"])) for row in _read(CHOICES)]
    total = len(indices) + len(choices)

    async def load(unit: Unit) -> int:
        for done, index in enumerate(indices, start=1):
            await published.publish(unit, office, index)
            report(SeedProgress(LABEL, done, total, SOURCE))
        for done, (published_id, choice) in enumerate(choices, start=len(indices) + 1):
            await published.choose_reference(unit, office, published_id, choice)
            report(SeedProgress(LABEL, done, total, SOURCE))
        return total

    return await load_once(office, "published", file_version(INDICES, CHOICES), load)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _publication(row: dict[str, str]) -> PublishIndex | None:
    """``None`` for a report that prints neither a figure nor a category: there is nothing to keep."""
    variables: dict[Any, Decimal] = {name: Decimal(row[name]) for name in VARIABLES if row[name]}
    if not (row["index"] or row["category"] or variables):
        return None
    return PublishIndex.model_validate(
        {
            "id": row["published_id"],
            "area": row["region"],
            "year": int(row["year"]),
            "edition": row["edition"],
            "index": row["index"] or None,
            "category": row["category"] or None,
            "variables": variables,
            "source": row["source"],
        }
    )
