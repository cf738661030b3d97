"""Invitations to a survey: links nobody can guess, for one answer each or open to a group up to a cap.

The token is derived from the invitation's id with the node's key and only its keyed hash is stored, so that a sheet
can be printed again and a copy of the database opens no questionnaire. Answering counts the invitation as used; the
answer doesn't know which one it was.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands import audit
from services.registry.commands.campaigns import questionnaire_of
from services.registry.commands.model import (
    PRINTABLE,
    Command,
    Match,
    View,
    VillageInput,
    Written,
    check_match,
    written,
)
from services.registry.commands.office import Office, known, locked
from services.registry.commands.questionnaire import Item, Questionnaire, Words
from services.registry.domain import campaigns, personal
from services.registry.domain.answers import flags, vector
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared import regions
from shared.contracts.registry import RespondentGroup, SurveyAnswered, SurveyInvitationWithdrawn, SurveyInvited
from shared.journal import Unit
from shared.runtime import clock
from shared.runtime.encryption import Keyring
from shared.runtime.exact import Whole

LINKS_MAX = 500
TOKEN_BYTES = 16
ADDRESSEE = "survey.addressee"

TokenInput = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="The part of the link after #.")]
AddresseeInput = Annotated[
    str, Field(min_length=2, max_length=80, pattern=PRINTABLE, description="An institution, never a person.")
]


class Invite(Command):
    """Invitations for one group: one for each of ``addressees``, else ``number`` of them without a name.

    ``places`` above 1 makes open links that take so many answers each.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"group": "polres", "number": 20},
                {"group": "pemda", "addressees": ["Kesbangpol Kota Depok", "DKUM Kota Depok"]},
                {"group": "masyarakat", "number": 1, "places": 20},
            ]
        }
    )

    group: RespondentGroup
    village: VillageInput | None = None
    addressees: Annotated[tuple[AddresseeInput, ...], Field(max_length=LINKS_MAX)] = ()
    number: Annotated[Whole, Field(ge=1, le=LINKS_MAX)] = 1
    places: Annotated[Whole, Field(ge=1, le=10_000)] = 1


class LinkView(View):
    """An invitation, without its token. ``taken`` of its ``places`` are used."""

    PATH: ClassVar[str] = "/v1/survey-links"

    id: str
    campaign_id: str
    group: str
    village: str | None = None
    addressee: str | None = None
    places: int
    taken: int
    withdrawn: bool


class InvitationsView(View):
    """The ids of invitations just made; the sheet and the CSV carry their links."""

    PATH: ClassVar[str] = "/v1/campaigns"

    campaign_id: str
    ids: tuple[str, ...]


class OpenLink(Command):
    """A respondent opens an invitation. The token travels in the body: an address would end up in logs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "AAAAAAAAAAAAAAAAAAAAAA"}]})

    token: TokenInput


class AnswerLink(OpenLink):
    """A respondent's answers. ``seconds`` from the first to the last one, when the page could measure it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"token": "AAAAAAAAAAAAAAAAAAAAAA", "answers": {"pengetahuan_keluarga_1": 3}, "seconds": 180}]
        }
    )

    answers: Annotated[dict[str, Whole], Field(min_length=1, max_length=200)]
    seconds: Annotated[Whole, Field(ge=0, le=604_800)] | None = None


class QuestionView(BaseModel):
    """A statement."""

    key: str
    text: Words


class SheetView(View):
    """What a respondent sees: the questionnaire of the group. ``many`` when the link is for more than one person,
    ``least`` how many statements must be answered."""

    PATH: ClassVar[str] = "/v1/survey-links/open"

    title: Words
    place: str
    group: Words
    year: int
    closes_on: str
    labels: tuple[Words, ...]
    lowest: int
    questions: tuple[QuestionView, ...]
    least: int
    many: bool


class ThanksView(View):
    """The answer has come in. It has no id here: nobody is to find it again."""

    PATH: ClassVar[str] = "/v1/survey-links/answer"

    recorded: bool = True


def token_of(keyring: Keyring, link_id: str) -> str:
    """The token of an invitation: 128 bits nobody can compute without the node's key."""
    digest = bytes.fromhex(keyring.blind_index(link_id, "survey.token"))
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode().rstrip("=")


async def invite(unit: Unit, office: Office, campaign_id: str, command: Invite) -> Written:
    """Makes invitations to a campaign that isn't over."""
    campaign = await locked(unit.connection, tables.campaigns, campaign_id, "unknown_record", None)
    if campaign["state"] not in ("draft", "open"):
        raise Refusal("campaign_over")
    _check_group(campaign, command.group)
    _check_village(campaign, command.village)
    for addressee in command.addressees:
        personal.check_open_text(addressees=addressee)
    names: Sequence[str | None] = command.addressees or [None] * command.number
    made = [_link(office.keyring, campaign, command, name) for name in names]
    await rows.add(unit.connection, tables.survey_links, *made)
    said = SurveyInvited(**_campaign_said(office, campaign, made[0]), invitations=len(made), places=command.places)
    event = unit.emit(said, subject=campaign_id, region=campaign["region"])
    view = InvitationsView(campaign_id=campaign_id, ids=tuple(link["id"] for link in made))
    return Written(view, None, (event,), f"/v1/campaigns/{campaign_id}/links")


