"""A person and their registrations: after a merge one stands for the others, which keep what they have."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from services.registry.storage import tables


def same_person(participant_id: Any) -> Select[Any]:
    """The ids of every registration of a person, whichever of them is given."""
    people = tables.participants.c
    standing = root(participant_id)
    return select(people.id).where(or_(people.id == standing, people.merged_into == standing))


def root(participant_id: Any) -> ColumnElement[Any]:
    """The id of the registration that stands for a person."""
    given = tables.participants.alias().c
    found = select(func.coalesce(given.merged_into, given.id)).where(given.id == participant_id)
    return found.scalar_subquery()
