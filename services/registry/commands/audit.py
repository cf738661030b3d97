"""The audit log: who looked at what and why, and who changed whose rights. No personal data goes in."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from services.registry.commands.model import PRINTABLE
from services.registry.commands.office import Office
from services.registry.domain import personal
from services.registry.storage import audit as log
from shared.journal import Unit
from shared.runtime import clock

Fact = str | int | bool | None
ReasonInput = Annotated[
    str,
    Field(
        min_length=10,
        max_length=200,
        pattern=PRINTABLE,
        description="Why; kept in the audit log: name nobody in it.",
    ),
]


async def write(
    unit: Unit,
    office: Office,
    action: str,
    subject: str,
    *,
    reason: str | None = None,
    **facts: Fact,
) -> int:
    """Appends an entry in the running transaction and gives its number.

    ``action`` is a word like ``participant.revealed``, ``subject`` the id it happened to. ``reason`` is what a person
    stated; it is refused when it holds what looks like a phone number, a NIK or a mail address.
    """
    return await write_many(unit, office, action, [subject], reason=reason, **facts)


async def write_many(
    unit: Unit, office: Office, action: str, subjects: Iterable[str], *, reason: str | None = None, **facts: Fact
) -> int:
    """The same entry about each of many subjects, in their order."""
    personal.check_open_text(reason=reason)
    same = {"at": clock.now(), "actor": office.actor.id, "action": action, "reason": reason, "facts": facts}
    return await log.append(unit.connection, *({**same, "subject": subject} for subject in subjects))
