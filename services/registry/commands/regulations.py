"""Regional regulations, decrees, action plans (RAD) and Tim Terpadu on P4GN."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from sqlalchemy import Select, or_, select

from services.registry.commands.model import (
    PRINTABLE,
    AnyEvent,
    CityInput,
    Command,
    DecreeInput,
    DocumentInput,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import documents, personal, terms
from services.registry.domain.refusal import Refusal
from services.registry.domain.terms import Term, Turn
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import RegulationKind, RegulationRecorded
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day, Flag

TitleInput = Annotated[
    str,
    Field(min_length=3, max_length=300, pattern=PRINTABLE, description="Title as printed; no people."),
]
SinceInput = Annotated[Day, Field(description="First day in force; may be still to come.")]
UntilInput = Annotated[Day, Field(description="Last day in force; may be still to come.")]


class RecordRegulation(Command):
    """A regulation of a kab/kota. One in force is so from ``since`` (the day ``on`` when left out) until ``until``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "kind": "perwali",
                    "number": "Contoh 1/2023",
                    "title": "Fasilitasi P4GN dan prekursor narkotika",
                    "document": "https://jdih.contoh.go.id/perwali-1-2023.pdf",
                    "in_force": True,
                    "on": "2023-05-02",
                    "synthetic": True,
                }
            ]
        }
    )

    region: CityInput
    kind: RegulationKind
    number: DecreeInput
    title: TitleInput | None = None
    document: DocumentInput | None = None
    in_force: Flag
    since: SinceInput | None = None
    until: UntilInput | None = None
    on: Annotated[Day, Field(description="The date of the regulation, in the office's time zone.")]
    synthetic: SyntheticInput = False


class ReplaceRegulation(Command):
    """Whether it is in force, from a day on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"in_force": False, "on": "2023-12-29"}]})

    in_force: Flag
    on: OnInput


class CorrectRegulation(Command):
    """Mends what was recorded; what is left out stays, null takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2023-06-01", "until": "2027-12-31"}]})

    title: TitleInput | None = None
    document: DocumentInput | None = None
    since: SinceInput | None = None
    until: UntilInput | None = None
    on: OnInput | None = None


class RegulationView(View):
    """A regulation as last recorded."""

    PATH: ClassVar[str] = "/v1/regulations"

    id: str
    region: str
    kind: RegulationKind
    number: str
    title: str | None = None
    document: str | None = None
    in_force: bool
    since: date | None = None
    until: date | None = None
    on: date
    synthetic: bool


async def record(unit: Unit, office: Office, command: RecordRegulation) -> Written:
    """Records a regulation; the same kind and number can't be recorded twice in a kab/kota."""
    office.city("region", command.region, command.on)
    personal.check_open_text(title=command.title)
    documents.check_number("number", command.number)
    documents.check_link("document", command.document)
    today = office.today(command.region)
    term = terms.check(Term((command.since or command.on) if command.in_force else command.since, command.until))
    values = command.model_dump(exclude={"in_force", "since", "until"})
    row = rows.new(id=clock.new_id(), **values, **_columns(term, today))
    if not await rows.add_if_absent(unit.connection, tables.regulations, row):
        raise Refusal("already_recorded", "number")
    events = _say(unit, row, terms.restated([], term.turns(today)))
    return written(RegulationView, row, *events, created=True)


async def replace(
    unit: Unit, office: Office, regulation_id: str, command: ReplaceRegulation, match: Match | None
) -> Written:
    """Brings a regulation in or out of force."""
    row = await locked(unit.connection, tables.regulations, regulation_id, "unknown_record", None)
    check_match(row["version"], match)
    office.city("region", row["region"], command.on)
    today, was = office.today(row["region"]), _term(row)
    term = (terms.begin if command.in_force else terms.end)(was, command.on, today)
    changed = await rows.change(unit.connection, tables.regulations, row, **_columns(term, today))
    said = terms.restated(was.turns(row["said_on"]) if term.after == was.after else [], term.turns(today))
    return written(RegulationView, changed, *_say(unit, changed, said))


async def correct(
    unit: Unit, office: Office, regulation_id: str, command: CorrectRegulation, match: Match | None
) -> Written:
    """Mends what was recorded; followers hear of every year that counts otherwise now."""
    row = await locked(unit.connection, tables.regulations, regulation_id, "unknown_record", None)
    check_match(row["version"], match)
    values = command.model_dump(exclude_unset=True)
    if values.get("on", row["on"]) is None or not values:
        raise Refusal("nothing_to_change", "on" if values else "body")
    if command.on is not None:
        office.city("region", row["region"], command.on)
    personal.check_open_text(title=command.title)
    documents.check_link("document", command.document)
    today, was = office.today(row["region"]), _term(row)
    term = terms.check(Term(values.get("since", was.since), values.get("until", was.until), was.after))
    changed = await rows.change(unit.connection, tables.regulations, row, **values | _columns(term, today))
    said = terms.restated(was.turns(row["said_on"]), term.turns(today))
    return written(RegulationView, changed, *_say(unit, changed, said, correction=True))


async def say_due(office: Office, city: str) -> int:
    """Says of regulations that have come in or out of force since they were last told of; of how many. Opens a
    transaction only when there are any."""
    today = office.today(city)
    async with office.database.read() as connection:
        ids = (await connection.execute(_due(city, today))).scalars().all()
    if ids:
        async with office.journal.writing() as unit:
            for regulation_id in (await unit.connection.execute(_due(city, today))).scalars().all():
                await _turn(unit, regulation_id, today)
    return len(ids)


def _due(city: str, today: date) -> Select[Any]:
    r = tables.regulations.c
    turned = or_((r.since > r.said_on) & (r.since <= today), (r.until >= r.said_on) & (r.until < today))
    return select(r.id).where(r.region == city, turned).order_by(r.id)


async def _turn(unit: Unit, regulation_id: str, today: date) -> None:
    row = await locked(unit.connection, tables.regulations, regulation_id, "unknown_record", None)
    term = _term(row)
    said = terms.restated(term.turns(row["said_on"]), term.turns(today))
    changed = await rows.change(unit.connection, tables.regulations, row, **_columns(term, today))
    if said or changed["in_force"] != row["in_force"]:
        _say(unit, changed, said)


def _say(unit: Unit, row: Row, said: Sequence[Turn], *, correction: bool = False) -> list[AnyEvent]:
    """An event for each turn, the first as the cause of the others; one all the same where nothing turned."""
    events: list[AnyEvent] = []
    turns: Sequence[Turn | None] = said or (None,)
    for turn in turns:
        stands = row["in_force"] if turn is None else turn.up
        payload = RegulationRecorded(
            regulation_id=row["id"],
            in_force=stands,
            previously_in_force=stands if turn is None else not stands,
            on=row["on"] if turn is None else turn.on,
            correction=correction,
            **{name: row[name] for name in ("kind", "number", "since", "until", "synthetic")},
        )
        cause = events[0] if events else None
        events.append(unit.emit(payload, subject=row["id"], region=row["region"], cause=cause))
    return events


def _term(row: Row) -> Term:
    return Term(row["since"], row["until"], row["after"])


def _columns(term: Term, today: date) -> dict[str, Any]:
    return {
        "since": term.since,
        "until": term.until,
        "after": term.after,
        "in_force": term.stands(today),
        "said_on": today,
    }
