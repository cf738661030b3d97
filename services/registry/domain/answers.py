"""What looks odd about a questionnaire. A flag excludes nothing: a person does, with a reason."""

from collections.abc import Mapping
from typing import Literal

Flag = Literal["straight_line", "too_fast", "duplicate"]

STRAIGHT_ITEMS_MIN = 8
"""Fewer equal answers in a row prove nothing."""

DUPLICATE_ITEMS_MIN = 12
"""Two people may well agree on a dozen statements by chance when these are few."""

READING_SECONDS_PER_ITEM = 2
"""Nobody reads a statement of fifteen words and chooses in less."""


def flags(answers: Mapping[str, int], seconds: int | None, *, seen_before: bool) -> tuple[Flag, ...]:
    """``seconds`` from the first to the last answer, when known; ``seen_before``: the same group gave these answers."""
    found: list[Flag] = []
    if len(answers) >= STRAIGHT_ITEMS_MIN and len(set(answers.values())) == 1:
        found.append("straight_line")
    if seconds is not None and seconds < READING_SECONDS_PER_ITEM * len(answers):
        found.append("too_fast")
    if seen_before and len(answers) >= DUPLICATE_ITEMS_MIN:
        found.append("duplicate")
    return tuple(found)


def vector(answers: Mapping[str, int]) -> str:
    """The answers as one text, the same in whatever order they were given."""
    return ",".join(f"{item}={answers[item]}" for item in sorted(answers))
