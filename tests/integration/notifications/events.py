"""Events as the other services write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa

from services.notifications import handlers
from services.notifications.app import Notifications
from shared.contracts import registry, scoring
from shared.contracts.envelope import Event, Payload
from shared.journal import tables

VILLAGE = "32.76.07.1003"
ADDRESS = "kanari@example.test"


def event(payload: Payload, event_id: str, region: str = "32.76") -> Event:
    return Event(
        id=event_id,
        source="/nodes/3276/test",
        type=payload.TYPE,
        subject=region,
        time=datetime(2023, 5, 1, tzinfo=UTC),
        region=region,
        data=payload,
    )


def score_changed(before: str | None, after: str | None, target: str | None = "3.602") -> scoring.ScoreChanged:
    return scoring.ScoreChanged(
        area="32.76",
        year=2023,
        instrument="kotan-2022",
        provisional=True,
        synthetic=True,
        survey=scoring.Change(before=score(before), after=score(after)),
        running=scoring.Change(before=None, after=None),
        variables=(),
        target=target and scoring.Target(value=Decimal(target), from_year=2022, survey_gap=None, running_gap=None),
        completeness=(),
        movements=(),
    )


def score(value: str | None) -> scoring.Score | None:
    if value is None:
        return None
    number = Decimal(value)
    band = "sangat_tanggap" if number >= Decimal("3.533") else "tanggap"
    return scoring.Score(value=number, exact=number, band=band)


def visit_due(number: int, due_on: date = date(2023, 3, 3)) -> Event:
    payload = registry.FollowUpScheduled(
        follow_up_id=f"f{number}", business_id=f"b{number}", village=VILLAGE, months=3, due_on=due_on, synthetic=True
    )
    return event(payload, f"due-{number}")


def cancelled(number: int) -> Event:
    payload = registry.FollowUpCancelled(
        follow_up_id=f"f{number}", business_id=f"b{number}", village=VILLAGE, months=3, synthetic=True
    )
    return event(payload, f"cancelled-{number}")


def visited(number: int) -> Event:
    payload = registry.BusinessFollowedUp(
        follow_up_id=f"f{number}",
        business_id=f"b{number}",
        village=VILLAGE,
        sector="catfish",
        months=3,
        status="active",
        workers=1,
        on=date(2023, 3, 1),
    )
    return event(payload, f"visited-{number}")


def referred(number: int, due_on: date) -> Event:
    payload = registry.ReferralSent(
        referral_id=f"r{number}",
        participant_id=f"p{number}",
        village=VILLAGE,
        to_organisation="DKUM Kota Depok",
        on=date(2023, 2, 1),
        due_on=due_on,
    )
    return event(payload, f"referred-{number}")


def answered(number: int) -> Event:
    payload = registry.ReferralAnswered(
        referral_id=f"r{number}",
        participant_id=f"p{number}",
        village=VILLAGE,
        to_organisation="DKUM Kota Depok",
        outcome="accepted",
        on=date(2023, 2, 9),
    )
    return event(payload, f"answered-{number}")


async def see(service: Notifications, *events: Event) -> None:
    """What the follower does with a batch."""
    of_scoring = [e for e in events if e.type.startswith("id.bersinar.scoring")]
    of_registry = [e for e in events if e not in of_scoring]
    async with service.journal.writing() as unit:
        await handlers.apply_scoring(unit, of_scoring)
        await handlers.apply_registry(unit, of_registry)


async def said(service: Notifications) -> list[str]:
    """The bodies of everything in the journal."""
    async with service.database.read() as connection:
        query = sa.select(tables.journal.c.body).order_by(tables.journal.c.ordinal)
        return list((await connection.execute(query)).scalars())


def wish(organisation: str = "DKUM Kota Depok", **changes) -> dict:
    body = {
        "organisation": organisation,
        "region": "32.76",
        "rules": ["band_changed", "below_target", "referral_due", "follow_up_due", "event_parked"],
        "channels": ["inbox", "email"],
        "email": ADDRESS,
    }
    return body | changes
