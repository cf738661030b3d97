"""The API of notifications: subscriptions, the inbox, alerts by cause, deliveries."""

from services.notifications.http import deliveries, inbox, subscriptions
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring
from shared.runtime.web import Routes


def routers(database: Database, keyring: Keyring, *, sends_email: bool) -> tuple[Routes, ...]:
    """All of them; ``sends_email`` says whether a mail server is set."""
    return (
        subscriptions.router(database, keyring),
        inbox.router(database),
        deliveries.router(database, sends_email=sends_email),
    )
