"""Import jobs, and what lists and searches need."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0008"
down_revision = "0007"

SORTED = {
    "participants": ("on", "village"),
    "enrolments": ("on", "village", "state", "participant_id"),
    "sessions": ("on", "village"),
    "businesses": ("on", "village", "status"),
    "follow_ups": ("due_on", "village"),
    "referrals": ("due_on", "on", "state"),
    "survey_answers": ("on", "year"),
}
FILTERED_ON_POSTGRESQL = {
    "participants": ("since", "group", "sex", "age_band", "referred_by", "state", "state_on", "synthetic"),
    "consents": (
        "purpose",
        "text_version",
        "given_by",
        "on",
        "withdrawn_on",
        "withdrawn_at",
        "deadline_at",
        "synthetic",
    ),
    "enrolments": ("kind", "reason", "accepted_on", "ended_on", "synthetic"),
    "follow_ups": ("months", "status", "workers", "income_band", "on", "synthetic"),
}


def upgrade() -> None:
    """Tables of imports; indices for lists that grow."""
    _create_imports()
    op.create_index("imports_by_state", "imports", ["state", "id"])
    op.create_table(
        "import_findings",
        sa.Column("import_id", sa.String(64), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        _count("row"),
        sa.Column("column", sa.Integer),
        _word("field", 40),
        _word("code", 40),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("cell_sealed", sa.LargeBinary),
    )
    op.create_table(
        "import_rows",
        sa.Column("row_index", sa.String(64), primary_key=True),
        _word("import_id", 64),
        _count("row"),
        sqlite_with_rowid=False,
    )
    _create_exports()
    for table, columns in SORTED.items():
        for column in columns:
            op.create_index(f"{table}_by_{column}", table, [column, "id"])
    if op.get_context().dialect.name == "postgresql":
        for table, columns in FILTERED_ON_POSTGRESQL.items():
            for column in columns:
                op.create_index(f"{table}_by_{column}", table, [column, "id"])


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(64), primary_key=True),
        _word("kind", 20),
        _word("state", 16),
        _word("format", 8),
        _word("encoding", 16),
        _word("made_by", 64),
        sa.Column("acting", sa.JSON, nullable=False),
        _word("file_index", 64),
        _count("file_bytes"),
        sa.Column("file_kept", sa.Boolean, nullable=False),
        sa.Column("key_sealed", sa.LargeBinary),
        sa.Column("headings_sealed", sa.LargeBinary),
        _count("heading_row"),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("rows_total", sa.Integer),
        sa.Column("checked", sa.Boolean, nullable=False),
        *(_count(f"rows_{name}") for name in ("done", "written", "unchanged", "refused", "held")),
        _count("findings"),
        sa.Column("trouble", sa.String(40)),
        _count("version"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )


def _create_exports() -> None:
    counted = ("file_bytes", "rows", "people", "left_out_erased", "left_out_consent", "left_out_scope")
    op.create_table(
        "exports",
        sa.Column("id", sa.String(64), primary_key=True),
        _word("list", 20),
        _word("purpose", 40),
        _word("format", 8),
        _word("language", 2),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        _word("reason", 200),
        _word("state", 16),
        _word("made_by", 64),
        sa.Column("acting", sa.JSON, nullable=False),
        sa.Column("key_sealed", sa.LargeBinary),
        *(_count(name) for name in counted),
        sa.Column("trouble", sa.String(40)),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        _count("version"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("exports_by_state", "exports", ["state", "expires_at", "id"])
    op.create_table(
        "export_people",
        sa.Column("participant_id", sa.String(64), primary_key=True),
        sa.Column("export_id", sa.String(64), primary_key=True),
    )
    op.create_index("ix_export_people_export_id", "export_people", ["export_id"])


def _word(name: str, length: int) -> Any:
    return sa.Column(name, sa.String(length), nullable=False)


def _count(name: str) -> Any:
    return sa.Column(name, sa.Integer, nullable=False)
