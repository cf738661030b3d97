"""The page of a province or the nation: how its kab/kota spread over the bands, and how many reach at least Tanggap."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.dashboard.chart import colour_of
from services.dashboard.instrument import InstrumentDocument
from services.dashboard.printed import NationalTotal
from services.dashboard.scored import CityLine, EditionRollup, ProvinceLine, Rollup
from shared.contracts.scoring import Reading

BandNames = Mapping[str, Mapping[str, str]]
GOAL_BAND = "tanggap"
"""What the national board counts is how many reach at least this band."""
COLUMNS, TILE_ROWS = 18, 7
MAP_FROM_PROVINCES = 5
"""With fewer provinces a map would be empty tiles; the table says the same."""
SHARES = (Decimal("0.4"), Decimal("0.6"), Decimal("0.8"))

TILES: Mapping[str, tuple[int, int, str]] = {
    "11": (0, 0, "Aceh"), "12": (1, 1, "Sumut"), "14": (2, 1, "Riau"), "21": (3, 1, "Kepri"),
    "65": (8, 1, "Kaltara"), "75": (11, 1, "Gtlo"), "71": (12, 1, "Sulut"),
    "13": (1, 2, "Sumbar"), "15": (2, 2, "Jambi"), "61": (6, 2, "Kalbar"), "64": (8, 2, "Kaltim"),
    "72": (10, 2, "Sulteng"), "82": (13, 2, "Malut"), "96": (14, 2, "PBD"), "92": (15, 2, "Pabar"),
    "94": (16, 2, "Pateng"), "91": (17, 2, "Papua"),
    "17": (2, 3, "Bengkulu"), "16": (3, 3, "Sumsel"), "19": (4, 3, "Babel"), "62": (7, 3, "Kalteng"),
    "63": (8, 3, "Kalsel"), "76": (10, 3, "Sulbar"), "74": (11, 3, "Sultra"), "81": (13, 3, "Maluku"),
    "95": (17, 3, "Papeg"),
    "18": (3, 4, "Lampung"), "31": (5, 4, "DKJ"), "73": (10, 4, "Sulsel"), "93": (17, 4, "Pasel"),
    "36": (4, 5, "Banten"), "32": (5, 5, "Jabar"), "33": (6, 5, "Jateng"), "35": (7, 5, "Jatim"),
    "51": (8, 5, "Bali"), "52": (9, 5, "NTB"), "53": (10, 5, "NTT"),
    "34": (6, 6, "DIY"),
}  # fmt: skip
"""Province -> column, row, short name: where it lies, roughly, each as large as any other."""


@dataclass(frozen=True)
class Part:
    """The kab/kota of one band, in percent of the bar."""

    band: str
    names: Mapping[str, str]
    colour: int
    count: int
    start: float
    width: float


@dataclass(frozen=True)
class Tile:
    """A province on the map. ``share`` of its measured kab/kota reach the goal; ``None`` when none was measured."""

    province: str
    name: str
    x: float
    row: int
    share: Decimal | None

    @property
    def colour(self) -> int:
        """One of the four colours, 0 for none measured."""
        return 0 if self.share is None else 1 + sum(self.share >= step for step in SHARES)


@dataclass(frozen=True)
class ProvincePart:
    """A row of the nation's page that opens: a province, how its kab/kota spread, and each of them, best first."""

    line: ProvinceLine
    parts: tuple[Part, ...]
    cities: tuple[CityLine, ...]


@dataclass(frozen=True)
class EditionPart:
    """The kab/kota of one edition. ``provinces`` is empty where one table holds them all."""

    rollup: EditionRollup
    parts: tuple[Part, ...]
    tiles: tuple[Tile, ...]
    provinces: tuple[ProvincePart, ...]
    lines: tuple[CityLine, ...]
    band_names: BandNames
    colours: Mapping[str, int]

    @property
    def at_least(self) -> int:
        """How many reach the goal."""
        return self.rollup.at_least.get(GOAL_BAND, 0)

    @property
    def share(self) -> float:
        """Percent of those with an index."""
        return round(self.at_least / self.rollup.scored * 100, 1) if self.rollup.scored else 0.0


@dataclass(frozen=True)
class AreaPage:
    """What the page shows."""

    found: Rollup
    reading: Reading
    editions: tuple[EditionPart, ...]
    printed: Sequence[NationalTotal]

    @property
    def measured(self) -> int:
        """Kab/kota with an index."""
        return sum(edition.rollup.scored for edition in self.editions)


def page_of(found: Rollup, documents: Mapping[str, InstrumentDocument], printed: Sequence[NationalTotal]) -> AreaPage:
    """The page; editions without any index of the reading are left out."""
    editions = tuple(
        _edition(one, documents.get(one.instrument), is_nation=found.area == "ID")
        for one in found.editions
        if one.scored
    )
    return AreaPage(found, found.reading, editions, printed)


def _edition(rollup: EditionRollup, document: InstrumentDocument | None, *, is_nation: bool) -> EditionPart:
    names = {band.key: band.name for band in document.bands} if document else {}
    keys = list(rollup.bands)
    colours = {key: colour_of(place, len(keys)) for place, key in enumerate(keys)}
    lines = sorted(rollup.items, key=lambda line: (line.value is None, -(line.value or Decimal(0)), line.name))
    return EditionPart(
        rollup=rollup,
        parts=_parts(rollup.bands, names, colours),
        tiles=_tiles(rollup) if is_nation and len(rollup.provinces) >= MAP_FROM_PROVINCES else (),
        provinces=_provinces(rollup, lines, names, colours) if is_nation and len(rollup.provinces) > 1 else (),
        lines=tuple(lines),
        band_names=names,
        colours=colours,
    )


def _provinces(
    rollup: EditionRollup, lines: Sequence[CityLine], names: BandNames, colours: Mapping[str, int]
) -> tuple[ProvincePart, ...]:
    cities = defaultdict[str, list[CityLine]](list)
    for line in lines:
        cities[line.region[:2]].append(line)
    return tuple(
        ProvincePart(one, _parts(one.bands, names, colours), tuple(cities[one.province])) for one in rollup.provinces
    )


def _parts(bands: Mapping[str, int], names: BandNames, colours: Mapping[str, int]) -> tuple[Part, ...]:
    parts, start, scored = [], 0.0, sum(bands.values())
    for key, count in bands.items():
        width = count / scored * 100 if scored else 0.0
        parts.append(Part(key, names.get(key, {"id": key}), colours[key], count, round(start, 2), round(width, 2)))
        start += width
    return tuple(parts)


def _tiles(rollup: EditionRollup) -> tuple[Tile, ...]:
    found = {line.province: line for line in rollup.provinces}
    return tuple(
        Tile(code, name, round(column / COLUMNS * 100, 3), row, _share(found.get(code), rollup))
        for code, (column, row, name) in TILES.items()
    )


def _share(line: ProvinceLine | None, rollup: EditionRollup) -> Decimal | None:
    if line is None or not line.scored:
        return None
    keys = list(rollup.bands)
    good = keys[keys.index(GOAL_BAND) :] if GOAL_BAND in keys else []
    return Decimal(sum(line.bands.get(key, 0) for key in good)) / line.scored
