"""From an event to the inbox: in one transaction, once."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest

from services.notifications import handlers
from services.notifications.seed import seed_on_first_start, seed_subscriptions
from shared.contracts import scoring
from shared.runtime import clock
from tests.integration.notifications.events import (
    ADDRESS,
    answered,
    cancelled,
    event,
    referred,
    said,
    score_changed,
    see,
    visit_due,
    visited,
    wish,
)

NOW = datetime(2023, 3, 4, 1, 0, tzinfo=UTC)


@pytest.fixture
async def recipient(api):
    return (await api.post("/v1/subscriptions", json=wish())).json()["id"]


async def inbox(api, **params):
    return (await api.get("/v1/inbox", params=params)).json()


async def test_a_fall_through_the_target_is_told_once_however_often_it_is_seen(api, service, recipient):
    fall = event(score_changed("3.610", "3.412"), "e1")
    await see(service, fall, fall)
    await see(service, fall)
    page = (await api.get("/v1/alerts", params={"cause": "e1"})).json()
    assert sorted(a["rule"] for a in page["items"]) == ["band_changed", "below_target"]
    assert page["items"][0]["deliveries"] == [
        {"channel": "inbox", "state": "delivered", "attempts": 1},
        {"channel": "email", "state": "waiting", "attempts": 0},
    ]
    told = [json.loads(body) for body in await said(service)]
    raised = [e for e in told if e["type"].endswith("alert.raised.v1")]
    assert {e["data"]["rule"] for e in raised} == {"band_changed", "below_target"}
    assert all(e["causationid"] == "e1" and e["region"] == "32.76" for e in raised)
    assert all(e["data"]["channels"] == ["inbox", "email"] and e["data"]["synthetic"] for e in raised)
    assert sum(e["type"].endswith("alert.delivered.v1") for e in told) == 2
    assert len(told) == 4


async def test_nothing_is_told_when_the_transaction_fails(api, service, recipient):
    async def fails():
        async with service.journal.writing() as unit:
            await handlers.apply_scoring(unit, [event(score_changed("3.610", "3.412"), "e1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert (await inbox(api))["items"] == []
    assert await said(service) == []


async def test_the_inbox_counts_reads_and_takes_it_back(api, service, recipient):
    await see(service, event(score_changed("3.610", "3.412"), "e1"), event(score_changed("3.412", "3.650"), "e2"))
    page = await inbox(api, recipient=recipient)
    assert (len(page["items"]), page["unread"]) == (3, 3)
    newest = page["items"][0]
    assert "Kota Depok" in newest["summary"]
    assert newest["summary"] == newest["summary_id"]
    read = f"/v1/inbox/{newest['id']}/read"
    assert (await api.post(read)).status_code == 204
    assert (await inbox(api, unread=True))["unread"] == 2
    assert newest["id"] not in [a["id"] for a in (await inbox(api, unread=True))["items"]]
    assert (await api.delete(read)).status_code == 204
    assert (await inbox(api))["unread"] == 3
    assert (await api.post("/v1/inbox/none/read")).status_code == 404
    first = await inbox(api, limit=2)
    rest = await inbox(api, limit=2, cursor=first["next_cursor"])
    assert [a["id"] for a in first["items"] + rest["items"]] == [a["id"] for a in page["items"]]
    assert rest["next_cursor"] is None
    assert (await inbox(api, recipient="somebody-else"))["items"] == []


async def test_work_past_its_date_is_told_once_and_what_is_done_is_not(api, service, recipient):
    await see(service, visit_due(1), visit_due(2), visited(2), referred(1, date(2023, 3, 4)), answered(3))
    await see(service, referred(3, date(2023, 2, 4)))
    assert await service.sweep.sweep(NOW) == 1
    assert await service.sweep.sweep(NOW) == 0
    (alert,) = (await api.get("/v1/alerts", params={"cause": "due-1"})).json()["items"]
    assert (alert["rule"], alert["count"]) == ("follow_up_due", 1)
    assert "Ratu Jaya" in alert["summary"]
    assert "3 Maret 2023" in alert["summary"]
    # A day later the referral is late too; the visit stays told.
    assert await service.sweep.sweep(datetime(2023, 3, 4, 17, 1, tzinfo=UTC)) == 1
    assert len((await api.get("/v1/alerts", params={"cause": "referred-1"})).json()["items"]) == 1


async def test_a_cancelled_visit_is_due_no_longer(service, recipient):
    await see(service, visit_due(1), visit_due(2), cancelled(1), cancelled(3))
    await see(service, visit_due(3))
    assert await service.sweep.sweep(NOW) == 1


async def test_the_same_date_said_again_is_no_news_and_a_new_date_is(service, recipient):
    await see(service, visit_due(1))
    assert await service.sweep.sweep(NOW) == 1
    again = visit_due(1).model_copy(update={"id": "said-again"})
    await see(service, again)
    assert await service.sweep.sweep(NOW) == 0
    moved = visit_due(1, date(2023, 3, 5)).model_copy(update={"id": "moved"})
    await see(service, moved)
    assert await service.sweep.sweep(NOW) == 0
    assert await service.sweep.sweep(datetime(2023, 3, 6, tzinfo=UTC)) == 1


async def test_a_year_of_overdue_visits_is_one_digest(api, service, recipient):
    await see(service, *(visit_due(n) for n in range(600)))
    assert await service.sweep.sweep(NOW) == 1
    assert await service.sweep.sweep(NOW) == 0
    (alert,) = (await inbox(api))["items"]
    assert alert["count"] == 600
    assert alert["cause"].startswith("digest-")
    by_cause = (await api.get("/v1/alerts", params={"cause": "due-599"})).json()["items"]
    assert [a["id"] for a in by_cause] == [alert["id"]]


async def test_two_replicas_sweeping_together_tell_once(make, api, service, recipient):
    other = await make()
    await see(service, visit_due(1), visit_due(2))
    counts = await asyncio.gather(*(s.sweep.sweep(NOW) for s in (service, other, service, other)))
    assert sum(counts) == 2
    assert (await inbox(api))["unread"] == 2


async def test_a_parked_event_is_told_without_what_was_wrong_with_it(api, service, recipient):
    parked = scoring.EventParked(stream="3276.registry", seq=12, error=f"can't be read: {ADDRESS}")
    await see(service, event(parked, "p1"))
    (alert,) = (await inbox(api))["items"]
    assert alert["rule"] == "event_parked"
    assert "3276.registry" in alert["summary"]
    assert ADDRESS not in "".join(await said(service))


async def test_what_this_service_parked_itself_is_told_too(api, service, recipient):
    follower = service.streams.followers[0]
    await follower.process([])
    async with service.journal.writing() as unit:
        await follower._park(unit, 7, b"{}", ValueError("bad"))
    assert await service.sweep.sweep(clock.now()) == 1
    assert await service.sweep.sweep(clock.now()) == 0
    assert "3276.registry" in (await inbox(api))["items"][0]["summary"]


async def test_the_seed_can_be_sown_again_and_an_ended_subscription_stays_ended(api, service):
    added = await seed_subscriptions(service.database, service.keyring, ("32.76",), clock.now(), with_email=False)
    assert added == 5, "the office, its head, its partners and its province"
    assert await seed_subscriptions(service.database, service.keyring, ("32.76",), clock.now(), with_email=False) == 0
    items = (await api.get("/v1/subscriptions")).json()["items"]
    assert all(item["channels"] == ["inbox"] and not item["has_email"] for item in items)
    assert {item["region"] for item in items} == {"32.76", "32"}
    await api.delete(f"/v1/subscriptions/{items[0]['id']}", headers={"If-Match": '"1"'})
    on = service.settings.model_copy(update={"seed_default_subscriptions": True})
    assert await seed_on_first_start(service.database, service.keyring, on) == 0
