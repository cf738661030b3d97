"""What organisations commit themselves to in a forum: who, what, by when, kept or not and why."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from sqlalchemy import delete, select

from services.registry.commands import organisations
from services.registry.commands.forums import TextInput
from services.registry.commands.model import (
    AnyEvent,
    Command,
    IdInput,
    Match,
    OnInput,
    SyntheticInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.domain import dates, forums, personal, territory
from services.registry.domain.forums import CommitmentState, Outcome, Promise
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.envelope import Payload
from shared.contracts.registry import (
    CommitmentMade,
    CommitmentPostponed,
    CommitmentReopened,
    CommitmentSettled,
    CommitmentWithdrawn,
)
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day

ReasonInput = Annotated[TextInput, Field(min_length=3, max_length=500)]


class Commit(Command):
    """An organisation commits itself in a forum that was held. ``on`` is the forum's day when left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "forum_id": "01920000-0000-7000-8000-000000000022",
                    "organisation_id": "01920000-0000-7000-8000-000000000020",
                    "what": "Menyediakan 20 tempat pelatihan menjahit",
                    "due_on": "2023-05-31",
                }
            ]
        }
    )

    forum_id: IdInput
    organisation_id: IdInput
    what: Annotated[TextInput, Field(min_length=3, max_length=500)]
    due_on: Day
    synthetic: SyntheticInput = False


class Settle(Command):
    """Whether the commitment was kept; one that wasn't says why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "kept", "on": "2023-05-29"}]})

    outcome: Outcome
    on: OnInput
    reason: ReasonInput | None = None


class Postpone(Command):
    """Another date, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"due_on": "2023-07-31", "reason": "Anggaran perubahan terbit Juli"}]}
    )

    due_on: Day
    reason: ReasonInput


class CommitmentView(View):
    """A commitment and what became of it. ``reason`` is why it was not kept, or last postponed."""

    PATH: ClassVar[str] = "/v1/commitments"

    id: str
    forum_id: str
    organisation_id: str
    organisation: str
    region: str
    what: str
    on: date
    due_on: date
    state: CommitmentState
    settled_on: date | None = None
    reason: str | None = None
    synthetic: bool


async def make(unit: Unit, office: Office, command: Commit) -> Written:
    """Records a commitment; forums that were held since then take it up too."""
    forum = await known(unit.connection, tables.forums, command.forum_id, "unknown_forum", "forum_id")
    territory.check_city("forum_id", forum["region"], office.served)
    forums.check_forum(forum["state"], "held")
    organisation = await organisations.receiving(unit, command.organisation_id, forum["region"])
    dates.check_not_before("due_on", command.due_on, forum["on"])
    personal.check_open_text(what=command.what)
    values = command.model_dump() | {"synthetic": command.synthetic or forum["synthetic"]}
    row = rows.new(
        id=clock.new_id(),
        region=forum["region"],
        organisation=organisation["name"],
        on=forum["on"],
        state="open",
        **values,
    )
    await rows.add(unit.connection, tables.commitments, row)
    await _link(unit, row)
    payload = CommitmentMade(forum_id=forum["id"], on=row["on"], due_on=row["due_on"], **_said(row))
    return written(CommitmentView, row, _emit(unit, row, payload), created=True)


async def settle(unit: Unit, office: Office, commitment_id: str, command: Settle, match: Match | None) -> Written:
    """Records whether an open commitment was kept."""
    row = await _locked(unit, office, commitment_id, match)
    forums.check_commitment(row["state"], "open")
    forums.check_outcome(command.outcome, command.reason)
    dates.check_happened("on", command.on, office.today(row["region"]))
    dates.check_not_before("on", command.on, row["on"])
    personal.check_open_text(reason=command.reason)
    changed = await rows.change(
        unit.connection,
        tables.commitments,
        row,
        state=command.outcome,
        settled_on=command.on,
        reason=command.reason,
    )
    payload = CommitmentSettled(
        outcome=command.outcome, on=command.on, made_on=row["on"], due_on=row["due_on"], **_said(row)
    )
    return written(CommitmentView, changed, _emit(unit, changed, payload))


async def reopen(unit: Unit, office: Office, commitment_id: str, match: Match | None) -> Written:
    """Takes back what was settled by mistake."""
    row = await _locked(unit, office, commitment_id, match)
    forums.check_commitment(row["state"], "kept", "not_kept")
    changed = await rows.change(unit.connection, tables.commitments, row, state="open", settled_on=None, reason=None)
    payload = CommitmentReopened(outcome=row["state"], on=row["settled_on"], due_on=row["due_on"], **_said(row))
    return written(CommitmentView, changed, _emit(unit, changed, payload))


async def postpone(unit: Unit, office: Office, commitment_id: str, command: Postpone, match: Match | None) -> Written:
    """Gives an open commitment another date."""
    row = await _locked(unit, office, commitment_id, match)
    forums.check_commitment(row["state"], "open")
    dates.check_not_before("due_on", command.due_on, row["on"])
    personal.check_open_text(reason=command.reason)
    changed = await rows.change(unit.connection, tables.commitments, row, **command.model_dump())
    payload = CommitmentPostponed(due_on=command.due_on, previous_due_on=row["due_on"], **_said(row))
    return written(CommitmentView, changed, _emit(unit, changed, payload))


async def withdraw(unit: Unit, office: Office, commitment_id: str, match: Match | None) -> Written:
    """Takes an open commitment off the list: it was recorded by mistake, or the organisation was released from it."""
    row = await _locked(unit, office, commitment_id, match)
    forums.check_commitment(row["state"], "open")
    changed = await rows.change(unit.connection, tables.commitments, row, state="withdrawn")
    t = tables.carried_commitments
    await unit.connection.execute(delete(t).where(t.c.commitment_id == commitment_id))
    payload = CommitmentWithdrawn(on=row["on"], **_said(row))
    return written(CommitmentView, changed, _emit(unit, changed, payload))


async def _locked(unit: Unit, office: Office, commitment_id: str, match: Match | None) -> Row:
    row = await locked(unit.connection, tables.commitments, commitment_id, "unknown_record", None)
    territory.check_city("region", row["region"], office.served)
    check_match(row["version"], match, required=False)
    return row


async def _link(unit: Unit, row: Row) -> None:
    """A commitment written down late: the forums held since it was made take it up."""
    f = tables.forums
    query = select(f.c.id, f.c.on).where(f.c.region == row["region"], f.c.state == "held", f.c.on >= row["on"])
    promise = Promise(row["id"], row["forum_id"], row["on"], "open")
    held = (await unit.connection.execute(query)).all()
    links: list[dict[str, Any]] = [
        {"forum_id": forum_id, "commitment_id": row["id"]}
        for forum_id, on in held
        if forums.carried([promise], forum_id, on)
    ]
    if links:
        await rows.add(unit.connection, tables.carried_commitments, *links)


def _said(row: Row) -> dict[str, Any]:
    names = ("organisation_id", "organisation", "synthetic")
    return {"commitment_id": row["id"], **{name: row[name] for name in names}}


def _emit(unit: Unit, row: Row, payload: Payload) -> AnyEvent:
    return unit.emit(payload, subject=row["id"], region=row["region"])
