"""Referrals at every step and commitments: who is told, when, and never twice."""

from datetime import UTC, date, datetime

import pytest

from services.notifications.storage import alerts as rows
from shared.access import NODE, Actor, Grant
from shared.contracts import registry
from shared.contracts.envelope import Event
from tests.integration.notifications.events import VILLAGE, event, said, see

OFFICE = ["referral_due", "commitment_due", "commitment_overdue"]


def night_after(day: date) -> datetime:
    """Shortly after midnight in Depok, when a day has just been missed."""
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC)


def recorded(organisation_id: str, name: str, event_id: str | None = None, *, active: bool = True) -> Event:
    payload = registry.OrganisationRecorded(
        organisation_id=organisation_id,
        organisation=name,
        kind="dkum",
        language="id",
        time_zone="Asia/Jakarta",
        active=active,
        on=date(2023, 1, 9),
    )
    return event(payload, event_id or f"recorded-{organisation_id}")


def referral(payload: type, event_id: str, **facts) -> Event:
    about = {
        "referral_id": "r1",
        "participant_id": "p1",
        "village": VILLAGE,
        "to_organisation": "DKUM Kota Depok",
        "organisation_id": "o1",
    }
    return event(payload(**about, **facts), event_id)


def sent() -> Event:
    return referral(
        registry.ReferralSent, "sent", on=date(2023, 3, 1), due_on=date(2023, 3, 15), receive_by=date(2023, 3, 4)
    )


def answered(outcome: str, event_id: str, due_on: date | None) -> Event:
    return referral(registry.ReferralAnswered, event_id, outcome=outcome, on=date(2023, 3, 6), due_on=due_on)


def commitment(payload: type, event_id: str, **facts) -> Event:
    about = {"commitment_id": "c1", "organisation_id": "o1", "organisation": "DKUM Kota Depok"}
    return event(payload(**about, **facts), event_id)


def made(due_on: date = date(2023, 5, 31)) -> Event:
    return commitment(registry.CommitmentMade, "made", forum_id="f1", on=date(2023, 2, 14), due_on=due_on)


@pytest.fixture
async def office(api):
    body = {"organisation": "BNNK Depok", "region": "32.76", "rules": OFFICE}
    return (await api.post("/v1/subscriptions", json=body)).json()["id"]


async def told(api, **params) -> list[tuple[str, str, str]]:
    """Rule, recipient and summary of every alert, the oldest first."""
    items = (await api.get("/v1/inbox", params=params)).json()["items"]
    return [(item["rule"], item["recipient"], item["summary_id"]) for item in reversed(items)]


async def sweep(service, day: date) -> int:
    return await service.sweep.sweep(night_after(day))


async def test_every_step_past_its_date_is_told_once_to_the_office_and_the_organisation(api, service, office):
    await see(service, recorded("o1", "DKUM Kota Depok"), recorded("o2", "BLK Kota Depok"), sent())
    assert await sweep(service, date(2023, 3, 3)) == 0
    assert await sweep(service, date(2023, 3, 4)) == 2
    assert await sweep(service, date(2023, 3, 5)) == 0
    received = referral(registry.ReferralReceived, "had", on=date(2023, 3, 6), due_on=date(2023, 3, 15))
    await see(service, received)
    assert await sweep(service, date(2023, 3, 15)) == 2
    await see(service, answered("accepted", "yes", date(2023, 4, 5)))
    assert await sweep(service, date(2023, 4, 5)) == 2
    await see(service, answered("placed", "placed", date(2023, 7, 4)))
    assert await sweep(service, date(2023, 7, 4)) == 1, "closing is the office's own work"
    await see(service, answered("closed", "closed", None))
    assert await sweep(service, date(2024, 7, 4)) == 0
    heard = await told(api)
    assert {recipient for _, recipient, _ in heard} == {"BNNK Depok", "DKUM Kota Depok"}
    words = [summary for _, recipient, summary in heard if recipient == "BNNK Depok"]
    for step, summary in zip(("diterima", "dijawab", "ditempatkan", "ditutup"), words, strict=True):
        assert f"belum {step}" in summary


async def test_a_step_taken_back_is_due_again_and_told_only_once(api, service, office):
    await see(service, sent(), answered("accepted", "yes", date(2023, 4, 5)))
    undone = {"undone": "accepted", "state": "sent", "on": date(2023, 3, 7), "due_on": date(2023, 3, 4)}
    await see(service, referral(registry.ReferralStepUndone, "undone", **undone))
    assert await sweep(service, date(2023, 4, 5)) == 2, "receipt and answer are both late, the place is not due"
    await see(service, answered("accepted", "yes-2", date(2023, 5, 5)))
    placed = answered("placed", "placed", date(2023, 8, 5))
    back = {"undone": "placed", "state": "accepted", "on": date(2023, 3, 9), "due_on": date(2023, 5, 5)}
    await see(service, placed, referral(registry.ReferralStepUndone, "undone-2", **back))
    assert await sweep(service, date(2023, 5, 5)) == 1
    await see(service, placed.model_copy(update={"id": "placed-2"}))
    await see(service, referral(registry.ReferralStepUndone, "undone-3", **back))
    assert await sweep(service, date(2023, 5, 6)) == 0