async def withdraw(unit: Unit, office: Office, link_id: str, match: Match | None) -> Written:
    """Makes an invitation worthless; answers that came by it stay. One that is so already stays as it is."""
    row = await locked(unit.connection, tables.survey_links, link_id, "unknown_record", None)
    check_match(row["version"], match, required=False)
    if row["withdrawn"]:
        return written(LinkView, row)
    campaign = await known(unit.connection, tables.campaigns, row["campaign_id"], "unknown_record", None)
    changed = await rows.change(unit.connection, tables.survey_links, row, withdrawn=True)
    left = row["places"] - row["taken"]
    said = SurveyInvitationWithdrawn(**_campaign_said(office, campaign, row), places=left)
    return written(LinkView, changed, unit.emit(said, subject=campaign["id"], region=campaign["region"]))


def _campaign_said(office: Office, campaign: Row, link: Row) -> dict[str, Any]:
    """What events say of invitations: for which campaign and group they are, never which they are."""
    said = {name: campaign[name] for name in ("instrument", "year", "synthetic")}
    said |= {name: link[name] for name in ("group", "village")}
    return said | {"campaign_id": campaign["id"], "on": office.today(campaign["region"])}


async def opened(office: Office, command: OpenLink) -> SheetView:
    """The questionnaire behind an invitation that can be answered now."""
    async with office.database.read() as connection:
        table = tables.survey_links
        statement = select(table).where(table.c.token_index == _token_index(office.keyring, command.token))
        link = (await connection.execute(statement)).mappings().one_or_none()
        if link is None:
            raise Refusal("invitation_unknown")
        campaign = await known(connection, tables.campaigns, link["campaign_id"], "invitation_unknown", None)
        village = await rows.find(connection, tables.regions, link["village"]) if link["village"] else None
    _check_usable(rows.plain(link))
    campaigns.check_answerable(
        campaign["state"], campaign["opens_on"], campaign["closes_on"], office.today(campaign["region"])
    )
    place = village["name"] if village else regions.name_of(campaign["region"])
    return _sheet(campaign, rows.plain(link), place)


@dataclass(frozen=True)
class HandOutLink:
    """An invitation to hand out: whom it is for, its full address, and how many answers it still takes."""

    group: str
    place: str
    addressee: str | None
    left: int
    address: str


@dataclass(frozen=True)
class HandOut:
    """All invitations of a campaign that can still be answered."""

    title: str
    place: str
    year: int
    closes_on: date
    links: tuple[HandOutLink, ...]


async def to_hand_out(office: Office, campaign_id: str, form: Literal["csv", "html"]) -> HandOut:
    """The links of a campaign that are still open, in the order they were made. They are secrets: whoever has one may
    answer, so who took them out, and in which form, stands in the audit log."""
    table = tables.survey_links
    async with office.journal.writing() as unit:
        connection = unit.connection
        campaign = await known(connection, tables.campaigns, campaign_id, "unknown_record", None)
        still = (table.c.campaign_id == campaign_id, table.c.withdrawn.is_(False), table.c.taken < table.c.places)
        found = (await connection.execute(select(table).where(*still).order_by(table.c.id))).mappings().all()
        names = await _village_names(connection, campaign["villages"])
        await audit.write(unit, office, "invitations.handed-out", campaign_id, form=form, links=len(found))
    questionnaire, city = questionnaire_of(campaign), regions.name_of(campaign["region"])
    groups = {group.key: group.name.id for group in questionnaire.groups}
    links = tuple(
        HandOutLink(
            groups.get(link["group"], link["group"]),
            names.get(link["village"], city),
            link["addressee"],
            link["places"] - link["taken"],
            f"{office.public_url}/isi#{token_of(office.keyring, link['id'])}",
        )
        for link in found
    )
    return HandOut(questionnaire.title.id, city, campaign["year"], campaign["closes_on"], links)


async def _village_names(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, str]:
    table = tables.regions
    found = await connection.execute(select(table.c.code, table.c.name).where(table.c.code.in_(list(codes))))
    return {row.code: row.name for row in found}


async def answer(unit: Unit, office: Office, command: AnswerLink) -> Written:
    """Records an anonymous answer and counts the invitation as used, in one transaction."""
    link, campaign = await _locked_link(unit, office, command.token)
    _check_usable(link)
    today = office.today(campaign["region"])
    campaigns.check_answerable(campaign["state"], campaign["opens_on"], campaign["closes_on"], today)
    check_answers(questionnaire_of(campaign), link["group"], command.answers)
    row = await _answer_row(unit, office, campaign, link, command)
    await rows.add(unit.connection, tables.survey_answers, row)
    await rows.change(unit.connection, tables.survey_links, link, taken=link["taken"] + 1)
    payload = SurveyAnswered(
        answer_id=row["id"],
        **{name: row[name] for name in _SAID},
    )
    event = unit.emit(payload, subject=row["id"], region=row["region"])
    return Written(ThanksView(), None, (event,))


