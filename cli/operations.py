"""What the small commands do: digest, parked."""

from collections.abc import Iterator

from cli.connection import Connection, answer
from deploy.local import SERVICES
from shared.runtime.settings import ServiceName

JOURNALS: tuple[ServiceName, ...] = ("registry", "scoring", "notifications")
FOLLOWERS: tuple[ServiceName, ...] = ("scoring", "notifications", "dashboard")


def digest(connection: Connection) -> Iterator[str]:
    """``<stream> <sequence> <sha256>`` of every journal, then ``<region> <year> <sha256>`` of every score, then
    ``<region>.* <year> <sha256>`` of the villages of every kab/kota."""
    for service in JOURNALS:
        journal = connection.get(service, "/streams")["journal"]
        yield f"{journal['stream']} {journal['sequence']} {journal['digest']}"
    scores = connection.get("scoring", "/v1/digest")
    for row in scores["items"]:
        yield f"{row['region']} {row['year']} {row['sha256']}"
    for row in scores["villages"]:
        yield f"{row['region']}.* {row['year']} {row['sha256']}"


def parked(connection: Connection) -> Iterator[str]:
    """One line for each parked event; one line when there is none."""
    found = False
    for service in FOLLOWERS:
        for item in connection.get(service, "/parked")["items"]:
            found = True
            yield f"{service} {item['stream']} {item['seq']} {item['parked_at']} {item['error']}"
    if not found:
        yield "Nothing is parked."


def replay(connection: Connection) -> tuple[list[str], bool]:
    """Replay what is parked in every service; the lines to print, and whether nothing is parked any more."""
    lines, left = [], 0
    for service in FOLLOWERS:
        with connection.client(service) as client:
            outcome = answer(client.post("/parked/replay"))
        for item in outcome["items"]:
            left += item["still_parked"]
            lines.append(f"{service} {item['stream']} applied {item['applied']} still parked {item['still_parked']}")
    return lines, left == 0


__all__ = ["FOLLOWERS", "JOURNALS", "SERVICES", "digest", "parked", "replay"]
