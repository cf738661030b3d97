"""Consent: nothing is done with a person's data without one that stands."""

from sqlalchemy import or_, select

from services.registry.commands.office import known
from services.registry.domain import consent
from services.registry.domain.consent import Said
from services.registry.storage import tables
from shared.journal import Unit

PROGRAMME, REFERRAL, LIVELIHOOD = "programme", "referral", "livelihood"
"""The purposes this software itself asks for; an office may record more of them."""


async def check(unit: Unit, person_id: str, purpose: str, *, field: str = "participant_id") -> None:
    """Refuses processing of a person's data for a purpose they don't consent to, or no longer.

    What was said under a registration that was merged into this one counts as well: it is the same person.
    """
    person = await known(unit.connection, tables.participants, person_id, "unknown_participant", field)
    people, given = tables.participants.c, tables.consents.c
    same_person = select(people.id).where(or_(people.id == person_id, people.merged_into == person_id))
    query = select(given.created_at, given.withdrawn_at).where(
        given.participant_id.in_(same_person), given.purpose == purpose
    )
    said = [Said(row.created_at, row.withdrawn_at) for row in await unit.connection.execute(query)]
    consent.check(said, required=person["consent_required"], field=field)
