"""Sessions, and the tries that didn't become one."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.lockout import FORGOTTEN_AFTER, Tries
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row

_accounts, _sessions, _tries = tables.accounts, tables.account_sessions, tables.sign_in_tries
_pending = tables.oidc_pending


async def by_token(connection: AsyncConnection, token_hash: str, now: datetime) -> Row | None:
    """The account of a session that still holds, with the session's ``session_id``."""
    statement = (
        select(_accounts, _sessions.c.id.label("session_id"), _sessions.c.expires_at)
        .join(_sessions, _sessions.c.account_id == _accounts.c.id)
        .where(
            _sessions.c.token_hash == token_hash,
            _sessions.c.revoked_at.is_(None),
            _sessions.c.expires_at > now,
            _accounts.c.disabled.is_(False),
        )
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else rows.plain(row)


async def revoke(connection: AsyncConnection, now: datetime, **of: str) -> int:
    """Ends the sessions with these values, by ``id`` or ``account_id``; how many."""
    conditions = [_sessions.c[name] == value for name, value in of.items()]
    statement = update(_sessions).where(*conditions, _sessions.c.revoked_at.is_(None)).values(revoked_at=now)
    return (await connection.execute(statement)).rowcount


async def revoke_others(connection: AsyncConnection, now: datetime, account_id: str, kept: str | None) -> int:
    """Ends all sessions of an account but one."""
    statement = update(_sessions).where(
        _sessions.c.account_id == account_id, _sessions.c.id != (kept or ""), _sessions.c.revoked_at.is_(None)
    )
    return (await connection.execute(statement.values(revoked_at=now))).rowcount


async def account_by_login(connection: AsyncConnection, login: str) -> Row | None:
    """The account of a login."""
    return await _account(connection, login=login)


async def account_by_identity(connection: AsyncConnection, identity_index: str) -> Row | None:
    """The account of somebody who signs in elsewhere."""
    return await _account(connection, identity_index=identity_index)


async def tries(connection: AsyncConnection, login_index: str, now: datetime) -> Tries:
    """The wrong passwords of a login, kept from others until the transaction ends."""
    await rows.add_if_absent(connection, _tries, {"login_index": login_index, "failures": 0, "last_at": now})
    row = await rows.find(connection, _tries, login_index, lock=True)
    return Tries() if row is None else Tries(row["failures"], row["last_at"], row["locked_until"])


async def keep_tries(connection: AsyncConnection, login_index: str, tries: Tries) -> None:
    """Notes them."""
    values = {"failures": tries.failures, "last_at": tries.last_at, "locked_until": tries.locked_until}
    await connection.execute(update(_tries).where(_tries.c.login_index == login_index).values(values))


async def forget_tries(connection: AsyncConnection, login_index: str) -> None:
    """Somebody signed in: the count begins anew."""
    await connection.execute(delete(_tries).where(_tries.c.login_index == login_index))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Deletes tries nobody counts any more, and sessions that ended a month ago."""
    await connection.execute(delete(_tries).where(_tries.c.last_at < now - 2 * FORGOTTEN_AFTER))
    await connection.execute(delete(_pending).where(_pending.c.expires_at < now))
    await connection.execute(delete(_sessions).where(_sessions.c.expires_at < now - 30 * FORGOTTEN_AFTER))


async def take_pending(connection: AsyncConnection, state_hash: str) -> Row | None:
    """What a sign-in elsewhere began with; it is gone afterwards."""
    row = await rows.find(connection, _pending, state_hash, lock=True)
    await connection.execute(delete(_pending).where(_pending.c.state_hash == state_hash))
    return row


async def add(connection: AsyncConnection, row: Row) -> None:
    """A new session."""
    await connection.execute(insert(_sessions), [dict(row)])


async def _account(connection: AsyncConnection, **of: str) -> Row | None:
    conditions = [_accounts.c[name] == value for name, value in of.items()]
    row = (await connection.execute(select(_accounts).where(*conditions))).mappings().one_or_none()
    return None if row is None else rows.plain(row)
