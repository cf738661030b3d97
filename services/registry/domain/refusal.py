"""The one way a rule says no."""

from collections.abc import Mapping

from services.registry.domain.codes import Code


class Refusal(Exception):
    """A request that can't be granted. ``code`` names the reason, ``field`` what to mend.

    ``values`` fill the wording in http/wording/. They are never a person's data: they end up in answers and logs.
    """

    def __init__(self, code: Code, field: str | None = None, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values


class StaleVersion(Refusal):
    """The record changed since the caller read it; ``version`` is the current one."""

    def __init__(self, version: int) -> None:
        super().__init__("stale", "If-Match", version=version)
        self.version = version


class RowsRefused(Exception):
    """Some of many requests made at once can't be granted, so none was; ``refusals`` by their place, from 0."""

    def __init__(self, refusals: Mapping[int, Refusal]) -> None:
        super().__init__(f"{len(refusals)} rows refused")
        self.refusals = dict(sorted(refusals.items()))
