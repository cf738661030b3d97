"""Filters of what is past its date, in the time zone of the place it belongs to."""

from collections.abc import Callable
from functools import cache

from sqlalchemy import Column, ColumnElement, and_, func, not_, or_

from services.registry.http.listing import Filter
from shared import regions
from shared.runtime import clock


def overdue(
    place: Column[str], due_on: Column[str], description: str, *conditions: Callable[[], ColumnElement[bool]]
) -> Filter:
    """Whether a day is past where ``place``'s code says, and all ``conditions`` hold; the day itself is in time."""

    def condition(wanted: bool) -> ColumnElement[bool]:
        province = func.substr(place, 1, 2)
        past = [and_(province.in_(codes), due_on < clock.today(zone)) for zone, codes in _provinces_of_zones().items()]
        late = and_(due_on.is_not(None), or_(*past), *(one() for one in conditions))
        return late if wanted else not_(late)

    return Filter(bool, condition, description)


@cache
def _provinces_of_zones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for region in regions.load({"province"}):
        found.setdefault(regions.time_zone(region.code), []).append(region.code)
    return found
