"""Undone work goes from the officer to the head to the province, once each; late consents go to the office."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.seed import seed_subscriptions
from shared.contracts import registry
from shared.runtime import clock
from tests.integration.notifications.events import VILLAGE, event, referred, see, visit_due, visited

DUE = date(2023, 3, 3)
OFFICER, HEAD, PROVINCE = "BNNK Depok", "Kepala BNNK Depok", "BNNP Jawa Barat"


def after(days: int) -> datetime:
    """In the morning, so many days after the date."""
    return datetime(2023, 3, 3, 2, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture
async def seeded(service):
    await seed_subscriptions(service.database, service.keyring, ("32.76",), clock.now(), with_email=False)


async def told(api) -> list[tuple[str, str]]:
    items = (await api.get("/v1/inbox", params={"limit": 100})).json()["items"]
    return sorted((item["recipient"], item["rule"]) for item in items)


async def test_undone_work_goes_on_step_by_step_and_once(api, service, seeded):
    await see(service, visit_due(1, DUE), referred(2, DUE))
    await service.sweep.sweep(after(1))
    first = await told(api)
    assert (OFFICER, "follow_up_due") in first
    assert HEAD not in {recipient for recipient, _ in first}
    await service.sweep.sweep(after(7))
    assert await told(api) == first, "the seventh day is still the officer's"
    for _ in range(2):
        await service.sweep.sweep(after(8))
        assert [one for one in await told(api) if one not in first] == [(HEAD, "escalated_to_head")] * 2
    await see(service, visited(1))
    for _ in range(2):
        await service.sweep.sweep(after(15))
    assert [one for one in await told(api) if one[0] == PROVINCE] == [(PROVINCE, "escalated_to_province")]
    box = (await api.get("/v1/inbox", params={"limit": 100})).json()["items"]
    (summary,) = [one["summary"] for one in box if one["rule"] == "escalated_to_province"]
    assert summary.startswith("Sudah lebih dari 14 hari lewat tenggat (3 Maret 2023)")
    assert "DKUM Kota Depok" in summary


async def test_a_consent_past_its_deadline_is_told_to_the_office_and_its_head_once(api, service, seeded):
    payload = registry.ConsentDeadlinePassed(
        consent_id="c1",
        participant_id="p1",
        village=VILLAGE,
        purpose="livelihood",
        deadline_at=datetime(2023, 3, 5, 18, tzinfo=UTC),
        remaining=4,
    )
    late = event(payload, "late-1")
    await see(service, late)
    await see(service, late)
    assert await told(api) == [(OFFICER, "consent_late"), (HEAD, "consent_late")]
    summary = (await api.get("/v1/inbox")).json()["items"][0]["summary"]
    assert "6 Maret 2023" in summary, "the day in the office's own time zone"
    assert "p1" not in summary
