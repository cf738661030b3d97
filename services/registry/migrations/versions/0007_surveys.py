"""Campaigns and invitations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes campaigns, invitations and reminders; answers learn where they belong and whether they count."""
    _create_campaigns()
    _create_survey_links()
    op.create_table(
        "survey_reminders",
        sa.Column("campaign_id", sa.String(64), primary_key=True),
        sa.Column("group", sa.String(20), primary_key=True),
        sa.Column("village", sa.String(13), primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
    )
    with op.batch_alter_table("survey_answers") as answers:
        answers.add_column(sa.Column("campaign_id", sa.String(64)))
        answers.add_column(sa.Column("village", sa.String(13)))
        answers.add_column(sa.Column("seconds", sa.Integer))
        answers.add_column(sa.Column("vector_index", sa.String(64)))
        answers.add_column(sa.Column("flags", sa.JSON, nullable=False, server_default="[]"))
        answers.add_column(sa.Column("flagged", sa.Boolean, nullable=False, server_default=sa.false()))
        answers.add_column(sa.Column("excluded", sa.Boolean, nullable=False, server_default=sa.false()))
        answers.add_column(sa.Column("excluded_reason", sa.String(20)))
        answers.add_column(sa.Column("excluded_note", sa.Text))
        answers.create_index("ix_survey_answers_campaign_id", ["campaign_id"])
        answers.create_index("ix_survey_answers_vector_index", ["vector_index"])


def _create_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("villages", sa.JSON, nullable=False),
        sa.Column("quotas", sa.JSON, nullable=False),
        sa.Column("questionnaire", sa.JSON, nullable=False),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("revision_name", sa.String(120)),
        sa.Column("last_hand", sa.String(64), nullable=False),
        sa.Column("last_reason", sa.Text),
        *_life(),
        sa.UniqueConstraint("region", "year", "instrument"),
    )


def _create_survey_links() -> None:
    op.create_table(
        "survey_links",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("campaign_id", sa.String(64), nullable=False, index=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("group", sa.String(20), nullable=False),
        sa.Column("village", sa.String(13)),
        sa.Column("addressee", sa.String(80)),
        sa.Column("token_index", sa.String(64), nullable=False, unique=True),
        sa.Column("places", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        *_life(),
    )


def _life() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
