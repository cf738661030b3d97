"""Accounts, sessions, and the audit log."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text

from services.registry.storage.tables.columns import ID_LENGTH, count, flag, id_column, metadata, reference, word
from shared.runtime.database import UtcDateTime

accounts = Table(
    "accounts",
    metadata,
    id_column(),
    word("login", 40, unique=True),
    Column("password_hash", Text),
    Column("identity_index", String(64), unique=True),
    Column("grants", JSON, nullable=False),
    flag("disabled"),
    count("version"),
    Column("created_at", UtcDateTime, nullable=False),
)
"""``identity_index``: a keyed hash of the issuer and subject of an account that signs in elsewhere (OIDC)."""

account_sessions = Table(
    "account_sessions",
    metadata,
    id_column(),
    reference("account_id"),
    Column("token_hash", String(64), nullable=False, unique=True),
    word("via", 10),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("revoked_at", UtcDateTime),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("login_index", String(64), primary_key=True),
    count("failures"),
    Column("last_at", UtcDateTime, nullable=False, index=True),
    Column("locked_until", UtcDateTime),
)
"""Wrong passwords by a keyed hash of the login, whether or not there is such an account."""

oidc_pending = Table(
    "oidc_pending",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("redirect_uri", String(400), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
"""Sign-ins under way at another provider."""

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    word("actor", ID_LENGTH),
    word("action"),
    word("subject", ID_LENGTH),
    Column("reason", Text),
    Column("facts", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_log_actor", "actor", "seq"),
    Index("audit_log_subject", "subject", "seq"),
    Index("audit_log_action", "action", "seq"),
)
"""Append-only: triggers of the migration refuse every change and deletion."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row: the number and hash of the log's last row."""
