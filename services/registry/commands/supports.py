"""Tools, capital and other help that organisations give a business."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from services.registry.commands import consent
from services.registry.commands.model import (
    AnyEvent,
    Command,
    IdInput,
    Match,
    OnInput,
    OrganisationInput,
    View,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.domain import dates, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import SupportCorrected, SupportFigures, SupportGiven, SupportKind
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Whole

VALUE_MAX_RUPIAH = 10**15
ValueInput = Annotated[Whole, Field(ge=0, le=VALUE_MAX_RUPIAH, description="In whole rupiah; 0 when it isn't known.")]


class SupportInput(Command):
    """What was given, by whom, and when."""

    giver: OrganisationInput
    kind: SupportKind
    value_rupiah: ValueInput = 0
    on: OnInput


class GiveSupport(SupportInput):
    """An organisation gives a business tools, capital or other help."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "business_id": "01920000-0000-7000-8000-000000000004",
                    "giver": "DKUM Kota Depok",
                    "kind": "tools",
                    "value_rupiah": 2_500_000,
                    "on": "2023-04-10",
                }
            ]
        }
    )

    business_id: IdInput


class CorrectSupport(Command):
    """Mends the record of a help; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"value_rupiah": 2_750_000}]})

    giver: OrganisationInput | None = None
    kind: SupportKind | None = None
    value_rupiah: ValueInput | None = None
    on: OnInput | None = None


class SupportView(View):
    """One help for a business."""

    PATH: ClassVar[str] = "/v1/supports"

    id: str
    business_id: str
    village: str
    giver: str
    kind: SupportKind
    value_rupiah: int
    on: date
    synthetic: bool


async def give(unit: Unit, office: Office, command: GiveSupport) -> Written:
    """Records a help for a business the office has."""
    business = await locked(unit.connection, tables.businesses, command.business_id, "unknown_business", "business_id")
    if business["participant_id"] is not None:
        await consent.still(unit, business["participant_id"], consent.LIVELIHOOD, field="business_id")
    row, event = await added(unit, office, business, command)
    return written(SupportView, row, event, created=True)


async def added(
    unit: Unit, office: Office, business: Row, support: SupportInput, at: str = "", cause: AnyEvent | None = None
) -> tuple[Row, AnyEvent]:
    """A help for a locked business, kept and said. ``at`` is where it stands in the request, for refusals."""
    _check(office, business["village"], support.giver, support.on, at)
    figures = {name: getattr(support, name) for name in _FIGURES}
    about = {name: business[name] for name in ("village", "synthetic")}
    row = rows.new(id=clock.new_id(), business_id=business["id"], **about, **figures)
    await rows.add(unit.connection, tables.supports, row)
    payload = SupportGiven(support_id=row["id"], business_id=business["id"], support=SupportFigures(**figures), **about)
    region = territory.city_of(business["village"])
    return row, unit.emit(payload, subject=row["id"], region=region, cause=cause)


async def correct(unit: Unit, office: Office, support_id: str, command: CorrectSupport, match: Match | None) -> Written:
    """Mends a help; the event carries what was said before."""
    row = await locked(unit.connection, tables.supports, support_id, "unknown_record", None)
    check_match(row["version"], match)
    given = command.model_dump(exclude_none=True)
    if not given:
        raise Refusal("nothing_to_change", "body")
    changed = await rows.change(unit.connection, tables.supports, row, **given)
    _check(office, row["village"], changed["giver"], changed["on"])
    now, before = (SupportFigures(**{name: r[name] for name in _FIGURES}) for r in (changed, row))
    about = {name: row[name] for name in ("business_id", "village", "synthetic")}
    payload = SupportCorrected(support_id=support_id, support=now, previous=before, **about)
    event = unit.emit(payload, subject=support_id, region=territory.city_of(row["village"]))
    return written(SupportView, changed, event)


_FIGURES = ("giver", "kind", "value_rupiah", "on")


def _check(office: Office, village: str, giver: str, on: date, at: str = "") -> None:
    dates.check_happened(f"{at}on", on, office.today(territory.city_of(village)))
    personal.check_open_text(**{f"{at}giver": giver})
