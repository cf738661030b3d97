"""``/v1/subscriptions``: who hears of what. An e-mail address goes in and never comes out."""

import re
from datetime import datetime
from typing import Annotated, Self

from fastapi import Header, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.notifications.commands import subscriptions as commands
from services.notifications.domain.subscriptions import Channel, Language, Rule
from services.notifications.http.pages import Cursor, Id, Limit, cut
from services.notifications.storage import subscriptions as rows
from services.notifications.storage.subscriptions import StoredSubscription
from shared.contracts.envelope import RegionCode
from shared.regions import UnknownRegion, name_of
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.encryption import Keyring
from shared.runtime.openapi import problems
from shared.runtime.problem import Problem
from shared.runtime.web import Routes

# Enough to catch a slip of the hand; whether it can be delivered only the mail server knows.
ADDRESS = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$")
ADDRESS_MAX_CHARACTERS = 254


def _address(value: str) -> str:
    if len(value) > ADDRESS_MAX_CHARACTERS or not ADDRESS.match(value):
        raise ValueError("must be one e-mail address, like kantor@kota.example")
    return value


def _one_line(value: str) -> str:
    cleaned = value.strip()
    if not cleaned or not cleaned.isprintable():
        raise ValueError("must be one line of text")
    return cleaned


def _known_region(value: str) -> str:
    try:
        name_of(value)
    except UnknownRegion:
        raise ValueError("is no region: write a kab/kota like 32.76, a province like 32, or ID") from None
    return value


class SubscriptionInput(BaseModel):
    """A subscription as it is wanted."""

    model_config = ConfigDict(extra="forbid")

    organisation: Annotated[str, Field(max_length=120), AfterValidator(_one_line)] = Field(
        description="Name of the organisation, never of a person.", examples=["DKUM Kota Depok"]
    )
    language: Language = "id"
    region: Annotated[RegionCode, AfterValidator(_known_region)] = Field(
        description="Kab/kota (`32.76`), province (`32`, with all its kab/kota) or the nation (`ID`)."
    )
    rules: list[Rule] = Field(min_length=1, max_length=20, description="What to hear of.")
    channels: list[Channel] = Field(default=["inbox"], min_length=1, max_length=10)
    email: Annotated[str, AfterValidator(_address)] | None = Field(
        None,
        description="Where e-mails go. Kept encrypted and never shown again. On PUT: left out keeps the address on "
        "file, null removes it.",
    )

    @model_validator(mode="after")
    def _no_repeats(self) -> Self:
        if len(set(self.rules)) != len(self.rules) or len(set(self.channels)) != len(self.channels):
            raise ValueError("rules and channels must not repeat")
        return self

    def wish(self) -> commands.Wish:
        """As the commands take it."""
        return commands.Wish(
            organisation=self.organisation,
            language=self.language,
            region=self.region,
            rules=frozenset(self.rules),
            channels=tuple(self.channels),
            email=self.email,
            keep_email="email" not in self.model_fields_set,
        )


class SubscriptionOutput(BaseModel):
    """A subscription as it is shown: ``has_email`` instead of the address."""

    id: str
    organisation: str
    language: Language
    region: str
    region_name: str
    rules: list[Rule]
    channels: list[Channel]
    has_email: bool
    organisation_id: str | None
    active: bool
    version: int
    created_at: datetime
    changed_at: datetime


class SubscriptionPage(BaseModel):
    """One page, oldest first."""

    items: list[SubscriptionOutput]
    next_cursor: str | None


IfMatch = Annotated[str | None, Header(alias="If-Match", description='The ETag of the version to change, like `"1"`.')]


