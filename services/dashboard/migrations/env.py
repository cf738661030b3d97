"""Alembic's entry point for this service."""

from shared.runtime.migration import run_env

run_env()
