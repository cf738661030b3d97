"""The regions of Indonesia, their names and time zones. Standard library only; the data's licence is beside it."""

from shared.regions.tree import (
    FIRST_KOTA,
    LEVELS,
    NATION,
    Kind,
    Level,
    Region,
    TimeZone,
    UnknownRegion,
    ZoneLabel,
    load,
    name_of,
    time_zone,
    zone_label,
)

__all__ = [
    "FIRST_KOTA",
    "LEVELS",
    "NATION",
    "Kind",
    "Level",
    "Region",
    "TimeZone",
    "UnknownRegion",
    "ZoneLabel",
    "load",
    "name_of",
    "time_zone",
    "zone_label",
]
