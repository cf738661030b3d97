"""What concerns one organisation: its subscription is linked to it, and its work is known as its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NEW_RULES = ["commitment_due", "commitment_overdue"]


def upgrade() -> None:
    """Adds the columns; whoever hears of referrals past their date also hears of commitments."""
    with op.batch_alter_table("subscription") as batch:
        batch.add_column(sa.Column("organisation_id", sa.String(64)))
        batch.add_column(sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()))
    with op.batch_alter_table("work") as batch:
        batch.add_column(sa.Column("organisation_id", sa.String(64)))
    _widen_rules()


def _widen_rules() -> None:
    subscription: Any = sa.table("subscription", sa.column("id", sa.String), sa.column("rules", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(subscription)).all():
        if "referral_due" in row.rules:
            rules = sorted({*row.rules, *NEW_RULES})
            connection.execute(sa.update(subscription).where(subscription.c.id == row.id).values(rules=rules))
