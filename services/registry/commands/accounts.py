"""Accounts of the people who work with the registry, and what each is entrusted with.

The audit log says who changed what; events say what became of an account, by its id, roles and scopes.
"""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, SecretStr

from services.registry.commands import audit
from services.registry.commands.model import AnyEvent, Command, IdInput, Match, View, Written, check_match, written
from services.registry.commands.office import Office
from services.registry.domain import passwords, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, signing, tables
from services.registry.storage.rows import Row
from shared.access import EVERYWHERE, Grant
from shared.access.permissions import roles
from shared.contracts.registry import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountGrant,
    AccountGranted,
    AccountLocked,
    AccountPasswordSet,
)
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Flag

GRANTS_MAX = 20
AboutAccount = AccountCreated | AccountGranted | AccountDisabled | AccountEnabled | AccountLocked | AccountPasswordSet
LoginInput = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,39}$", description="What the person signs in with: a-z, 0-9, . _ -")
]
PasswordInput = Annotated[SecretStr, Field(max_length=passwords.LENGTH_MAX)]


class GrantInput(Command):
    """A role in a part of the country. ``scope`` is a village, a kab/kota, a province, or ``ID`` for the nation."""

    role: Annotated[str, Field(max_length=40)]
    scope: Annotated[str, Field(max_length=13, pattern=r"^(ID|[0-9.]+)$")]
    organisation_id: IdInput | None = None


GrantsInput = Annotated[tuple[GrantInput, ...], Field(max_length=GRANTS_MAX)]
_GRANT: Any = {"role": "p2m_officer", "scope": "32.76"}


class CreateAccount(Command):
    """Somebody may sign in, with a password of theirs to be told and changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"login": "petugas.contoh", "password": "ikan lele kolam bundar", "grants": [_GRANT]}]
        }
    )

    login: LoginInput
    password: PasswordInput
    grants: GrantsInput = ()


class SetGrants(Command):
    """All grants an account has from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"grants": [_GRANT]}]})

    grants: GrantsInput


class ResetPassword(Command):
    """A new password, to be told to the person; every session of the account ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "kolam ikan lele bundar"}]})

    password: PasswordInput


class SetAccess(Command):
    """Whether the account may be used at all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    disabled: Flag


class GrantView(View):
    """A role and how far it reaches."""

    role: str
    scope: str
    organisation_id: str | None = None


class AccountView(View):
    """An account, without its secrets."""

    PATH: ClassVar[str] = "/v1/accounts"

    id: str
    login: str
    grants: tuple[GrantView, ...]
    disabled: bool
    signs_in_with: Literal["password", "oidc"]

    @classmethod
    def of(cls, row: Any) -> "AccountView":
        """The view of a stored account."""
        return cls.model_validate({**row, "signs_in_with": "oidc" if row["identity_index"] else "password"})


def grants_of(row: Row) -> tuple[Grant, ...]:
    """The grants of a stored account."""
    return tuple(Grant(**grant) for grant in row["grants"])


async def create(unit: Unit, office: Office, command: CreateAccount, password_hash: str) -> Written:
    """Opens an account."""
    passwords.check("password", command.password.get_secret_value(), command.login)
    grants = await checked(unit, command.grants)
    row = new_account(command.login, grants, password_hash=password_hash)
    if not await rows.add_if_absent(unit.connection, tables.accounts, row):
        raise Refusal("login_taken", "login")
    await audit.write(unit, office, "account.created", row["id"], grants=words(grants))
    event = say(unit, office, AccountCreated(account_id=row["id"], grants=facts(grants)))
    return written(AccountView, row, event, created=True)


def say(unit: Unit, office: Office, payload: AboutAccount) -> AnyEvent:
    """Says what became of an account."""
    return unit.emit(payload, subject=payload.account_id, region=office.own_region)


def facts(grants: Sequence[dict[str, Any]]) -> tuple[AccountGrant, ...]:
    """Grants for an event."""
    return tuple(AccountGrant(**grant) for grant in grants)


def new_account(login: str, grants: Sequence[dict[str, Any]], **ways: str) -> dict[str, Any]:
    """A row for somebody who signs in with a ``password_hash`` or an ``identity_index``."""
    ways = {"password_hash": None, "identity_index": None} | ways  # type: ignore[assignment]
    return rows.new(id=clock.new_id(), login=login, grants=list(grants), disabled=False, **ways)


