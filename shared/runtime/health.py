"""Whether a process can do its work: named checks, each answering ``None`` or the reason why not."""

from collections.abc import Awaitable, Callable

Check = Callable[[], Awaitable[str | None]]


class Health:
    """The checks behind ``/readyz``."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Registers a check. It must be quick and must not raise for an expected fault."""
        self._checks[name] = check

    async def reasons(self) -> dict[str, str]:
        """Name -> reason, for every check that isn't content."""
        found = {name: await check() for name, check in self._checks.items()}
        return {name: reason for name, reason in found.items() if reason is not None}
