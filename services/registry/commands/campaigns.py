"""Survey campaigns: set up for an instrument, a kab/kota and a year, then moved on step by step."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from sqlalchemy import select

from services.registry.commands.model import (
    PRINTABLE,
    CityInput,
    Command,
    Match,
    SyntheticInput,
    View,
    VillageInput,
    Written,
    YearInput,
    check_match,
    written,
)
from services.registry.commands.office import Office, locked
from services.registry.commands.questionnaire import Questionnaire
from services.registry.domain import campaigns, personal, territory
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared.contracts.registry import GroupQuota, RespondentGroup, SurveyMoved, SurveyPlanned
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.exact import Day, Whole

VILLAGES_MAX = 1_000
InstrumentInput = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="Key of an instrument: kotan-2022.")]
ReasonInput = Annotated[str, Field(min_length=5, max_length=300, pattern=PRINTABLE, description="Why, in a sentence.")]
RevisionName = Annotated[
    str, Field(min_length=3, max_length=120, pattern=PRINTABLE, description="How the revision is called.")
]


class PlanCampaign(Command):
    """A survey is planned. Quotas that are left out are the instrument's own (in a survey of villages, a village)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "32.76",
                    "instrument": "kotan-2022",
                    "year": 2023,
                    "opens_on": "2023-11-01",
                    "closes_on": "2023-12-15",
                    "quotas": {"keluarga": 20},
                }
            ]
        }
    )

    region: CityInput
    instrument: InstrumentInput
    year: YearInput
    opens_on: Day
    closes_on: Day
    villages: Annotated[tuple[VillageInput, ...], Field(max_length=VILLAGES_MAX)] = ()
    quotas: dict[RespondentGroup, Annotated[Whole, Field(ge=1, le=10_000)]] = Field(default_factory=dict)
    synthetic: SyntheticInput = False


class TakeStep(Command):
    """A step without more words: open, close, approve."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class TakeStepBecause(Command):
    """A step that goes back, with its reason: reopen, send back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Dua kelompok belum memenuhi kuota."}]})

    reason: ReasonInput


class ReviseCampaign(Command):
    """A locked result is to be corrected: the revision gets a name, and the locked one stays the official value."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Koreksi jawaban ganda Polres", "reason": "Empat jawaban tercatat dua kali."}]
        }
    )

    name: RevisionName
    reason: ReasonInput


class CampaignView(View):
    """A campaign and where it stands. ``quotas`` are for each village in a survey of villages."""

    PATH: ClassVar[str] = "/v1/campaigns"

    id: str
    region: str
    instrument: str
    year: int
    villages: tuple[str, ...]
    quotas: dict[str, int]
    opens_on: date
    closes_on: date
    state: campaigns.State
    revision: int
    revision_name: str | None = None
    last_reason: str | None = None
    synthetic: bool


async def plan(unit: Unit, office: Office, command: PlanCampaign, questionnaire: Questionnaire) -> Written:
    """Sets a campaign up as a draft, with the questionnaire as it is now."""
    check_place(office, command)
    campaigns.check_period(command.year, command.opens_on, command.closes_on)
    await _check_villages(unit, office, command, questionnaire)
    row = rows.new(
        id=clock.new_id(),
        quotas=_quotas(command, questionnaire),
        questionnaire=questionnaire.model_dump(mode="json"),
        state="draft",
        revision=1,
        revision_name=None,
        last_hand=office.actor.id,
        last_reason=None,
        **command.model_dump(exclude={"quotas", "villages"}),
        villages=list(command.villages),
    )
    if not await rows.add_if_absent(unit.connection, tables.campaigns, row):
        raise Refusal("campaign_exists", "instrument")
    event = unit.emit(_planned(row), subject=row["id"], region=row["region"])
    return written(CampaignView, row, event, created=True)


def check_place(office: Office, command: PlanCampaign) -> None:
    """Refuses a kab/kota the node doesn't serve, and one outside what the actor may touch."""
    territory.check_city("region", command.region, office.served)
    office.city("region", command.region, office.today(command.region))


async def step(
    unit: Unit,
    office: Office,
    campaign_id: str,
    name: campaigns.StepName,
    command: TakeStep | TakeStepBecause | ReviseCampaign,
    match: Match | None,
) -> Written:
    """Moves a campaign on; closing, approving and locking are signed by different people."""
    row = await locked(unit.connection, tables.campaigns, campaign_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    state = campaigns.follow(row["state"], name)
    campaigns.check_other_hand(name, office.actor.id, row["last_hand"])
    values: dict[str, Any] = {"state": state, "last_hand": office.actor.id, "last_reason": None}
    if isinstance(command, TakeStepBecause | ReviseCampaign):
        personal.check_open_text(reason=command.reason)
        values["last_reason"] = command.reason
    if isinstance(command, ReviseCampaign):
        personal.check_open_text(name=command.name)
        values |= {"revision": row["revision"] + 1, "revision_name": command.name}
    changed = await rows.change(unit.connection, tables.campaigns, row, **values)
    event = unit.emit(
        SurveyMoved(
            campaign_id=campaign_id,
            before=row["state"],
            on=office.today(row["region"]),
            **{name: changed[name] for name in _MOVED},
        ),
        subject=campaign_id,
        region=row["region"],
    )
    return written(CampaignView, changed, event)


async def check_period_open(unit: Unit, region: str, instrument: str, year: int) -> None:
    """Refuses an answer from outside a campaign while the period's campaign isn't open; none at all is no obstacle."""
    table = tables.campaigns
    statement = select(table.c.state).where(
        table.c.region == region, table.c.instrument == instrument, table.c.year == year
    )
    state = (await unit.connection.execute(statement)).scalar_one_or_none()
    if state not in (None, "open"):
        raise Refusal("period_closed", "year", state=str(state))


def questionnaire_of(campaign: Row) -> Questionnaire:
    """The questionnaire a campaign was opened with."""
    return Questionnaire.model_validate(campaign["questionnaire"])


def _quotas(command: PlanCampaign, questionnaire: Questionnaire) -> dict[str, int]:
    wanted: Mapping[str, int] = {group.key: group.quota for group in questionnaire.groups}
    for group in command.quotas:
        if group not in wanted:
            raise Refusal("group_not_asked", f"quotas.{group}", groups=", ".join(wanted))
    return {**wanted, **{str(group): quota for group, quota in command.quotas.items()}}


async def _check_villages(unit: Unit, office: Office, command: PlanCampaign, questionnaire: Questionnaire) -> None:
    if questionnaire.level == "village" and not command.villages:
        raise Refusal("villages_missing", "villages")
    if questionnaire.level == "city" and command.villages:
        raise Refusal("villages_not_wanted", "villages")
    for place, village in enumerate(command.villages):
        city = await office.village(unit.connection, f"villages.{place}", village)
        if city != command.region:
            raise Refusal("village_not_surveyed", f"villages.{place}")


def _planned(row: Row) -> SurveyPlanned:
    return SurveyPlanned(
        campaign_id=row["id"],
        quotas=tuple(GroupQuota(group=group, quota=quota) for group, quota in row["quotas"].items()),
        villages=tuple(row["villages"]),
        **{name: row[name] for name in ("instrument", "year", "opens_on", "closes_on", "synthetic")},
    )


_MOVED = ("instrument", "year", "state", "revision", "revision_name", "synthetic")
