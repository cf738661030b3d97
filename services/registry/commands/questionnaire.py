"""What a campaign asks whom: the part of an instrument a respondent sees, kept with the campaign as it was opened."""

from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["city", "village"]


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(frozen=True)

    id: str
    en: str


class Item(BaseModel):
    """One statement. ``groups`` names who is asked; empty for everyone."""

    model_config = ConfigDict(frozen=True)

    key: str
    text: Words
    groups: tuple[str, ...] = ()


class RespondentGroupView(BaseModel):
    """A respondent group: its name, and how many answers are wanted of it when nobody says otherwise."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: Words
    quota: int


class Questionnaire(BaseModel):
    """The statements of an instrument with their scale. ``labels`` name its steps, the lowest first."""

    model_config = ConfigDict(frozen=True)

    instrument: str
    title: Words
    level: Level
    lowest: int
    highest: int
    labels: tuple[Words, ...]
    groups: tuple[RespondentGroupView, ...]
    items: tuple[Item, ...]
    provisional: bool

    def asked(self, group: str) -> tuple[Item, ...]:
        """What a group is asked."""
        return tuple(item for item in self.items if not item.groups or group in item.groups)

    def group(self, key: str) -> RespondentGroupView | None:
        """A group by its key."""
        return next((group for group in self.groups if group.key == key), None)


Questionnaires = Callable[[str], Awaitable[Questionnaire]]
"""Finds a questionnaire by its instrument's key; refuses one that isn't known, or when it can't be asked for."""
