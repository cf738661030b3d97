"""What of a city is for whom: each part of its page as the permission matrix has it for what the part is made of."""

from collections.abc import Iterable, Mapping

from services.dashboard.view import CityView, OpenWork, Part, Place
from shared import access
from shared.access import Actor
from shared.runtime.settings import ServiceName

MADE_OF: Mapping[Part, tuple[ServiceName, str]] = {
    "feed": ("scoring", "read_movements"),
    "alerts": ("notifications", "alerts"),
    "work": ("registry", "list_follow_ups"),
    "areas": ("scoring", "list_villages"),
}
"""The part and the address that gives the same by itself; what isn't named here is for all who may open the page."""


def may_open(actor: Actor, region: str) -> bool:
    """Whether a city's page is somebody's: by the line of ``read_city``, for a city within their scope or around it."""
    admitted = access.load("dashboard").admit("read_city", actor)
    return admitted is not None and any(grant.concerns(region) for grant in admitted.grants)


def has_a_city(actor: Actor) -> bool:
    """Whether some city's page, here or on another node, is somebody's."""
    return access.load("dashboard").admit("read_city", actor) is not None


def own(actor: Actor, places: Iterable[Place]) -> tuple[Place, ...]:
    """Those of the served cities that somebody may open."""
    return tuple(place for place in places if may_open(actor, place.code))


def hidden(actor: Actor, region: str) -> tuple[Part, ...]:
    """The parts of a city that somebody doesn't see: they speak of all of the city, so a scope has to cover it."""
    return tuple(part for part, (service, line) in MADE_OF.items() if not _covers(actor, service, line, region))


def _covers(actor: Actor, service: ServiceName, line: str, region: str) -> bool:
    admitted = access.load(service).admit(line, actor)
    return admitted is not None and admitted.covers(region)


def narrowed(view: CityView, actor: Actor) -> CityView:
    """The view without what isn't for this actor, and with the names of what was left out."""
    left_out = hidden(actor, view.place.code)
    empty = {"feed": (), "alerts": (), "work": OpenWork(), "areas": None}
    return view.model_copy(update={"hidden": left_out, **{part: empty[part] for part in left_out}})
