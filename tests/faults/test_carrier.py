"""Redis is the carrier, not the truth: it may restart, forget everything or stay away."""

import time
from collections.abc import Callable

from tests.faults.office import Office, all_events, digests, settled
from tests.support.node import Node

AWAY_SECONDS = 60.0
ROUNDS = 8


def undisturbed(seeded: Callable[..., Node]) -> tuple[dict[tuple[str, int], str], int]:
    """Digests and number of events of a node nothing happens to."""
    node = seeded()
    node.start()
    office = Office(node)
    for number in range(ROUNDS):
        office.round(number)
    settled(node)
    found = digests(node), len(all_events(node, "registry"))
    node.close()
    return found


def test_a_carrier_that_restarts_forgets_and_stays_away_changes_nothing(seeded: Callable[..., Node]) -> None:
    expected, events = undisturbed(seeded)
    node = seeded()
    node.start()
    office = Office(node)
    office.round(0)
    office.round(1)

    node.restart_valkey()
    office.round(2)
    office.round(3)
    node.restart_valkey(empty=True)
    office.round(4)
    settled(node)

    node.kill_valkey()
    gone = time.monotonic()
    for number in (5, 6, 7):
        office.round(number)
        time.sleep(1)
    assert node.is_ready("registry"), "the registry must go on taking entries while the carrier is away"
    assert not node.is_ready("scoring"), "scoring must say that nothing reaches it"
    time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - gone)))
    node.start_valkey()
    settled(node)

    assert digests(node) == expected
    assert len(all_events(node, "registry")) == events
    for service in ("scoring", "notifications", "dashboard"):
        with node.client(service) as client:
            assert client.get("/parked").json()["items"] == []
        assert node.is_ready(service)


def test_services_may_start_before_the_carrier(seeded: Callable[..., Node]) -> None:
    node = seeded()
    node.kill_valkey()
    node.start("registry")
    node.start("scoring", wait=False)
    Office(node).client.get("/v1/programmes").raise_for_status()
    time.sleep(2)
    node.start_valkey()
    node.wait_ready("scoring")
