"""Where a page ended: the sorted columns' values of its last row. None is personal: a cursor is part of an address."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.registry.domain.refusal import Refusal
from services.registry.storage.rows import Ordered


def write(key: tuple[Any, ...] | None, order: Sequence[Ordered]) -> str | None:
    """The cursor that leads to the rows after a key; ``None`` after the last."""
    if key is None:
        return None
    document = [_spelled(order), *(value.isoformat() if isinstance(value, date) else value for value in key)]
    return base64.urlsafe_b64encode(json.dumps(document, separators=(",", ":")).encode()).decode().rstrip("=")


def read(cursor: str | None, order: Sequence[Ordered]) -> list[Any] | None:
    """The key in a cursor. One that isn't ours, or that was given for another order, is refused."""
    if cursor is None:
        return None
    try:
        spelled, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        typed = [_typed(value, one) for value, one in zip(key, order, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise Refusal("cursor_unreadable", "cursor") from None
    if spelled != _spelled(order):
        raise Refusal("cursor_unreadable", "cursor")
    return typed


def _spelled(order: Sequence[Ordered]) -> str:
    return ",".join(f"{'-' if one.descending else ''}{one.column.key}" for one in order)


def _typed(value: Any, one: Ordered) -> Any:
    kind = one.column.type.python_type
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if type(value) is not kind or (kind is str and "\0" in value):
        raise TypeError
    if kind is int and abs(value) >= 2**31:
        raise ValueError
    return value
