"""Referrals of participants to organisations that can help, and what these answered."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict

from services.registry.commands import consent, participants
from services.registry.commands.model import (
    Command,
    IdInput,
    Match,
    OnInput,
    OrganisationInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, personal, referrals, territory
from services.registry.storage import rows, tables
from shared.contracts.registry import ReferralAnswered, ReferralSent
from shared.journal import Unit
from shared.runtime import clock

Outcome = Literal["accepted", "declined", "placed", "closed"]


class SendReferral(Command):
    """A participant is referred to an organisation, which is to answer by ``due_on``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "participant_id": "01920000-0000-7000-8000-000000000002",
                    "to_organisation": "DKUM Kota Depok",
                    "on": "2023-03-06",
                    "due_on": "2023-03-20",
                }
            ]
        }
    )

    participant_id: IdInput
    to_organisation: OrganisationInput
    on: OnInput
    due_on: date
    synthetic: SyntheticInput = False


class AnswerReferral(Command):
    """What the organisation answered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "accepted", "on": "2023-03-15"}]})

    outcome: Outcome
    on: OnInput


class ReferralView(View):
    """A referral and where it stands."""

    PATH: ClassVar[str] = "/v1/referrals"

    id: str
    participant_id: str
    village: str
    to_organisation: str
    state: Literal["sent", "accepted", "declined", "placed", "closed"]
    on: date
    due_on: date
    answered_on: date | None = None
    synthetic: bool


async def send(unit: Unit, office: Office, command: SendReferral) -> Written:
    """Sends a referral; it is due on the day it is sent at the earliest."""
    person = await participants.usable(unit, office, command.participant_id, consent.REFERRAL, on=command.on)
    city = territory.city_of(person["village"])
    dates.check_not_before("due_on", command.due_on, command.on, "due_before_sent")
    personal.check_open_text(to_organisation=command.to_organisation)
    values = command.model_dump() | {
        "participant_id": person["id"],
        "village": person["village"],
        "synthetic": command.synthetic or person["synthetic"],
    }
    row = rows.new(id=clock.new_id(), state="sent", **values)
    await rows.add(unit.connection, tables.referrals, row)
    event = unit.emit(ReferralSent(referral_id=row["id"], **values), subject=row["id"], region=city)
    return written(ReferralView, row, event, created=True)


async def answer(unit: Unit, office: Office, referral_id: str, command: AnswerReferral, match: Match | None) -> Written:
    """Records an answer that can follow on where the referral stands."""
    row = await locked(unit.connection, tables.referrals, referral_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    city = territory.city_of(row["village"])
    dates.check_happened("on", command.on, office.today(city))
    dates.check_not_before("on", command.on, row["answered_on"] or row["on"])
    state = referrals.answer(row["state"], command.outcome)
    changed = await rows.change(unit.connection, tables.referrals, row, state=state, answered_on=command.on)
    payload = ReferralAnswered(
        referral_id=referral_id,
        participant_id=row["participant_id"],
        village=row["village"],
        to_organisation=row["to_organisation"],
        synthetic=row["synthetic"],
        **command.model_dump(),
    )
    return written(ReferralView, changed, unit.emit(payload, subject=referral_id, region=city))
