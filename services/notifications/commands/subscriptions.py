"""Keeping subscriptions: add, replace, remove. The address is sealed before it reaches the database."""

from dataclasses import dataclass
from dataclasses import replace as replace_fields
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.subscriptions import Channel, Language, Rule, Subscription
from services.notifications.storage import subscriptions
from services.notifications.storage.subscriptions import StoredSubscription
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring


class OrganisationSubscribedAlready(Exception):
    """This organisation has a subscription to this region."""


class AddressMissing(Exception):
    """The channels name e-mail and there is no address."""


class SubscriptionGone(Exception):
    """No subscription has this id."""


class VersionPassed(Exception):
    """The subscription was changed in between; ``version`` is what it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True)
class Wish:
    """A subscription as it is wanted. With ``keep_email`` the address on file stays as it is."""

    organisation: str
    language: Language
    region: str
    rules: frozenset[Rule]
    channels: tuple[Channel, ...]
    email: str | None
    keep_email: bool = False


@dataclass(frozen=True)
class Organisation:
    """An organisation as the registry last recorded it."""

    id: str
    name: str
    region: str
    language: Language
    active: bool


ORGANISATION_RULES: frozenset[Rule] = frozenset(("referral_due", "commitment_due", "commitment_overdue"))
"""What an organisation hears of by itself: its own referrals and commitments."""


def email_context(subscription_id: str) -> str:
    """What a sealed address is bound to: its own row and column."""
    return f"subscription:{subscription_id}:email"


async def subscribe(database: Database, keyring: Keyring, wish: Wish, now: datetime) -> StoredSubscription:
    """Adds a subscription. Raises OrganisationSubscribedAlready or AddressMissing."""
    stored = _stored(keyring, wish, clock.new_id(), None, version=1, created_at=now, now=now)
    try:
        async with database.transaction() as connection:
            _refuse_doubles(await subscriptions.taken(connection, wish.organisation, wish.region))
            await subscriptions.insert(connection, stored)
    except IntegrityError:
        # Somebody else added the same one after the look above.
        raise OrganisationSubscribedAlready from None
    return stored


async def link_organisation(connection: AsyncConnection, organisation: Organisation, now: datetime) -> None:
    """Gives an organisation of the registry its inbox, or links the subscription it has; renames it, stops it."""
    found = await subscriptions.of_organisation(connection, organisation.id, organisation.name, organisation.region)
    if found is None:
        subscription = Subscription(
            id=clock.new_id(),
            organisation=organisation.name,
            language=organisation.language,
            region=organisation.region,
            rules=ORGANISATION_RULES,
            channels=("inbox",),
            organisation_id=organisation.id,
            active=organisation.active,
        )
        await subscriptions.insert(connection, StoredSubscription(subscription, None, 1, now, now))
        return
    name = organisation.name
    if await subscriptions.taken(connection, name, found.subscription.region, but=found.subscription.id):
        name = found.subscription.organisation
    wanted = replace_fields(
        found.subscription, organisation=name, organisation_id=organisation.id, active=organisation.active
    )
    if wanted != found.subscription:
        changed = replace_fields(found, subscription=wanted, version=found.version + 1, changed_at=now)
        await subscriptions.update(connection, changed)


async def replace(
    database: Database, keyring: Keyring, subscription_id: str, version: int, wish: Wish, now: datetime
) -> StoredSubscription:
    """Puts a new version in place of ``version``. Raises as :func:`subscribe`, SubscriptionGone or VersionPassed."""
    try:
        async with database.transaction() as connection:
            found = _current(await subscriptions.find(connection, subscription_id), version)
            stored = _stored(
                keyring,
                wish,
                subscription_id,
                found.email_sealed,
                version=version + 1,
                created_at=found.created_at,
                now=now,
                linked=found.subscription,
            )
            taken = await subscriptions.taken(connection, wish.organisation, wish.region, but=subscription_id)
            _refuse_doubles(taken)
            if not await subscriptions.update(connection, stored):
                raise _passed(await subscriptions.find(connection, subscription_id))
    except IntegrityError:
        raise OrganisationSubscribedAlready from None
    return stored


async def unsubscribe(database: Database, subscription_id: str, version: int) -> None:
    """Removes a subscription and its address; what was told stays on record. SubscriptionGone or VersionPassed."""
    async with database.transaction() as connection:
        _current(await subscriptions.find(connection, subscription_id), version)
        if not await subscriptions.delete(connection, subscription_id, version):
            raise _passed(await subscriptions.find(connection, subscription_id))


def _stored(
    keyring: Keyring,
    wish: Wish,
    subscription_id: str,
    email_on_file: bytes | None,
    *,
    version: int,
    created_at: datetime,
    now: datetime,
    linked: Subscription | None = None,
) -> StoredSubscription:
    sealed = email_on_file if wish.keep_email else None
    if wish.email is not None:
        sealed = keyring.encrypt(wish.email, email_context(subscription_id))
    if "email" in wish.channels and sealed is None:
        raise AddressMissing
    subscription = Subscription(
        id=subscription_id,
        organisation=wish.organisation,
        language=wish.language,
        region=wish.region,
        rules=wish.rules,
        channels=wish.channels,
        organisation_id=linked.organisation_id if linked else None,
        active=linked.active if linked else True,
    )
    return StoredSubscription(subscription, sealed, version, created_at, now)


def _current(found: StoredSubscription | None, version: int) -> StoredSubscription:
    if found is None:
        raise SubscriptionGone
    if found.version != version:
        raise _passed(found)
    return found


def _passed(found: StoredSubscription | None) -> Exception:
    """What somebody else did to it in between."""
    return SubscriptionGone() if found is None else VersionPassed(found.version)


def _refuse_doubles(taken: bool) -> None:
    if taken:
        raise OrganisationSubscribedAlready
