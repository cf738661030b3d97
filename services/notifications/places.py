"""Names of places in texts. A place the region file doesn't know is called by its code: an alert is never lost
for want of a name.
"""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from shared.regions import Level, UnknownRegion, load, name_of, time_zone

VILLAGES: tuple[Level, ...] = ("village",)
VILLAGE_CODE_LENGTH = 13
CITY_CODE_LENGTH = 5

FALLBACK_ZONE = "Asia/Jakarta"


def place_name(code: str) -> str:
    """The name of the nation, a province, a kab/kota or a village."""
    if len(code) == VILLAGE_CODE_LENGTH:
        return villages_of(code[:CITY_CODE_LENGTH]).get(code, code)
    try:
        return name_of(code)
    except UnknownRegion:
        return code


@cache
def villages_of(city: str) -> dict[str, str]:
    """Code -> name of a kab/kota's villages. The first call reads the whole region file (a fraction of a second)."""
    return {region.code: region.name for region in load(VILLAGES) if region.code.startswith(f"{city}.")}


def local_date(now: datetime, region: str) -> date:
    """The date at a moment in a region's time zone."""
    try:
        zone: str = time_zone(region)
    except UnknownRegion:
        zone = FALLBACK_ZONE
    return now.astimezone(ZoneInfo(zone)).date()
