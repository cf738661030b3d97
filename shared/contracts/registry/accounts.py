"""Who may come in: accounts by their ids, roles and scopes; never a login or a password."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Payload, PlainData
from shared.contracts.registry.words import Count, Id, type_of


class AccountGrant(PlainData):
    """A role and the part of the country it reaches."""

    role: str
    scope: str
    organisation_id: Id | None = None


class AccountCreated(Payload):
    """An account was opened, by an administrator or for somebody another provider vouches for."""

    TYPE: ClassVar[str] = type_of("account", "created")
    account_id: Id
    grants: tuple[AccountGrant, ...]
    by: Literal["administrator", "oidc"] = "administrator"


class AccountGranted(Payload):
    """An account is entrusted with other roles; ``previous`` are those it had."""

    TYPE: ClassVar[str] = type_of("account", "granted")
    account_id: Id
    grants: tuple[AccountGrant, ...]
    previous: tuple[AccountGrant, ...]
    by: Literal["administrator", "oidc"] = "administrator"


class AccountDisabled(Payload):
    """An account may not be used any more; its sessions have ended."""

    TYPE: ClassVar[str] = type_of("account", "disabled")
    account_id: Id


class AccountEnabled(Payload):
    """An account may be used again."""

    TYPE: ClassVar[str] = type_of("account", "enabled")
    account_id: Id


class AccountLocked(Payload):
    """After so many wrong passwords in a row nobody may try this account for a while."""

    TYPE: ClassVar[str] = type_of("account", "locked")
    account_id: Id
    failures: Count


class AccountPasswordSet(Payload):
    """An account has a new password; other sessions of it have ended."""

    TYPE: ClassVar[str] = type_of("account", "password-set")
    account_id: Id
    by: Literal["self", "administrator"]


class AccountSessionOpened(Payload):
    """Somebody signed in: with their password, or through another provider (``oidc``)."""

    TYPE: ClassVar[str] = type_of("account-session", "opened")
    session_id: Id
    account_id: Id
    via: Literal["password", "oidc"]


class AccountSessionRevoked(Payload):
    """A session ended before its time: signed out, or ended by an administrator."""

    TYPE: ClassVar[str] = type_of("account-session", "revoked")
    session_id: Id
    account_id: Id


PAYLOADS: tuple[type[Payload], ...] = (
    AccountCreated,
    AccountGranted,
    AccountDisabled,
    AccountEnabled,
    AccountLocked,
    AccountPasswordSet,
    AccountSessionOpened,
    AccountSessionRevoked,
)
