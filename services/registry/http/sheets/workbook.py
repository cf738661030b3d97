"""Cells that do no harm, whatever stands in them."""

from typing import Any

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A text no spreadsheet takes for a formula: an apostrophe before what one could begin with."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def safe(value: Any) -> Any:
    """A value for a cell: numbers stay numbers, everything else becomes text that is no formula."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return harmless(str(value))
