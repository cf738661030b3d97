"""Potential, designations, pillars."""

import sqlalchemy as sa
from alembic import op

from shared.runtime import clock
from shared.runtime.database import UtcDateTime

revision = "0006"
down_revision = "0005"

KINDS = (
    ("sektor", "Sektor usaha", "Sector"),
    ("keterampilan", "Keterampilan warga", "Skill of residents"),
    ("aset", "Aset dan sarana", "Asset"),
)
"""What potential is mapped in at first; offices add their own."""


def upgrade() -> None:
    """Makes the tables and the first kinds of potential."""
    _create_potential_kinds()
    _create_potentials()
    _create_designations()
    _create_pillars()


def _life() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )


def _create_potential_kinds() -> None:
    table = op.create_table(
        "potential_kinds",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_id", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    now = clock.now()
    rows = [{"code": code, "name_id": own, "name_en": english} for code, own, english in KINDS]
    op.bulk_insert(table, [{**row, "version": 1, "created_at": now} for row in rows])


def _create_potentials() -> None:
    op.create_table(
        "potentials",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("mapped_by", sa.String(length=80), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("village", "kind", "what"),
    )
    op.create_index(op.f("ix_potentials_village"), "potentials", ["village"], unique=False)


def _create_designations() -> None:
    op.create_table(
        "designations",
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decree_number", sa.String(length=80), nullable=False),
        sa.Column("decree_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        *_life(),
        sa.PrimaryKeyConstraint("village", "year"),
    )


def _create_pillars() -> None:
    op.create_table(
        "pillars",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_pillars_village"), "pillars", ["village"], unique=False)
