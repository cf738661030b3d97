"""The audit log: who looked at what and why, and who changed whose rights. No personal data goes in."""

from services.registry.commands.office import Office
from services.registry.domain import personal
from services.registry.storage import audit as log
from shared.journal import Unit
from shared.runtime import clock

Fact = str | int | bool | None


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
    personal.check_open_text(reason=reason)
    entry = {
        "at": clock.now(),
        "actor": office.actor.id,
        "action": action,
        "subject": subject,
        "reason": reason,
        "facts": facts,
    }
    return await log.append(unit.connection, entry)