async def test_a_commitment_is_brought_to_mind_and_told_when_late(api, service, office):
    await see(service, recorded("o1", "DKUM Kota Depok"), recorded("o2", "BLK Kota Depok"), made())
    assert await sweep(service, date(2023, 5, 22)) == 0
    assert await sweep(service, date(2023, 5, 23)) == 2
    assert await sweep(service, date(2023, 5, 30)) == 0
    assert await sweep(service, date(2023, 5, 31)) == 2
    assert {(rule, recipient) for rule, recipient, _ in await told(api)} == {
        (rule, recipient)
        for rule in ("commitment_due", "commitment_overdue")
        for recipient in ("BNNK Depok", "DKUM Kota Depok")
    }
    later = {"due_on": date(2023, 7, 31), "previous_due_on": date(2023, 5, 31)}
    await see(service, commitment(registry.CommitmentPostponed, "later", **later))
    assert await sweep(service, date(2023, 6, 1)) == 0
    assert await sweep(service, date(2023, 7, 31)) == 2
    settled = {"outcome": "kept", "on": date(2023, 8, 1), "made_on": date(2023, 2, 14), "due_on": date(2023, 7, 31)}
    await see(service, commitment(registry.CommitmentSettled, "kept", **settled))
    reopened = {"outcome": "kept", "on": date(2023, 8, 1), "due_on": date(2023, 7, 31)}
    await see(service, commitment(registry.CommitmentReopened, "open", **reopened))
    assert await sweep(service, date(2023, 8, 2)) == 0, "who was told of this date isn't told again"
    types = {body.split('"type":"')[1].split('"')[0] for body in await said(service)}
    assert "id.bersinar.notifications.alert.raised.v2" in types


async def test_what_is_settled_or_withdrawn_is_not_told(service, office):
    settled = {"outcome": "not_kept", "on": date(2023, 5, 1), "made_on": date(2023, 2, 14), "due_on": date(2023, 5, 31)}
    await see(service, made(), commitment(registry.CommitmentSettled, "settled", **settled))
    gone = commitment(registry.CommitmentWithdrawn, "gone", on=date(2023, 2, 14))
    for one in (made(), gone):
        other = one.data.model_copy(update={"commitment_id": "c2"})
        await see(service, one.model_copy(update={"id": f"{one.id}-2", "data": other}))
    assert await sweep(service, date(2023, 12, 31)) == 0


async def test_an_organisation_keeps_the_subscription_it_has_and_stops_with_it(api, service):
    body = {"organisation": "DKUM Kota Depok", "region": "32.76", "rules": ["band_changed", "referral_due"]}
    mine = (await api.post("/v1/subscriptions", json=body)).json()
    await see(service, recorded("o1", "DKUM Kota Depok"), recorded("o1", "DKUM Kota Depok", "again"))
    (linked,) = (await api.get("/v1/subscriptions")).json()["items"]
    assert (linked["id"], linked["organisation_id"], linked["version"]) == (mine["id"], "o1", 2)
    assert linked["rules"] == ["band_changed", "referral_due"]
    path = f"/v1/subscriptions/{mine['id']}"
    replaced = await api.put(path, json=body | {"rules": ["referral_due"]}, headers={"If-Match": '"2"'})
    assert (replaced.json()["organisation_id"], replaced.json()["version"]) == ("o1", 3)
    await see(service, recorded("o1", "Dinas Koperasi", "renamed", active=False), sent())
    (stopped,) = (await api.get("/v1/subscriptions")).json()["items"]
    assert (stopped["organisation"], stopped["active"]) == ("Dinas Koperasi", False)
    assert await sweep(service, date(2023, 12, 31)) == 0
    await see(service, recorded("o1", "Dinas Koperasi", "back"))
    assert await sweep(service, date(2023, 12, 31)) == 2


async def test_mail_goes_to_the_organisation_it_concerns(api, service, mailbox):
    await see(service, recorded("o1", "DKUM Kota Depok"), recorded("o2", "BLK Kota Depok"), sent())
    for item in (await api.get("/v1/subscriptions")).json()["items"]:
        wanted = {
            "organisation": item["organisation"],
            "region": "32.76",
            "rules": item["rules"],
            "channels": ["inbox", "email"],
            "email": f"{item['organisation_id']}@example.test",
        }
        path = f"/v1/subscriptions/{item['id']}"
        assert (await api.put(path, json=wanted, headers={"If-Match": '"1"'})).status_code == 200
    assert await sweep(service, date(2023, 3, 4)) == 1
    assert service.sender is not None
    assert await service.sender.deliver_next(night_after(date(2023, 3, 4)))
    (mail,) = mailbox.received
    assert "belum diterima" in mail.get_body(("plain",)).get_content()


async def test_an_organisation_reads_its_own_inbox_and_an_officer_those_of_the_city(service, office):
    await see(service, recorded("o1", "DKUM Kota Depok"), recorded("o2", "BLK Kota Depok"), sent())
    assert await sweep(service, date(2023, 3, 4)) == 2

    async def seen(role: str, scope: str, organisation_id: str | None = None) -> list[str]:
        actor = Actor("a", (Grant(role, scope, organisation_id),))
        async with service.database.transaction() as connection:
            found = await rows.inbox(connection, actor, recipient=None, unread=False, before=None, limit=9)
            assert await rows.count_unread(connection, actor, None) == len(found)
            for alert in found:
                assert await rows.set_read(connection, actor, alert.id, None)
            if not found:
                everything = await rows.inbox(connection, NODE, recipient=None, unread=False, before=None, limit=9)
                assert not [a for a in everything if await rows.set_read(connection, actor, a.id, None)]
        return sorted(alert.recipient for alert in found)

    assert await seen("p2m_officer", "32.76") == ["BNNK Depok", "DKUM Kota Depok"]
    assert await seen("p2m_officer", "53.71") == []
    assert await seen("stakeholder", "32.76", "o1") == ["DKUM Kota Depok"]
    assert await seen("stakeholder", "32.76", "o2") == []
