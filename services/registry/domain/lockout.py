"""Guessing a password gets slower with every wrong guess."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
"""Wrong passwords before anybody has to wait."""

FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 3_600
FORGOTTEN_AFTER = timedelta(days=1)
"""A day without a wrong password, and the count begins anew."""


@dataclass(frozen=True)
class Tries:
    """The wrong passwords given for one login since it last signed in."""

    failures: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None

    def wait_seconds(self, now: datetime) -> int:
        """How long nobody may try this login any more; 0 when it may be tried."""
        if self.locked_until is None or self.locked_until <= now:
            return 0
        left = self.locked_until - now
        return int(left.total_seconds()) + (1 if left.microseconds else 0)

    def failed(self, now: datetime) -> "Tries":
        """One more wrong password. From the fifth on each doubles the wait, up to an hour."""
        remembered = self.last_at is not None and now - self.last_at < FORGOTTEN_AFTER
        failures = (self.failures if remembered else 0) + 1
        wait = _wait(failures)
        return Tries(failures, now, now + timedelta(seconds=wait) if wait else None)


def _wait(failures: int) -> int:
    if failures < FREE_TRIES:
        return 0
    # The exponent is bounded too: thousands of failures must not make numbers of thousands of bits.
    return min(FIRST_WAIT_SECONDS << min(failures - FREE_TRIES, 16), LONGEST_WAIT_SECONDS)
