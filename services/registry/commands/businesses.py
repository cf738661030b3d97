"""Businesses (UMKM) of participants and of mentored groups."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands import consent, participants, supports, visits
from services.registry.commands.groups import usable as usable_group
from services.registry.commands.model import (
    Command,
    IdInput,
    Match,
    OnInput,
    OrganisationInput,
    SectorInput,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.commands.supports import SupportInput
from services.registry.domain import businesses, dates, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.persons import same_person
from services.registry.storage.rows import Row
from shared.contracts.registry import (
    BusinessChanged,
    BusinessClosed,
    BusinessReopened,
    BusinessStarted,
    BusinessStartedByGroup,
    BusinessStatus,
    BusinessTerms,
    CloseReason,
)
from shared.journal import Unit
from shared.runtime import clock

SUPPORTS_MAX = 20

MentorInput = Annotated[
    OrganisationInput, Field(description="The organisation that mentors, never the name of a person.")
]
MentorIdInput = Annotated[IdInput, Field(description="Pseudonymous id of the mentor, or of the organisation.")]


class StartBusiness(Command):
    """A participant, or a mentored group, starts a business. ``village`` is the owner's own when left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "participant_id": "01920000-0000-7000-8000-000000000002",
                    "sector": "lele",
                    "mentor": "Asosiasi UMKM Contoh",
                    "supports": [
                        {
                            "giver": "DKUM Kota Depok",
                            "kind": "tools",
                            "value_rupiah": 2_500_000,
                            "on": "2023-04-03",
                        }
                    ],
                    "on": "2023-04-03",
                }
            ]
        }
    )

    participant_id: IdInput | None = None
    group_id: IdInput | None = None
    enrolment_id: IdInput | None = None
    sector: SectorInput
    village: VillageInput | None = None
    mentor: MentorInput | None = None
    mentor_id: MentorIdInput | None = None
    supports: Annotated[tuple[SupportInput, ...], Field(max_length=SUPPORTS_MAX)] = ()
    on: OnInput
    synthetic: SyntheticInput = False


class ChangeBusiness(Command):
    """Mends what is recorded of a business; what is left out stays. A new start moves the visits still to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mentor": "Asosiasi UMKM Contoh"}]})

    sector: SectorInput | None = None
    mentor: MentorInput | None = None
    mentor_id: MentorIdInput | None = None
    on: OnInput | None = None


class CloseBusiness(Command):
    """The business closed between two visits; the visits still to be made are cancelled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-08-07", "reason": "health"}]})

    on: OnInput
    reason: CloseReason


