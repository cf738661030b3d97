"""kill -9 at every point of the chain: nothing is lost, nothing is applied twice.

One node is worked on undisturbed, a second one with the same entries while its services are killed one after the
other, each at a chosen point of its work. Both must end in the same state.
"""

import threading
from collections.abc import Callable

import pytest

from shared.runtime.settings import ServiceName
from tests.faults.office import GROUPS, Office, all_events, digests, settled
from tests.support.node import Node

KILLS: tuple[tuple[ServiceName, str], ...] = (
    ("registry", "unit.before_events_commit"),
    ("registry", "unit.after_events_commit"),
    ("registry", "publisher.before_numbers_commit"),
    ("registry", "publisher.numbered"),
    ("registry", "publisher.mid_copy"),
    ("scoring", "follower.mid_batch"),
    ("scoring", "unit.before_commit"),
    ("scoring", "follower.after_commit"),
    ("scoring", "publisher.numbered"),
    ("scoring", "publisher.mid_copy"),
    ("notifications", "follower.mid_batch"),
    ("notifications", "unit.before_commit"),
    ("notifications", "follower.after_commit"),
    ("dashboard", "follower.mid_batch"),
    ("dashboard", "unit.before_commit"),
    ("dashboard", "follower.after_commit"),
)
MANY = 320
"""More answers in one request than the publisher sends in one call, so that a kill leaves half of them behind."""


def work(office: Office, number: int) -> None:
    """What the office does in one round; two rounds in between bring a heap at once."""
    office.round(number)
    if KILLS[number][1] == "publisher.mid_copy":
        office.answers([(GROUPS[n % len(GROUPS)], 1 + n % 4) for n in range(MANY)])


@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgresql"])
def test_whoever_is_killed_wherever_the_state_is_that_of_an_undisturbed_run(
    seeded: Callable[..., Node], postgres: bool
) -> None:
    calm = seeded(postgres=postgres)
    calm.start()
    office = Office(calm)
    for number in range(len(KILLS)):
        work(office, number)
    settled(calm)
    expected, expected_events = digests(calm), [event["type"] for event in all_events(calm, "registry")]
    calm.stop()

    node = seeded(postgres=postgres)
    node.start()
    office = Office(node)
    for number, (service, point) in enumerate(KILLS):
        settled(node)
        node.kill(service)
        node.start(service, wait=False, environment={"BERSINAR_CRASH_AT": point})
        kill_and_revive(node, service, lambda n=number: work(office, n))  # type: ignore[misc]
    settled(node)

    assert digests(node) == expected
    assert [event["type"] for event in all_events(node, "registry")] == expected_events
    moved = [m["event_id"] for e in all_events(node, "scoring") for m in e["data"].get("movements", ())]
    assert len(moved) > 0
    with node.client("dashboard") as client:
        city = client.get("/v1/cities/32.76", params={"year": 2023}).json()
    with node.client("scoring") as client:
        index = client.get("/v1/indices/32.76", params={"year": 2023}).json()
    assert city["running"]["score"]["value"] == index["running"]["value"]
    told = [(e["data"]["cause"], e["data"]["rule"], e["data"]["recipient_id"]) for e in raised(node)]
    assert len(told) == len(set(told))


def raised(node: Node) -> list[dict]:  # type: ignore[type-arg]
    """Every alert that notifications announced."""
    return [event for event in all_events(node, "notifications") if event["type"].endswith("alert.raised.v1")]


def kill_and_revive(node: Node, service: ServiceName, entries: Callable[[], None]) -> None:
    """Lets the office work while the service kills itself, and starts it again once it is dead."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            entries()
        except BaseException as error:  # noqa: BLE001 - shown by the test's own thread
            failure.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    code = node.wait_dead(service, timeout_seconds=30)
    assert code == -9, f"{service} ended with {code}:\n{node.log(service)[-2000:]}"
    node.start(service)
    worker.join(60)
    assert not worker.is_alive()
    assert not failure, failure
