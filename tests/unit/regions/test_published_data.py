"""The published figures the registry ships: known regions, stable ids, sources, and conflicts kept."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from services.registry import data
from shared.contracts.registry import IndexPublished, IndexReferenceChosen
from shared.regions import name_of

DATA = Path(data.__file__).parent
VARIABLES = ("keluarga", "masyarakat", "kewilayahan", "kelembagaan", "hukum")
BANDS = {"", "kurang_tanggap", "cukup_tanggap", "tanggap", "sangat_tanggap"}
COUNTS = ("bahaya", "waspada", "siaga", "aman", "bahaya_waspada", "siaga_aman", "total_units")
FILES = {"published_indices": 18, "national_counts": 4, "area_status_counts": 21, "reference_choices": 7}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_rows_and_ids(name: str, count: int) -> None:
    found = rows(name)
    assert len(found) == count
    assert len({row["published_id"] for row in found}) == count
    assert all(row["published_id"].startswith(f"{row['region']}-{row['year']}-") for row in found)


@pytest.mark.parametrize("name", ["published_indices", "national_counts", "area_status_counts"])
def test_every_region_exists_under_its_name_and_every_row_has_a_source(name: str) -> None:
    for row in rows(name):
        assert row["region_name"] == name_of(row["region"])
        assert row["source"]
        assert row["mark"] in {"R", "I", "P"}
        assert bool(row["note_id"]) == bool(row["note_en"])


def test_every_published_row_is_a_valid_event() -> None:
    for row in rows("published_indices"):
        event = IndexPublished.model_validate(
            {
                "published_id": row["published_id"],
                "area": row["region"],
                "area_name": row["region_name"],
                "year": row["year"],
                "edition": row["edition"],
                "index": row["index"] or None,
                "category": row["category"] or None,
                "variables": {key: row[key] for key in VARIABLES if row[key]},
                "source": row["source"],
            }
        )
        assert row["category"] in BANDS
        assert event.index is None or event.index <= (100 if event.edition == "kotan-2019" else 4)


def test_the_edition_breaks_between_2019_and_2021() -> None:
    for row in [*rows("published_indices"), *rows("national_counts")]:
        assert row["edition"] == ("kotan-2019" if row["year"] == "2019" else "kotan-2022")


def test_depok_keeps_every_report_of_2022() -> None:
    printed = [row["index"] for row in rows("published_indices") if (row["region"], row["year"]) == ("32.76", "2022")]
    assert printed == ["3.620", "3.620", "3.602"]


def test_every_index_has_one_reference_that_repeats_its_row() -> None:
    published = {row["published_id"]: row for row in rows("published_indices")}
    choices = rows("reference_choices")
    for choice in choices:
        row = published[choice["published_id"]]
        assert all(choice[key] == row[key] for key in ("region", "year", "edition", "index"))
        IndexReferenceChosen.model_validate({**choice, "area": choice["region"], "reason": choice["reason_id"]})
    chosen = [(choice["region"], choice["year"]) for choice in choices]
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) == {(row["region"], row["year"]) for row in published.values() if row["index"]}


def test_depok_2022_is_a_choice_with_a_reason() -> None:
    [choice] = [row for row in rows("reference_choices") if row["basis"] == "chosen"]
    assert (choice["region"], choice["year"], Decimal(choice["index"])) == ("32.76", "2022", Decimal("3.602"))
    assert "3,620" in choice["reason_id"]
    assert "3.620" in choice["reason_en"]


def test_status_counts_are_numbers_and_never_exceed_their_total() -> None:
    for row in rows("area_status_counts"):
        counts = {key: int(row[key]) for key in COUNTS if row[key]}
        total = counts.pop("total_units", None)
        assert counts, row
        assert total is None or sum(counts.values()) <= total


def test_depok_2024_adds_up_to_its_villages() -> None:
    [row] = [row for row in rows("area_status_counts") if row["published_id"] == "32.76-2024-a"]
    assert [int(row[key]) for key in ("bahaya", "waspada", "siaga", "aman", "total_units")] == [0, 5, 32, 26, 63]


@pytest.mark.parametrize("name", ["national_counts", "area_status_counts"])
def test_inferred_names_filled_columns(name: str) -> None:
    for row in rows(name):
        assert all(row[column] for column in row["inferred"].split())