class ReopenBusiness(Command):
    """Takes a closing back: it was a mistake, or the business goes on. Its visits are due again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2023-08-09"}]})

    on: OnInput


class BusinessView(View):
    """A business and how its last visit found it. ``closed_on`` and ``reason`` when it closed between two visits."""

    PATH: ClassVar[str] = "/v1/businesses"

    id: str
    participant_id: str | None = None
    group_id: str | None = None
    enrolment_id: str | None = None
    sector: str
    village: str
    mentor: str | None = None
    mentor_id: str | None = None
    status: BusinessStatus
    on: date
    closed_on: date | None = None
    reason: CloseReason | None = None
    synthetic: bool


async def start(unit: Unit, office: Office, command: StartBusiness) -> Written:
    """Records the business and what it was given, and schedules its visits."""
    connection = unit.connection
    owner = await _owner(unit, office, command)
    village = command.village or owner["village"]
    city = await office.village(connection, "village", village, command.on)
    personal.check_open_text(sector=command.sector, mentor=command.mentor)
    values = command.model_dump(exclude={"supports"}) | {
        "sector": office.vocabulary.sector(command.sector),
        "village": village,
        "synthetic": command.synthetic or owner["synthetic"],
        "participant_id": owner["id"] if command.group_id is None else None,
    }
    row = rows.new(id=clock.new_id(), status="active", **values)
    await rows.add(connection, tables.businesses, row)
    started = unit.emit(_started(row), subject=row["id"], region=city)
    due = visits.schedule(row)
    await rows.add(connection, tables.follow_ups, *due)
    events = [unit.emit(visits.scheduled(visit), subject=visit["id"], region=city, cause=started) for visit in due]
    for number, support in enumerate(command.supports):
        events.append((await supports.added(unit, office, row, support, f"supports.{number}.", started))[1])
    return written(BusinessView, row, started, *events, created=True)


async def change(unit: Unit, office: Office, business_id: str, command: ChangeBusiness, match: Match | None) -> Written:
    """Mends a business; the event carries what was said before."""
    row = await locked(unit.connection, tables.businesses, business_id, "unknown_record", None)
    check_match(row["version"], match)
    given = command.model_dump(exclude_unset=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    given = {name: value for name, value in given.items() if value is not None or name.startswith("mentor")}
    if "sector" in given:
        given["sector"] = office.vocabulary.sector(given["sector"])
    personal.check_open_text(sector=given.get("sector"), mentor=given.get("mentor"))
    if "on" in given:
        dates.check_happened("on", given["on"], office.today(territory.city_of(row["village"])))
        businesses.check_start(given["on"], await visits.found(unit, business_id), row["closed_on"])
    changed = await rows.change(unit.connection, tables.businesses, row, **given)
    now, before = (BusinessTerms(sector=r["sector"], mentor=r["mentor"], on=r["on"]) for r in (changed, row))
    payload = BusinessChanged(
        business_id=business_id, village=row["village"], terms=now, previous=before, synthetic=row["synthetic"]
    )
    event = unit.emit(payload, subject=business_id, region=territory.city_of(row["village"]))
    moved = [] if changed["on"] == row["on"] else await visits.reschedule(unit, changed, event)
    return written(BusinessView, changed, event, *moved)


async def close(unit: Unit, office: Office, business_id: str, command: CloseBusiness, match: Match | None) -> Written:
    """Closes a business and takes its visits off the list."""
    row = await locked(unit.connection, tables.businesses, business_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    dates.check_happened("on", command.on, office.today(territory.city_of(row["village"])))
    businesses.check_close(row["status"], row["on"], await visits.found(unit, business_id), command.on)
    event = _emit(unit, BusinessClosed(**_said(row), reason=command.reason, on=command.on), row)
    events = await visits.settle(unit, row, event, closed_on=command.on, reason=command.reason)
    return written(BusinessView, await _now(unit, business_id), event, *events)


async def reopen(unit: Unit, office: Office, business_id: str, command: ReopenBusiness, match: Match | None) -> Written:
    """Takes a closing back and puts the visits on the list again."""
    row = await locked(unit.connection, tables.businesses, business_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    businesses.check_reopen(row["status"], row["closed_on"])
    if row["participant_id"] is not None:
        await consent.still(unit, row["participant_id"], consent.LIVELIHOOD)
    dates.check_happened("on", command.on, office.today(territory.city_of(row["village"])))
    dates.check_not_before("on", command.on, row["closed_on"])
    status = businesses.standing(await visits.found(unit, business_id), None)
    event = _emit(unit, BusinessReopened(**_said(row), status=status, on=command.on), row)
    events = await visits.settle(unit, row, event, closed_on=None, reason=None)
    return written(BusinessView, await _now(unit, business_id), event, *events)


async def _owner(unit: Unit, office: Office, command: StartBusiness) -> Row:
    """The participant or the group, locked."""
    if command.group_id is not None:
        if command.participant_id is not None:
            raise Refusal("owner_twice", "group_id")
        if command.enrolment_id is not None:
            raise Refusal("unknown_enrolment", "enrolment_id")
        return await usable_group(unit, command.group_id)
    if command.participant_id is None:
        raise Refusal("owner_missing", "participant_id")
    person = await participants.usable(unit, office, command.participant_id, consent.LIVELIHOOD, on=command.on)
    await _check_enrolment(unit, command, person)
    return person


async def _check_enrolment(unit: Unit, command: StartBusiness, person: Row) -> None:
    if command.enrolment_id is None:
        return
    row = await known(unit.connection, tables.enrolments, command.enrolment_id, "unknown_enrolment", "enrolment_id")
    if row["participant_id"] not in (await unit.connection.execute(same_person(person["id"]))).scalars().all():
        raise Refusal("unknown_enrolment", "enrolment_id")


def _started(row: Row) -> BusinessStarted | BusinessStartedByGroup:
    said = {"business_id": row["id"], "mentor": row["mentor"], "on": row["on"]}
    said |= {name: row[name] for name in ("sector", "village", "synthetic")}
    if row["group_id"] is not None:
        return BusinessStartedByGroup(group_id=row["group_id"], **said)
    return BusinessStarted(participant_id=row["participant_id"], **said)


def _said(row: Row) -> dict[str, Any]:
    return {"business_id": row["id"], **{name: row[name] for name in ("sector", "village", "synthetic")}}


def _emit(unit: Unit, payload: BusinessClosed | BusinessReopened, row: Row) -> Any:
    return unit.emit(payload, subject=row["id"], region=territory.city_of(row["village"]))


async def _now(unit: Unit, business_id: str) -> Row:
    return await known(unit.connection, tables.businesses, business_id, "unknown_record", None)
