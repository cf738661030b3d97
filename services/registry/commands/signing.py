"""Signing in and out: a session is an opaque token of 256 random bits, of which only the hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, SecretStr

from services.registry.commands import accounts, audit, hashing
from services.registry.commands.accounts import AccountView, PasswordInput
from services.registry.commands.model import Command, View, Written
from services.registry.commands.office import Office
from services.registry.domain import lockout, passwords
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage import signing as stored
from services.registry.storage.rows import Row
from shared.access import Actor
from shared.contracts.registry import AccountLocked, AccountPasswordSet, AccountSessionOpened, AccountSessionRevoked
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.database import Database

TOKEN_BYTES = 32
Via = Literal["password", "oidc"]


class SignIn(Command):
    """A login and its password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"login": "petugas.contoh", "password": "ikan lele kolam bundar"}]}
    )

    login: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\x21-\x7e]+$")]
    password: PasswordInput


class ChangePassword(Command):
    """The password one signs in with now, and the next one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "ikan lele kolam bundar", "new": "sawah hijau pagi hari"}]}
    )

    current: PasswordInput
    new: PasswordInput


class Introspect(Command):
    """A token another service was shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "x" * 43}]})

    token: Annotated[SecretStr, Field(max_length=200)]


class AccountSessionView(View):
    """A session; never its token."""

    PATH: ClassVar[str] = "/v1/account-sessions"

    id: str
    account_id: str
    via: Via
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class OpenedSession(View):
    """A session just opened. ``token`` is shown this once: send it as ``Authorization: Bearer <token>``."""

    id: str
    token: str
    expires_at: datetime
    account: AccountView


@dataclass(frozen=True)
class Doors:
    """The office, and how long a session lasts."""

    office: Office
    hours: int


async def sign_in(doors: Doors, command: SignIn) -> OpenedSession:
    """Opens a session for the right password. A wrong one is counted before it is judged, so that many at once
    count as many; an unknown login takes as long, is counted and refused like a known one."""
    office, login = doors.office, command.login.lower()
    account, failures = await _counted(office, login)
    password = command.password.get_secret_value()
    known_hash = account["password_hash"] if account is not None else None
    right = await hashing.is_right(known_hash, password)
    if not right or account is None:
        await _note_locked(office, account, failures)
        raise Refusal("sign_in_wrong")
    if account["disabled"]:
        raise Refusal("account_disabled")
    fresh = await hashing.hash_password(password) if hashing.is_outdated(account["password_hash"]) else None
    async with office.journal.writing() as unit:
        await stored.forget_tries(unit.connection, accounts.login_index(office, login))
        if fresh is not None:
            await rows.change(unit.connection, tables.accounts, account, password_hash=fresh)
        return await open_session(unit, doors, account, "password")


async def open_session(unit: Unit, doors: Doors, account: Row, via: Via) -> OpenedSession:
    """A new session of an account."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    row = {
        "id": clock.new_id(),
        "account_id": account["id"],
        "token_hash": hash_of(token),
        "via": via,
        "created_at": now,
        "expires_at": now + timedelta(hours=doors.hours),
    }
    await stored.add(unit.connection, row)
    office = doors.office.for_actor(Actor(account["id"]))
    await audit.write(unit, office, "session.opened", row["id"], via=via)
    said = AccountSessionOpened(session_id=row["id"], account_id=account["id"], via=via)
    unit.emit(said, subject=row["id"], region=office.own_region)
    return OpenedSession(id=row["id"], token=token, expires_at=row["expires_at"], account=AccountView.of(account))


async def actor_of(database: Database, token: str) -> Actor | None:
    """Who presents a token; ``None`` when its session ended or never was."""
    async with database.read() as connection:
        row = await stored.by_token(connection, hash_of(token), clock.now())
    return None if row is None else Actor(row["id"], accounts.grants_of(row), row["session_id"], row["login"])


async def revoke(unit: Unit, office: Office, session_id: str, *, any_account: bool) -> None:
    """Ends a session at once: one's own, or with ``any_account`` anybody's."""
    row = await rows.find(unit.connection, tables.account_sessions, session_id)
    if row is None or not (any_account or row["account_id"] == office.actor.id):
        raise Refusal("unknown_record")
    if await stored.revoke(unit.connection, clock.now(), id=session_id):
        await audit.write(unit, office, "session.revoked", session_id, account=row["account_id"])
        payload = AccountSessionRevoked(session_id=session_id, account_id=row["account_id"])
        unit.emit(payload, subject=session_id, region=office.own_region)


async def change_password(unit: Unit, office: Office, account: Row, new_hash: str) -> Written:
    """Sets the password of the one who is signed in, and ends their other sessions."""
    changed = await rows.change(unit.connection, tables.accounts, account, password_hash=new_hash)
    await stored.revoke_others(unit.connection, clock.now(), account["id"], office.actor.session_id)
    await audit.write(unit, office, "account.password-changed", account["id"])
    event = accounts.say(unit, office, AccountPasswordSet(account_id=account["id"], by="self"))
    return Written(AccountView.of(changed), changed["version"], (event,))


async def judge_change(office: Office, command: ChangePassword) -> tuple[Row, str]:
    """The account of whoever is signed in and the hash of its new password; refuses a wrong present one."""
    async with office.database.read() as connection:
        account = await rows.find(connection, tables.accounts, office.actor.id)
    if account is None or account["password_hash"] is None:
        raise Refusal("unknown_record")
    await _counted(office, account["login"])
    if not await hashing.is_right(account["password_hash"], command.current.get_secret_value()):
        raise Refusal("password_wrong", "current")
    async with office.database.transaction() as connection:
        await stored.forget_tries(connection, accounts.login_index(office, account["login"]))
    new = command.new.get_secret_value()
    passwords.check("new", new, account["login"])
    return account, await hashing.hash_password(new)


async def _counted(office: Office, login: str) -> tuple[Row | None, int]:
    """The account of a login, after its next try was counted as a failure, and the failures so far; refuses a login
    that has to wait."""
    now, index = clock.now(), accounts.login_index(office, login)
    async with office.journal.writing() as unit:
        tries = await stored.tries(unit.connection, index, now)
        wait = tries.wait_seconds(now)
        if wait:
            raise LockedOut(wait)
        failed = tries.failed(now)
        await stored.keep_tries(unit.connection, index, failed)
        return await stored.account_by_login(unit.connection, login), failed.failures


async def _note_locked(office: Office, account: Row | None, failures: int) -> None:
    """Says in the log that an account is locked for a while; what isn't an account can't fill the log."""
    if account is not None and failures >= lockout.FREE_TRIES:
        async with office.journal.writing() as unit:
            await audit.write(unit, office, "account.locked", account["id"], failures=failures)
            accounts.say(unit, office, AccountLocked(account_id=account["id"], failures=failures))


class LockedOut(Refusal):
    """Too many wrong passwords; ``seconds`` until the next may be tried."""

    def __init__(self, seconds: int) -> None:
        super().__init__("locked_out", seconds=seconds)
        self.seconds = seconds


def hash_of(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash can't be tried out."""
    return sha256(token.encode()).hexdigest()
