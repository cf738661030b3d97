"""A notifications service on a real database, and a real mail server to send to."""

from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller

from deploy.processes import free_port
from services.notifications.app import Notifications, build
from services.notifications.seed import MIGRATIONS
from services.notifications.settings import NotificationsSettings
from tests.support import schema


class Mailbox:
    """A mail server on a port of its own that can be away, and can refuse."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[Message] = []
        self.refusal: str | None = None
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
        self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 - aiosmtpd calls it so
        if self.refusal:
            return f"{self.refusal} <{address}> not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        self.received.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture
def settings(database_url, tmp_path, mailbox) -> NotificationsSettings:
    return NotificationsSettings(
        data_dir=tmp_path,
        database_url=database_url,
        smtp_url=mailbox.url,
        smtp_sender="Bersinar <bersinar@kota.example>",
        email_retry_base_seconds=60,
        seed_default_subscriptions=False,
        follower_poll_seconds=0.2,
        sender_interval_seconds=0.2,
        publisher_interval_seconds=0.1,
    )


@pytest.fixture
async def make(settings) -> AsyncIterator:
    """Builds services on the one database; the first call brings the schema up to date."""
    made: list[Notifications] = []

    async def one(**changes) -> Notifications:
        if not made:
            await schema.migrate(settings.own_database_url, MIGRATIONS)
        made.append(build(settings.model_copy(update=changes)))
        return made[-1]

    yield one
    for service in made:
        for follower in service.streams.followers:
            await follower.close()
        await service.streams.publisher.close()
        await service.database.dispose()


@pytest.fixture
async def service(make) -> Notifications:
    return await make()


@pytest.fixture
async def api(service, token) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(service, token) as client:
        yield client


def client_of(service: Notifications, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app),
        base_url="http://notifications",
        headers={"Authorization": f"Bearer {token}"},
    )
