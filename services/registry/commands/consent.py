"""Consent: nothing is done with a person's data without one that stands, and what remains after a withdrawal is seen.

What remains is the work that was under way for the purpose: it must have ended within 72 hours (UU 27/2022).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, JsonValue
from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.model import AnyEvent, Command, OnInput, View
from services.registry.commands.office import Office, known
from services.registry.data.consent_texts import ConsentPurpose, purposes
from services.registry.domain import consent, territory
from services.registry.domain.consent import Giver, Said
from services.registry.domain.dates import check_happened
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.persons import root, same_person
from services.registry.storage.rows import Row
from shared.contracts.registry import ConsentGiven
from shared.journal import Telling, Unit
from shared.runtime import clock

PROGRAMME, REFERRAL, LIVELIHOOD = "programme", "referral", "livelihood"
"""The purposes this software itself asks for; an office may record more of them."""

_EXAMPLE: JsonValue = {"purpose": "programme", "text_version": "2026-1", "given_by": "self", "on": "2023-03-06"}


class ConsentInput(Command):
    """The person agreed to a purpose, having read the text of ``text_version`` (the newest when left out)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    purpose: Annotated[str, Field(max_length=40)]
    text_version: Annotated[str, Field(max_length=20)] | None = None
    given_by: Giver
    on: OnInput


class ConsentView(View):
    """A consent; after a withdrawal with the moment by which what remains must have ended."""

    PATH: ClassVar[str] = "/v1/consents"

    id: str
    participant_id: str
    village: str
    purpose: str
    text_version: str
    given_by: Giver
    on: date
    withdrawn_on: date | None = None
    withdrawn_at: datetime | None = None
    deadline_at: datetime | None = None
    settled_at: datetime | None = None
    state: Literal["stands", "withdrawn", "late", "settled"]
    synthetic: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ConsentView":
        """With its state at this moment."""
        state = consent.state(row["withdrawn_at"], row["deadline_at"], row["settled_at"], clock.now())
        return cls.model_validate({**row, "state": state})


class RemainingView(View):
    """What is still under way for a person and a purpose whose consent was withdrawn."""

    PATH: ClassVar[str] = "/v1/consents"

    consent_id: str
    deadline_at: datetime
    late: bool
    remaining: dict[str, tuple[str, ...]]


async def check(unit: Unit, person_id: str, purpose: str, *, field: str = "participant_id") -> None:
    """Refuses processing of a person's data for a purpose they don't consent to, or no longer.

    What was said under a registration that was merged into this one counts as well: it is the same person.
    """
    person = await known(unit.connection, tables.participants, person_id, "unknown_participant", field)
    consent.check(await _said(unit.connection, person_id, purpose), required=person["consent_required"], field=field)


async def still(unit: Unit, person_id: str, purpose: str, *, field: str = "id") -> None:
    """Refuses to go on with a person's work when they don't consent to its purpose any more; ending it goes on.

    Whoever may touch the work may, wherever the person lives now.
    """
    person = await standing_row(unit.connection, person_id)
    if person["state"] == "erased":
        raise Refusal("participant_erased", field)
    consent.check(await _said(unit.connection, person_id, purpose), required=person["consent_required"], field=field)


async def standing_row(connection: AsyncConnection, person_id: str) -> Row:
    """The registration that stands for a person, not locked."""
    people = tables.participants
    query = select(people).where(people.c.id == root(person_id))
    return rows.plain((await connection.execute(query)).mappings().one())


async def _said(connection: AsyncConnection, person_id: str, purpose: str) -> list[Said]:
    given = tables.consents.c
    query = select(given.created_at, given.withdrawn_at).where(
        given.participant_id.in_(same_person(person_id)), given.purpose == purpose
    )
    return [Said(row.created_at, row.withdrawn_at) for row in await connection.execute(query)]


async def allowed(connection: AsyncConnection, people: Collection[Row], purpose: str) -> set[str]:
    """Which of these people's data may be processed for a purpose now: :func:`check` for some hundreds at once.

    ``people`` are rows of registrations that stand for themselves.
    """
    ids = [row["id"] for row in people]
    theirs, given = tables.participants.c, tables.consents.c
    query = (
        select(theirs.id, theirs.merged_into, given.created_at, given.withdrawn_at)
        .join(tables.consents, given.participant_id == theirs.id)
        .where(or_(theirs.id.in_(ids), theirs.merged_into.in_(ids)), given.purpose == purpose)
    )
    said: dict[str, list[Said]] = {}
    for row in await connection.execute(query):
        said.setdefault(row.merged_into or row.id, []).append(Said(row.created_at, row.withdrawn_at))
    return {row["id"] for row in people if consent.stands(said.get(row["id"], ()), required=row["consent_required"])}


