"""A participant as everyone sees one who doesn't hold the keys; and the row of the registration that stands."""

from datetime import date
from typing import ClassVar, Literal

from services.registry.commands.model import View
from services.registry.commands.office import locked
from services.registry.domain.refusal import Refusal
from services.registry.storage import tables
from services.registry.storage.rows import Row
from shared.contracts.registry import AgeBand, Group, ParticipantState, Sex
from shared.journal import Unit

Referrer = Literal[
    "self",
    "family",
    "recovery_agent",
    "penggiat",
    "village_office",
    "health_service",
    "social_service",
    "police",
    "court",
    "prison",
    "bnn",
    "other",
]


class ParticipantView(View):
    """A participant under a pseudonym. ``merged_into`` names the registration that stands for a double one."""

    PATH: ClassVar[str] = "/v1/participants"

    id: str
    village: str
    since: date
    group: Group
    sex: Sex
    age_band: AgeBand
    referred_by: Referrer | None = None
    on: date
    state: ParticipantState
    state_on: date
    merged_into: str | None = None
    synthetic: bool


async def standing(unit: Unit, participant_id: str) -> Row:
    """The locked row of a participant who is there and was neither erased nor merged into another registration."""
    row = await locked(unit.connection, tables.participants, participant_id, "unknown_record", None)
    if row["merged_into"] is not None:
        raise Refusal("participant_merged", "id", id=row["merged_into"])
    if row["state"] == "erased":
        raise Refusal("participant_erased", "id")
    return row