def check_answers(questionnaire: Questionnaire, group: str, answers: dict[str, int]) -> None:
    """Refuses unknown statements, values off the scale, and a sheet with fewer than half of its answers."""
    asked = {item.key for item in questionnaire.asked(group)}
    for item, value in answers.items():
        if item not in asked:
            raise Refusal("item_unknown", "answers")
        if not questionnaire.lowest <= value <= questionnaire.highest:
            raise Refusal("answer_off_scale", f"answers.{item}", least=questionnaire.lowest, most=questionnaire.highest)
    least = least_answers(len(asked))
    if len(answers) < least:
        raise Refusal("too_few_answers", "answers", given=len(answers), asked=len(asked), least=least)


def least_answers(asked: int) -> int:
    """How many of so many statements a sheet must answer: half, rounded up. Nobody is forced to guess the rest."""
    return -(-asked // 2)


async def _answer_row(unit: Unit, office: Office, campaign: Row, link: Row, command: AnswerLink) -> Row:
    given = f"{link['group']}|{link['village'] or ''}|{vector(command.answers)}"
    index = office.keyring.blind_index(given, f"survey.vector/{campaign['id']}")
    table = tables.survey_answers
    found = await unit.connection.execute(select(table.c.id).where(table.c.vector_index == index).limit(1))
    odd = list(flags(command.answers, command.seconds, seen_before=found.first() is not None))
    return rows.new(
        id=clock.new_id(),
        on=office.today(campaign["region"]),
        answers=command.answers,
        campaign_id=campaign["id"],
        group=link["group"],
        village=link["village"],
        seconds=command.seconds,
        vector_index=index,
        flags=odd,
        flagged=bool(odd),
        excluded=False,
        **{name: campaign[name] for name in ("region", "instrument", "year", "synthetic")},
    )


async def _locked_link(unit: Unit, office: Office, token: str) -> tuple[Row, Row]:
    """The invitation and its campaign. Both locked, the campaign first as everywhere: a closing waits for us, or we
    for it."""
    table = tables.survey_links
    statement = select(table.c.id, table.c.campaign_id).where(
        table.c.token_index == _token_index(office.keyring, token)
    )
    found = (await unit.connection.execute(statement)).first()
    if found is None:
        raise Refusal("invitation_unknown")
    campaign = await locked(unit.connection, tables.campaigns, found.campaign_id, "invitation_unknown", None)
    return await locked(unit.connection, table, found.id, "invitation_unknown", None), campaign


def _link(keyring: Keyring, campaign: Row, command: Invite, addressee: str | None) -> Row:
    link_id = clock.new_id()
    return rows.new(
        id=link_id,
        campaign_id=campaign["id"],
        region=campaign["region"],
        group=command.group,
        village=command.village,
        addressee=addressee,
        token_index=_token_index(keyring, token_of(keyring, link_id)),
        places=command.places,
        taken=0,
        withdrawn=False,
        synthetic=campaign["synthetic"],
    )


def _token_index(keyring: Keyring, token: str) -> str:
    return keyring.blind_index(token, "survey.token-index")


def _check_usable(link: Row) -> None:
    if link["withdrawn"]:
        raise Refusal("invitation_unknown")
    if link["taken"] >= link["places"]:
        raise Refusal("invitation_used" if link["places"] == 1 else "invitation_full")


def _check_group(campaign: Row, group: str) -> None:
    if group not in campaign["quotas"]:
        raise Refusal("group_not_asked", "group", groups=", ".join(campaign["quotas"]))


def _check_village(campaign: Row, village: str | None) -> None:
    if not campaign["villages"]:
        if village is not None:
            raise Refusal("villages_not_wanted", "village")
    elif village is None:
        raise Refusal("village_missing", "village")
    elif village not in campaign["villages"]:
        raise Refusal("village_not_surveyed", "village")


def _sheet(campaign: Row, link: Row, place: str) -> SheetView:
    questionnaire, key = questionnaire_of(campaign), link["group"]
    group = questionnaire.group(key)
    asked: tuple[Item, ...] = questionnaire.asked(key)
    return SheetView(
        title=questionnaire.title,
        place=place,
        group=group.name if group else Words(id=key, en=key),
        year=campaign["year"],
        closes_on=campaign["closes_on"].isoformat(),
        labels=questionnaire.labels,
        lowest=questionnaire.lowest,
        questions=tuple(QuestionView(key=item.key, text=item.text) for item in asked),
        least=least_answers(len(asked)),
        many=link["places"] > 1,
    )


_SAID = ("instrument", "year", "group", "answers", "on", "synthetic", "campaign_id", "village")
