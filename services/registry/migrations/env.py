"""Alembic's entry."""

from shared.runtime.migration import run_env

run_env()