def router(database: Database, keyring: Keyring) -> Routes:
    """The addresses below ``/v1/subscriptions``."""
    api = Routes(prefix="/v1/subscriptions", tags=["subscriptions"])

    @api.post("", status_code=201, summary="Subscribe an organisation", responses=problems(409))
    async def subscribe(body: SubscriptionInput, response: Response) -> SubscriptionOutput:
        try:
            stored = await commands.subscribe(database, keyring, body.wish(), clock.now())
        except (commands.OrganisationSubscribedAlready, commands.AddressMissing) as error:
            raise _problem(error) from None
        response.headers["Location"] = f"/v1/subscriptions/{stored.subscription.id}"
        return _output(stored, response)

    @api.get("", summary="All subscriptions")
    async def list_subscriptions(
        region: Annotated[RegionCode | None, Query(description="Only those to exactly this region.")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> SubscriptionPage:
        async with database.read() as connection:
            found = await rows.page(connection, region=region, after=cursor, limit=limit + 1)
        items, next_cursor = cut(found, limit, lambda stored: stored.subscription.id)
        return SubscriptionPage(items=[_output(stored) for stored in items], next_cursor=next_cursor)

    @api.get("/{subscription_id}", summary="One subscription, with its ETag")
    async def get_subscription(subscription_id: Id, response: Response) -> SubscriptionOutput:
        async with database.read() as connection:
            stored = await rows.find(connection, subscription_id)
        if stored is None:
            raise _problem(commands.SubscriptionGone())
        return _output(stored, response)

    @api.put("/{subscription_id}", summary="Replace a subscription", responses=problems(409, 428))
    async def replace(
        subscription_id: Id, body: SubscriptionInput, response: Response, if_match: IfMatch = None
    ) -> SubscriptionOutput:
        version = _version(if_match)
        try:
            stored = await commands.replace(database, keyring, subscription_id, version, body.wish(), clock.now())
        except REFUSALS as error:
            raise _problem(error) from None
        return _output(stored, response)

    @api.delete(
        "/{subscription_id}",
        status_code=204,
        summary="End a subscription and forget its address",
        responses=problems(428),
    )
    async def unsubscribe(subscription_id: Id, if_match: IfMatch = None) -> None:
        version = _version(if_match)
        try:
            await commands.unsubscribe(database, subscription_id, version)
        except REFUSALS as error:
            raise _problem(error) from None

    return api


NO_VERSION = -1
"""What no subscription ever has: an If-Match that can't be read matches none."""

REFUSALS = (
    commands.OrganisationSubscribedAlready,
    commands.AddressMissing,
    commands.SubscriptionGone,
    commands.VersionPassed,
)


def _output(stored: StoredSubscription, response: Response | None = None) -> SubscriptionOutput:
    if response is not None:
        response.headers["ETag"] = f'"{stored.version}"'
    subscription = stored.subscription
    return SubscriptionOutput(
        id=subscription.id,
        organisation=subscription.organisation,
        language=subscription.language,
        region=subscription.region,
        region_name=name_of(subscription.region),
        rules=sorted(subscription.rules),
        channels=list(subscription.channels),
        has_email=stored.email_sealed is not None,
        organisation_id=subscription.organisation_id,
        active=subscription.active,
        version=stored.version,
        created_at=stored.created_at,
        changed_at=stored.changed_at,
    )


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise Problem(
            428,
            "Version needed",
            detail="A change must name the version it is made to.",
            field="If-Match",
            remedy="Read the subscription and send its ETag as If-Match.",
        )
    digits = if_match.strip().strip('"')
    readable = digits.isascii() and digits.isdigit() and len(digits) <= 9
    return int(digits) if readable else NO_VERSION


def _problem(error: Exception) -> Problem:
    match error:
        case commands.OrganisationSubscribedAlready():
            return Problem(
                409,
                "Subscribed already",
                detail="This organisation has a subscription to this region.",
                field="organisation",
                remedy="Change the existing subscription instead.",
            )
        case commands.AddressMissing():
            return Problem(
                422,
                "Address missing",
                detail="The channel email needs an address.",
                field="email",
                remedy="Send an e-mail address, or leave the channel out.",
            )
        case commands.VersionPassed(version=version):
            return Problem(
                412,
                "Changed in between",
                detail=f"The subscription has another version now: {version}.",
                field="If-Match",
                remedy="Read it again and repeat the change with the new ETag.",
                headers={"ETag": f'"{version}"'},
            )
        case _:
            return Problem(
                404,
                "No such subscription",
                detail="No subscription has this id.",
                field="subscription_id",
                remedy="Look in GET /v1/subscriptions.",
            )
