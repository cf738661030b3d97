"""What a village's status replaces and what it follows."""

from collections.abc import Mapping


def replaced_and_before(history: Mapping[int, str], year: int) -> tuple[str | None, str | None]:
    """(status the same year had so far, status of the last earlier year), each ``None`` where there is none.

    ``history`` maps a year to its status, as recorded before this statement.
    """
    earlier = [known for known in history if known < year]
    return history.get(year), history[max(earlier)] if earlier else None
