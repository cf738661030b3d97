"""Region codes, PP.KK.CC.VVVV (Kepmendagri 300.2.2-2138/2025), and the part of the country a node serves."""

from collections.abc import Collection

from services.registry.domain.refusal import Refusal

LEVELS = {2: "province", 5: "city", 8: "district", 13: "village"}


def level_of(code: str) -> str | None:
    """``province``, ``city``, ``district`` or ``village`` by the length of the code; ``None`` for no such length."""
    return LEVELS.get(len(code))


def city_of(code: str) -> str:
    """The kab/kota a district or village lies in: ``32.76`` of ``32.76.07.1003``."""
    return code[:5]


def province_of(code: str) -> str:
    """The province of a kab/kota or what lies in it: ``32`` of ``32.76``."""
    return code[:2]


def check_village(field: str, code: str, *, exists: bool, served: Collection[str]) -> None:
    """Refuses a code that is no village, and a village outside the kab/kota the node serves."""
    if not exists:
        raise Refusal("unknown_village", field)
    if city_of(code) not in served:
        raise Refusal("village_outside", field, served=", ".join(served))


def check_city(field: str, code: str, served: Collection[str]) -> None:
    """Refuses a kab/kota the node doesn't serve."""
    if code not in served:
        raise Refusal("region_outside", field, served=", ".join(served))


def common_city(field: str, villages: Collection[str]) -> str:
    """The one kab/kota all the villages lie in; an event counts for one kab/kota."""
    cities = {city_of(village) for village in villages}
    if len(cities) != 1:
        raise Refusal("villages_in_two_cities", field)
    return cities.pop()
