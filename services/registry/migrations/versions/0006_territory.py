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
    _create_institution_states()
    _add_to_institutions()
    _add_to_regulations()
    _add_to_agents()
    _add_to_area_statuses()


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
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_pillars_village"), "pillars", ["village"], unique=False)


def _create_institution_states() -> None:
    op.create_table(
        "institution_states",
        sa.Column("institution_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("has_policy", sa.Boolean(), nullable=False),
        sa.Column("penggiat", sa.Integer(), nullable=False),
        sa.Column("urine_tests", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", "year"),
    )
    op.create_index(op.f("ix_institution_states_region"), "institution_states", ["region"], unique=False)
    on = sa.column("on", sa.Date())
    state = (sa.column("region"), sa.column("has_policy"), sa.column("penggiat"), sa.column("urine_tests"))
    recorded = sa.select(sa.column("id"), sa.cast(sa.extract("year", on), sa.Integer()), *state, on)
    names = ("institution_id", "year", *(column.name for column in state), "on")
    states = sa.table("institution_states", *map(sa.column, names))
    op.execute(states.insert().from_select(names, recorded.select_from(sa.table("institutions"))))


def _add_to_institutions() -> None:
    with op.batch_alter_table("institutions") as table:
        table.add_column(sa.Column("village", sa.String(length=13), nullable=True))
        table.add_column(sa.Column("policy_number", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("policy_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("policy_document", sa.Text(), nullable=True))
        table.create_index(op.f("ix_institutions_village"), ["village"], unique=False)


def _add_to_regulations() -> None:
    with op.batch_alter_table("regulations") as table:
        table.add_column(sa.Column("title", sa.Text(), nullable=True))
        table.add_column(sa.Column("document", sa.Text(), nullable=True))
        for column in _term():
            table.add_column(column)
    _begin_terms("regulations", "in_force")


def _add_to_agents() -> None:
    with op.batch_alter_table("agents") as table:
        for column in _term():
            table.add_column(column)
        table.add_column(sa.Column("reason", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("trainings", sa.JSON(), server_default="[]", nullable=False))
    _begin_terms("agents", "active")


def _term() -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.Date(), nullable=True) for name in ("since", "until", "after", "said_on"))


def _begin_terms(table: str, stands: str) -> None:
    """What stood on the day it was recorded has stood since; what didn't has no term yet."""
    on, since, said = (sa.column(name, sa.Date()) for name in ("on", "since", "said_on"))
    rows = sa.table(table, on, since, said, sa.column(stands, sa.Boolean()))
    op.execute(rows.update().values({said: on}))
    op.execute(rows.update().where(rows.c[stands]).values({since: on}))


def _add_to_area_statuses() -> None:
    with op.batch_alter_table("area_statuses") as table:
        table.add_column(sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("released_by", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("released_on", sa.Date(), nullable=True))
