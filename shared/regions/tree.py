"""Reads the region file: 38 provinces, 514 kab/kota, 7,285 kecamatan, 83,762 villages.

A code is dotted, PP.KK.CC.VVVV (Kepmendagri 300.2.2-2138/2025): kabupaten 01-69, kota 71-99; kelurahan 1xxx, desa
2xxx, desa adat 3xxx. Match by code, never by name: several villages are called Pondok Jaya.
The file holds the upper levels first, so reading provinces and kab/kota costs a few milliseconds.
"""

import csv
import gzip
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Level = Literal["province", "city", "district", "village"]
Kind = Literal["provinsi", "kabupaten", "kota", "kecamatan", "kelurahan", "desa", "desa adat"]
TimeZone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
ZoneLabel = Literal["WIB", "WITA", "WIT"]

LEVELS: tuple[Level, ...] = get_args(Level)
NATION = "ID"
NATION_NAME = "Indonesia"
FIRST_KOTA = 71
REGION_FILE = Path(__file__).with_name("regions.csv.gz")

_VILLAGE_KINDS: Mapping[str, Kind] = {"1": "kelurahan", "2": "desa", "3": "desa adat"}

# Keppres 41/1987 by province; provinces made since then keep the zone of the province they were part of.
_PROVINCES_BY_ZONE: Mapping[TimeZone, str] = {
    "Asia/Jakarta": "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    "Asia/Makassar": "51 52 53 63 64 65 71 72 73 74 75 76",
    "Asia/Jayapura": "81 82 91 92 93 94 95 96",
}
_ZONE_OF_PROVINCE: Mapping[str, TimeZone] = {
    province: zone for zone, provinces in _PROVINCES_BY_ZONE.items() for province in provinces.split()
}
_LABELS: Mapping[TimeZone, ZoneLabel] = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


class UnknownRegion(LookupError):
    """A code that names no region; ``code`` is what was asked for."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no region has the code {code!r}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Region:
    """One province, kab/kota, kecamatan or village."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        """Read from the shape of the code."""
        return LEVELS[self.code.count(".")]

    @property
    def parent(self) -> str | None:
        """The code one level up; ``None`` for a province."""
        return self.code.rpartition(".")[0] or None

    @property
    def is_kota(self) -> bool:
        """Whether this is a kota: a kab/kota numbered from 71."""
        return self.level == "city" and int(self.code[3:5]) >= FIRST_KOTA

    @property
    def kind(self) -> Kind:
        """What the region is called by law."""
        match self.level:
            case "province":
                return "provinsi"
            case "city":
                return "kota" if self.is_kota else "kabupaten"
            case "district":
                return "kecamatan"
            case "village":
                return _VILLAGE_KINDS[self.code[9]]


def load(levels: Collection[Level] | None = None) -> Iterator[Region]:
    """Regions one at a time, upper levels first, each level by code; all levels when ``levels`` is ``None``.

    A parent always comes before its children. Raises ``ValueError`` for a level that doesn't exist.
    """
    wanted = frozenset(LEVELS if levels is None else levels)
    if not wanted <= frozenset(LEVELS):
        raise ValueError(f"unknown levels {sorted(wanted - frozenset(LEVELS))}; there are {', '.join(LEVELS)}")
    return _read(frozenset(LEVELS.index(level) for level in wanted))


def _read(depths: Collection[int]) -> Iterator[Region]:
    """Regions whose codes have one of these numbers of dots; stops reading after the deepest."""
    deepest = max(depths, default=-1)
    with gzip.open(REGION_FILE, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for code, name in rows:
            depth = code.count(".")
            if depth > deepest:
                return
            if depth in depths:
                yield Region(code, name)


@cache
def _upper_names() -> Mapping[str, str]:
    """Names of the nation, the provinces and the kab/kota: 553 entries."""
    return {NATION: NATION_NAME} | {region.code: region.name for region in load(("province", "city"))}


def name_of(code: str) -> str:
    """The name of the nation (``ID``), a province or a kab/kota. Fast: the 553 names are read once.

    Raises :class:`UnknownRegion` for anything else, kecamatan and villages included: those are read with
    :func:`load` into the registry's own table.
    """
    try:
        return _upper_names()[code]
    except KeyError:
        raise UnknownRegion(code) from None


def time_zone(code: str) -> TimeZone:
    """The time zone of a province or kab/kota (Keppres 41/1987).

    Raises :class:`UnknownRegion` for the nation, which has three, and for anything that isn't a known province or
    kab/kota.
    """
    if code == NATION or code not in _upper_names():
        raise UnknownRegion(code)
    return _ZONE_OF_PROVINCE[code[:2]]


def zone_label(code: str) -> ZoneLabel:
    """The zone as people write it behind a time: ``WIB``, ``WITA`` or ``WIT``. Raises as :func:`time_zone` does."""
    return _LABELS[time_zone(code)]