def new(office: Office, person: Row, command: ConsentInput, prefix: str = "") -> dict[str, Any]:
    """The row of a consent of somebody; ``prefix`` goes before the names of fields in refusals."""
    purpose = _purpose(command.purpose, prefix)
    version = command.text_version or purpose.versions[-1]
    if version not in purpose.versions:
        raise Refusal("consent_text", f"{prefix}text_version", known=", ".join(purpose.versions))
    consent.check_giver(command.given_by, person["age_band"], f"{prefix}given_by")
    check_happened(f"{prefix}on", command.on, office.today(territory.city_of(person["village"])))
    return rows.new(
        id=clock.new_id(),
        participant_id=person["id"],
        village=person["village"],
        purpose=purpose.key,
        text_version=version,
        given_by=command.given_by,
        on=command.on,
        withdrawn_on=None,
        withdrawn_at=None,
        deadline_at=None,
        settled_at=None,
        late_said_at=None,
        synthetic=person["synthetic"],
    )


def announce(unit: Unit, row: Row, city: str) -> AnyEvent:
    """Says that a consent was given."""
    return unit.emit(ConsentGiven(**_payload(row)), subject=row["id"], region=city)


def announce_many(unit: Unit, given: Iterable[tuple[Row, str]]) -> None:
    """The same of many consents, each with its kab/kota."""
    unit.emit_many(ConsentGiven, [Telling(row["id"], city, _payload(row)) for row, city in given])


def _payload(row: Row) -> dict[str, Any]:
    said = ("participant_id", "village", "purpose", "text_version", "on", "synthetic")
    return {"consent_id": row["id"], **{name: row[name] for name in said}}


async def remaining(connection: AsyncConnection, row: Row) -> dict[str, tuple[str, ...]]:
    """Ids of what is under way for a consent's person and purpose, by kind."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, (table, open_ones) in _UNDER_WAY.get(row["purpose"], {}).items():
        query = _of_person(table, row["participant_id"]).where(open_ones)
        found[kind] = tuple((await connection.execute(query.order_by(table.c.id))).scalars())
    return found


def of_consent(row: Row, remains: dict[str, tuple[str, ...]], now: datetime) -> RemainingView:
    """What remains under a withdrawn consent; one that stands has no deadline."""
    if row["deadline_at"] is None:
        raise Refusal("consent_stands", "id")
    late = row["settled_at"] is None and now > row["deadline_at"]
    return RemainingView(consent_id=row["id"], deadline_at=row["deadline_at"], late=late, remaining=remains)


def _of_person(table: Table, person_id: str) -> Select[Any]:
    same = same_person(person_id)
    if "participant_id" in table.c:
        return select(table.c.id).where(table.c.participant_id.in_(same))
    businesses = tables.businesses.c
    theirs = select(businesses.id).where(businesses.participant_id.in_(same))
    return select(table.c.id).where(table.c.business_id.in_(theirs))


_UNDER_WAY: Mapping[str, Mapping[str, tuple[Table, ColumnElement[bool]]]] = {
    PROGRAMME: {
        "enrolments": (tables.enrolments, tables.enrolments.c.ended_on.is_(None)),
        "memberships": (tables.memberships, tables.memberships.c.ended_on.is_(None)),
    },
    REFERRAL: {"referrals": (tables.referrals, tables.referrals.c.state.not_in(("declined", "closed")))},
    LIVELIHOOD: {"follow_ups": (tables.follow_ups, tables.follow_ups.c.state == "open")},
}


def _purpose(key: str, prefix: str) -> ConsentPurpose:
    found = purposes().get(key)
    if found is None:
        raise Refusal("unknown_purpose", f"{prefix}purpose", known=", ".join(purposes()))
    return found


def is_open() -> ColumnElement[bool]:
    """Withdrawn consents with something remaining."""
    return tables.consents.c.settled_at.is_(None) & tables.consents.c.withdrawn_at.is_not(None)


def is_late(now: datetime) -> ColumnElement[bool]:
    """Withdrawn consents whose deadline has passed with something remaining."""
    return is_open() & (tables.consents.c.deadline_at < now)
