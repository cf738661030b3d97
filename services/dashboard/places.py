"""The cities this node serves, and the names of their villages."""

from collections.abc import Mapping, Sequence
from functools import cache

from services.dashboard.view import Place
from shared import regions


class Places:
    """Read once in a process: 91,600 regions are looked through, the served cities' villages and kecamatan are kept."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.served = {code: _place(code) for code in codes}
        self._names = _names_below(tuple(codes))

    def village(self, code: str) -> str | None:
        """The name of a village of a served city."""
        return self._names.get(code)

    def district(self, code: str) -> str | None:
        """The name of a kecamatan of a served city."""
        return self._names.get(code)


@cache
def _names_below(cities: tuple[str, ...]) -> Mapping[str, str]:
    prefixes = tuple(f"{city}." for city in cities)
    return {r.code: r.name for r in regions.load(("district", "village")) if r.code.startswith(prefixes)}


def _place(code: str) -> Place:
    return Place(
        code=code,
        name=regions.name_of(code),
        province_code=code[:2],
        province_name=regions.name_of(code[:2]),
        time_zone=regions.time_zone(code),
        zone_label=regions.zone_label(code),
    )
