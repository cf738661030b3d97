"""A second process of every service on the same data changes nothing, and takes over when the first one dies."""

from collections.abc import Callable

from deploy.local import SERVICES
from shared.runtime.settings import ServiceName
from tests.faults.office import Office, all_events, digests, settled
from tests.faults.test_kill import raised
from tests.support.node import Node

ROUNDS = 6
FOLLOWERS: tuple[ServiceName, ...] = ("scoring", "notifications", "dashboard")


def test_a_replica_more_of_each_changes_nothing_and_takes_over(seeded: Callable[..., Node]) -> None:
    calm = seeded(postgres=True)
    calm.start()
    work(Office(calm), range(ROUNDS))
    settled(calm)
    expected, entries = digests(calm), len(all_events(calm, "registry"))
    calm.close()

    node = seeded(postgres=True)
    node.start()
    replica = Node(node.data_dir, redis_url=node.redis_url)
    replica.plan = type(node.plan)(
        node.plan.node, node.data_dir, replica.plan.base_port, node.redis_url, node.plan.database_url
    )
    try:
        elsewhere = {f"BERSINAR_{service.upper()}_URL": node.url(service) for service in SERVICES}
        replica.start(*SERVICES, environment=elsewhere)
        office, second_desk = Office(node), Office(replica)
        second_desk.sent = 1_000
        work(office, range(2))
        work(second_desk, range(2, 4))
        settled(node)
        settled(replica)
        node.kill(*FOLLOWERS)
        work(office, range(4, ROUNDS))
        node.start(*FOLLOWERS)
        settled(node)
        assert digests(node) == expected
        assert digests(replica) == expected
        assert len(all_events(node, "registry")) == entries
        told = [(e["data"]["cause"], e["data"]["rule"], e["data"]["recipient_id"]) for e in raised(node)]
        assert len(told) == len(set(told))
    finally:
        replica.close()


def work(office: Office, numbers: range) -> None:
    """Several rounds."""
    for number in numbers:
        office.round(number)
