"""When a delivery that failed is tried again, and when it is given up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPlan:
    """Exponential backoff: ``base_seconds``, doubled with every attempt, never above ``cap_seconds``."""

    attempts_max: int
    base_seconds: float
    cap_seconds: float

    def spent(self, attempts: int) -> bool:
        """Whether no attempt is left after so many."""
        return attempts >= self.attempts_max

    def wait_seconds(self, attempts: int, jitter: float) -> float:
        """The pause after the given number of attempts (at least 1), between half and all of the backoff.

        ``jitter`` is a number in [0, 1): many deliveries that failed together come back apart.
        """
        # The exponent is bounded so that a long row of failures cannot overflow.
        backoff = min(self.cap_seconds, self.base_seconds * 2.0 ** min(attempts - 1, 32))
        return backoff * (0.5 + jitter / 2)
