"""The region file and its reader: what a node's region table is filled from."""

import time
from collections import Counter

import pytest

from shared.regions import LEVELS, Region, UnknownRegion, load, name_of, time_zone, zone_label


@pytest.fixture(scope="module")
def regions() -> dict[str, Region]:
    return {region.code: region for region in load()}


def test_counts_of_every_level(regions: dict[str, Region]) -> None:
    counts = Counter(region.level for region in regions.values())
    assert counts == {"province": 38, "city": 514, "district": 7_285, "village": 83_762}


def test_counts_of_every_kind(regions: dict[str, Region]) -> None:
    counts = Counter(region.kind for region in regions.values())
    assert (counts["kabupaten"], counts["kota"]) == (416, 98)
    assert (counts["kelurahan"], counts["desa"] + counts["desa adat"]) == (8_496, 75_266)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("31", "DKI Jakarta"),
        ("34", "DI Yogyakarta"),
        ("32", "Jawa Barat"),
        ("32.05", "Kabupaten Garut"),
        ("32.76", "Kota Depok"),
        ("32.76.07", "Cipayung"),
        ("32.76.07.1003", "Ratu Jaya"),
        ("32.76.07.1005", "Pondok Jaya"),
        ("53.71", "Kota Kupang"),
        ("53.71.04", "Oebobo"),
        ("53.71.04.1011", "Fatululi"),
    ],
)
def test_known_codes(regions: dict[str, Region], code: str, name: str) -> None:
    assert regions[code].name == name


def test_a_name_is_shared_by_several_villages(regions: dict[str, Region]) -> None:
    codes = {code for code, region in regions.items() if region.name == "Pondok Jaya" and region.level == "village"}
    assert codes == {"32.76.07.1005", "36.74.03.1004", "36.03.16.2008"}


def test_every_parent_comes_before_its_children(regions: dict[str, Region]) -> None:
    seen: set[str | None] = {None}
    for region in regions.values():
        assert region.parent in seen
        seen.add(region.code)


def test_depok_has_its_63_villages(regions: dict[str, Region]) -> None:
    assert sum(region.level == "village" and region.code.startswith("32.76.") for region in regions.values()) == 63


def test_names_are_tidy(regions: dict[str, Region]) -> None:
    for region in regions.values():
        assert region.name == " ".join(region.name.split())
        assert region.name[0].isupper() or region.name[0].isdigit(), region
        assert not set(region.name) & set('"’*'), region


@pytest.mark.parametrize(
    ("code", "kind", "is_kota"),
    [
        ("32", "provinsi", False),
        ("32.69", "kabupaten", False),
        ("32.71", "kota", True),
        ("32.76.07", "kecamatan", False),
        ("32.76.07.1003", "kelurahan", False),
        ("32.05.01.2001", "desa", False),
        ("91.03.01.3001", "desa adat", False),
    ],
)
def test_kind_follows_from_the_code(code: str, kind: str, is_kota: bool) -> None:
    region = Region(code, "Contoh")
    assert (region.kind, region.is_kota) == (kind, is_kota)


def test_levels_can_be_chosen() -> None:
    assert {region.level for region in load({"district"})} == {"district"}
    assert list(load(())) == []


def test_an_unknown_level_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="planet"):
        load(("planet",))  # type: ignore[arg-type]


def test_names_of_upper_levels() -> None:
    assert [name_of(code) for code in ("ID", "53", "53.71")] == ["Indonesia", "Nusa Tenggara Timur", "Kota Kupang"]


@pytest.mark.parametrize("code", ["", "00", "32.70", "32.99", "id", "Kota Depok", "32.76.07.1003"])
def test_an_unknown_code_is_named(code: str) -> None:
    with pytest.raises(UnknownRegion) as refusal:
        name_of(code)
    assert refusal.value.code == code
    assert isinstance(refusal.value, LookupError)


@pytest.mark.parametrize(
    ("code", "zone", "label"),
    [
        ("32.76", "Asia/Jakarta", "WIB"),
        ("62.71", "Asia/Jakarta", "WIB"),
        ("53.71", "Asia/Makassar", "WITA"),
        ("65.71", "Asia/Makassar", "WITA"),
        ("51", "Asia/Makassar", "WITA"),
        ("82.71", "Asia/Jayapura", "WIT"),
        ("96.71", "Asia/Jayapura", "WIT"),
    ],
)
def test_time_zones(code: str, zone: str, label: str) -> None:
    assert (time_zone(code), zone_label(code)) == (zone, label)


def test_every_city_has_a_time_zone() -> None:
    counts = Counter(zone_label(region.code) for region in load({"province"}))
    assert counts == {"WIB": 18, "WITA": 12, "WIT": 8}
    assert all(time_zone(region.code) for region in load({"city"}))


@pytest.mark.parametrize("code", ["ID", "99", "99.01", "32.99", "32.76.07"])
def test_no_time_zone_without_a_known_province_or_city(code: str) -> None:
    with pytest.raises(UnknownRegion):
        time_zone(code)


def test_reading_is_quick() -> None:
    """A wide limit: a busy machine must pass, reading the file several times over must not."""
    began = time.process_time()
    assert sum(1 for _ in load(LEVELS)) == 91_599
    assert time.process_time() - began < 3
    began = time.process_time()
    assert sum(1 for _ in load(("province", "city"))) == 552
    assert time.process_time() - began < 0.2
