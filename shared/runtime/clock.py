"""The clock and the ids made from it. Only the edges of a service call these; ``domain/`` is handed the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import uuid_utils


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The date in an office's own time zone, for instance ``Asia/Jakarta``."""
    return datetime.now(ZoneInfo(time_zone)).date()


def new_id() -> str:
    """A UUIDv7 (RFC 9562): unique without asking anyone, and ordered by time."""
    return str(uuid_utils.uuid7())