async def set_grants(unit: Unit, office: Office, account_id: str, command: SetGrants, match: Match | None) -> Written:
    """Replaces the grants of an account; they count from its next request on."""
    row = await _others(unit, office, account_id)
    check_match(row["version"], match)
    grants = await checked(unit, command.grants)
    changed = await rows.change(unit.connection, tables.accounts, row, grants=grants)
    await audit.write(unit, office, "account.granted", account_id, grants=words(grants), before=words(row["grants"]))
    payload = AccountGranted(account_id=account_id, grants=facts(grants), previous=facts(row["grants"]))
    return written(AccountView, changed, say(unit, office, payload))


async def set_access(unit: Unit, office: Office, account_id: str, command: SetAccess, match: Match | None) -> Written:
    """Disables an account, which ends its sessions, or enables it again."""
    row = await _others(unit, office, account_id)
    check_match(row["version"], match, required=False)
    changed = await rows.change(unit.connection, tables.accounts, row, disabled=command.disabled)
    if command.disabled:
        await signing.revoke(unit.connection, clock.now(), account_id=account_id)
    await audit.write(unit, office, "account.disabled" if command.disabled else "account.enabled", account_id)
    became = AccountDisabled if command.disabled else AccountEnabled
    return written(AccountView, changed, say(unit, office, became(account_id=account_id)))


async def reset_password(
    unit: Unit, office: Office, account_id: str, command: ResetPassword, password_hash: str, match: Match | None
) -> Written:
    """Gives an account a new password and ends its sessions and its lock-out."""
    row = await _others(unit, office, account_id)
    check_match(row["version"], match, required=False)
    passwords.check("password", command.password.get_secret_value(), row["login"])
    changed = await rows.change(unit.connection, tables.accounts, row, password_hash=password_hash)
    await signing.revoke(unit.connection, clock.now(), account_id=account_id)
    await signing.forget_tries(unit.connection, login_index(office, row["login"]))
    await audit.write(unit, office, "account.password-reset", account_id)
    event = say(unit, office, AccountPasswordSet(account_id=account_id, by="administrator"))
    return written(AccountView, changed, event)


def login_index(office: Office, login: str) -> str:
    """What wrong passwords are counted by."""
    return office.keyring.blind_index(login, "account.login")


async def checked(unit: Unit, grants: Sequence[GrantInput]) -> list[dict[str, Any]]:
    """The grants to store. Refuses roles there aren't and scopes that don't fit their role."""
    for place, grant in enumerate(grants):
        await _check(unit, f"grants.{place}", grant)
    return [grant.model_dump() for grant in dict.fromkeys(grants)]


async def _check(unit: Unit, field: str, grant: GrantInput) -> None:
    role = roles().get(grant.role)
    if role is None:
        raise Refusal("role_unknown", f"{field}.role", roles=", ".join(roles()))
    level = "nation" if grant.scope == EVERYWHERE else territory.level_of(grant.scope)
    if level not in role.levels or not await _exists(unit, grant.scope):
        raise Refusal("grant_scope", f"{field}.scope", levels=", ".join(role.levels))
    if role.of_organisation and grant.organisation_id is None:
        raise Refusal("organisation_missing", f"{field}.organisation_id")
    if not role.of_organisation and grant.organisation_id is not None:
        raise Refusal("organisation_unwanted", f"{field}.organisation_id")


async def _exists(unit: Unit, scope: str) -> bool:
    return scope == EVERYWHERE or await rows.find(unit.connection, tables.regions, scope) is not None


async def _others(unit: Unit, office: Office, account_id: str) -> Row:
    row = await rows.find(unit.connection, tables.accounts, account_id, lock=True)
    if row is None:
        raise Refusal("unknown_record")
    if account_id == office.actor.id:
        raise Refusal("own_account")
    return row


def words(grants: Sequence[Any]) -> str:
    """Grants on one line, for the log."""
    return ", ".join(
        f"{grant['role']} {grant['scope']}" + (f" {grant['organisation_id']}" if grant["organisation_id"] else "")
        for grant in grants
    )
